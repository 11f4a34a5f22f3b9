"""Small claims about the heart, each a story of a few steps that raises AssertionError when the claim does not hold."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import permutations
from pathlib import Path
from typing import NamedTuple

import msgspec
from cabang_attacks import DOOR, outcome
from cabang_forge import Forge, in_conversation
from cabang_held import ALL as UNFIT
from cabang_history import History, begun
from cabang_oracle import check_everything
from cabang_pair import BranchSide, Company

from crm import balances
from crm.catalogue import Category
from crm.customers import Customer, CustomerNote
from crm.search import SEARCH_DDL
from crm.selling.rules import Line, Paid
from crm.selling.writing import record_sale
from sync import digest, limits
from sync.errors import CabangError
from sync.model import natural_id
from sync.store import CLOSED, Store
from sync.unit import Unit

YEAR_MS = 365 * 24 * 3_600_000
OIL = natural_id("product", "OLI-1")


class Stage(NamedTuple):
    """Where a scene plays: a company of three branches, the files it was copied from, an empty folder."""

    company: Company
    template: Path
    folder: Path


Scene = Callable[[Stage], None]


def attack(name: str) -> Scene:
    """The attack is refused with its code."""

    def play_attack(stage: Stage) -> None:
        company, branch = stage.company, stage.company.branches[0]
        wanted = next(attack for attack in DOOR if attack.name == name)
        in_conversation(company, branch)
        made = wanted.make(company, Forge(company, branch))
        assert ("refused", wanted.code) == outcome(company, made)

    return play_attack


def unfit(name: str) -> Scene:
    """The entry is held for review with its reason."""

    def play_unfit(stage: Stage) -> None:
        company, branch = stage.company, stage.company.branches[0]
        wanted = next(entry for entry in UNFIT if entry.name == name)
        in_conversation(company, branch)
        forge = Forge(company, branch)
        assert ("held", wanted.reason) == outcome(company, forge.request(wanted.make(company, forge)))

    return play_unfit


def history(*seeds: int) -> Scene:
    """The histories heal."""

    def play_histories(stage: Stage) -> None:
        for seed in seeds:
            with begun(History, stage.template, seed, 3) as one:
                one.play()

    return play_histories


# --- what a person did -----------------------------------------------------------------------------------------


def write(branch: BranchSide, act: Callable[[Unit], object]) -> None:
    """One unit at *branch*, sealed by itself."""
    with branch.unit() as unit:
        act(unit)
    branch.journal.seal()


def shared_customer(company: Company, **values: object) -> bytes:
    """A customer of PTK that everybody holds."""
    first = company.branches[0]
    with first.unit() as unit:
        made = unit.insert(Customer, {"number": "X1", "name": "Sari", "home_branch": first.id, **values})
    company.heal()
    return made


def sell(branch: BranchSide, customer: bytes | None = None) -> None:
    """A sale of two lines."""
    lines = [Line(OIL, 1, 45_000), Line(OIL, 2, 45_000)]
    with branch.unit() as unit:
        record_sale(unit, lines=lines, payments=[Paid("cash", 135_000)], customer=customer)


# --- scenes ----------------------------------------------------------------------------------------------------


def any_order_ends_in_the_same(stage: Stage) -> None:
    """Three branches changed one customer unseen, one of them after seeing another; the hub hears them in any order."""
    company = stage.company
    customer = shared_customer(company)
    ahead, behind, right = company.branches
    company.hub.now += 10 * YEAR_MS
    ahead.now, behind.now, right.now = ahead.now + 300_000, behind.now - YEAR_MS, right.now + 200_000
    write(ahead, lambda unit: unit.set(Customer, customer, {"name": "Ahead", "kind": "corporate"}))
    write(right, lambda unit: unit.set(Customer, customer, {"name": "Right", "archived": True}))
    company.until_done(ahead)
    company.until_done(behind)
    write(behind, lambda unit: unit.set(Customer, customer, {"name": "Behind"}))
    segments = {side.stream: side.link._segments() for side in (behind, right)}
    digests = {_heard_in(stage, place, order, segments) for place, order in enumerate(permutations(segments))}
    assert 1 == len(digests)


def _heard_in(stage: Stage, place: int, order: Sequence[int], segments: dict[int, list[bytes]]) -> str:
    """The digest of a copy of the hub that hears the streams in this order, each twice."""
    folder = stage.folder / str(place)
    folder.mkdir()
    hub = stage.company.hub
    hub.journal.seal()
    hub.store.connection().execute("VACUUM INTO ?", (str(folder / "hub.db"),))
    copy = type(hub)(folder / "hub.db", 0, "copy")
    copy.now = hub.now
    for stream in order:
        for data in [*segments[stream], *segments[stream]]:
            assert copy.exchange._take_group([data], stream) is None
    found = copy.digest()
    copy.store.close()
    return found


def the_later_of_two_stands_though_a_clock_is_ahead(stage: Stage) -> None:
    """A clock ten years ahead does not win against who wrote after its entry had arrived."""
    customer = shared_customer(stage.company)
    ahead, right, _ = stage.company.branches
    ahead.now += 10 * YEAR_MS
    write(ahead, lambda unit: unit.set(Customer, customer, {"name": "Ahead"}))
    stage.company.round(ahead)
    right.now += 60_000
    stage.company.hub.now += 120_000
    write(right, lambda unit: unit.set(Customer, customer, {"name": "Right"}))
    stage.company.heal()
    assert {"Right"} == {side.one("SELECT name FROM customer") for side in stage.company.sides}


def a_sale_follows_the_home(stage: Stage) -> None:
    """The home branch changes twice; whoever is home holds the sale, nobody else but its maker."""
    maker, home, other = stage.company.branches
    customer = shared_customer(stage.company)
    sell(maker, customer)
    for branch in (home, other):
        with maker.unit() as unit:
            unit.set(Customer, customer, {"home_branch": branch.id})
        stage.company.heal()
        holders = [side.stream for side in stage.company.branches if side.rows("SELECT 1 FROM sale")]
        assert [maker.stream, branch.stream] == holders
    check_everything(stage.company, dict(stage.company.hub.rows("SELECT id, total FROM sale")))


def the_books_are_right(stage: Stage) -> None:
    """A sale of two lines moves both."""
    sell(stage.company.branches[0])
    balances.verify(stage.company.branches[0].store.connection())


def a_closed_gate_refuses_a_deletion(stage: Stage) -> None:
    """A new file is guarded against every verb."""
    store = Store.create(stage.folder / "guarded.db", SEARCH_DDL)
    with store.write():
        store.put("name", 1)
    try:
        with store.write(gate=CLOSED) as connection:
            connection.execute("DELETE FROM node")
        raise AssertionError("the database let it happen")
    except sqlite3.IntegrityError:
        pass
    finally:
        store.close()


def the_digest_tells_ops_apart(stage: Stage) -> None:
    """The same values by another op are another state."""
    customer = shared_customer(stage.company)
    before = stage.company.hub.digest()
    for name in ("Dewi", "Sari"):
        with stage.company.hub.unit() as unit:
            unit.set(Customer, customer, {"name": name})
    assert before != stage.company.hub.digest()


def what_a_row_refers_to_comes_first(stage: Stage) -> None:
    """A note comes with its customer though the customer's row lies behind it in the feed."""
    hub, branch = stage.company.hub, stage.company.branches[0]
    with hub.unit() as unit:
        customer = unit.insert(Customer, {"number": "X1", "home_branch": branch.id})
    with hub.unit() as unit:
        unit.insert(CustomerNote, {"customer": customer, "text": "Hello"})
    with hub.unit() as unit:
        unit.set(Customer, customer, {"archived": True})
    branch.elapsed = iter(range(10**6)).__next__  # a slice of one item each
    usual, limits.PAGE_ITEMS_MAX = limits.PAGE_ITEMS_MAX, 1
    try:
        for _ in range(4):
            stage.company.round(branch)
            lost = "SELECT count(*) FROM customer_note WHERE customer NOT IN (SELECT id FROM customer)"
            assert 0 == branch.one(lost)
    finally:
        limits.PAGE_ITEMS_MAX = usual
    assert 1 == branch.one("SELECT count(*) FROM customer_note")


def only_the_hub_acknowledges(stage: Stage) -> None:
    """An acknowledgement of another key is not kept."""
    branch = stage.company.branches[0]
    stage.company.round(branch)
    write(branch, lambda unit: unit.insert(Customer, {"number": "X1"}))
    answer, _ = stage.company.ask(branch)
    assert answer.ack is not None
    held = branch.link.acknowledged()
    false = msgspec.structs.replace(answer.ack, signature=bytes(64))
    with suppress(CabangError):
        branch.link.take(msgspec.structs.replace(answer, ack=false, page=None), None)
    assert held == branch.link.acknowledged()


def only_the_hub_fills_pages(stage: Stage) -> None:
    """A page whose signature is another's is not opened."""
    branch = stage.company.branches[0]
    answer, nonce = stage.company.ask(branch)
    assert answer.page is not None
    false = msgspec.structs.replace(answer.page, signature=bytes(64))
    try:
        branch.open_page(msgspec.structs.replace(answer, page=false), nonce)
        raise AssertionError("the page was opened")
    except CabangError:
        pass


def a_restart_finds_its_log_again(stage: Stage) -> None:
    """Entries before and after a start in one open segment reach the hub."""
    branch = stage.company.branches[0]
    for number in ("X1", "X2"):
        with branch.unit() as unit:
            unit.insert(Customer, {"number": number})
        branch.restart()
    stage.company.heal()
    assert 2 == stage.company.hub.one("SELECT count(*) FROM customer")


def a_clock_turned_back_stops_nobody(stage: Stage) -> None:
    """Two units, the second a year before the first; both arrive."""
    branch = stage.company.branches[0]
    for number in ("X1", "X2"):
        with branch.unit() as unit:
            unit.insert(Customer, {"number": number})
        branch.now -= YEAR_MS
    stage.company.heal()
    assert 2 == stage.company.hub.one("SELECT count(*) FROM customer")


def own_changes_reach_the_base(stage: Stage) -> None:
    """What the hub has confirmed counts in the digest, on top of what others did."""
    customer = shared_customer(stage.company)
    first, second, _ = stage.company.branches
    with first.unit() as unit:
        unit.set(Customer, customer, {"name": "Dewi"})
    with second.unit() as unit:
        unit.set(Customer, customer, {"archived": True})
    stage.company.heal()
    assert stage.company.hub.digest(1) == digest.of_branch(first.store)
    assert stage.company.hub.digest(2) == digest.of_branch(second.store)


def everything_is_told_however_small_the_pages(stage: Stage) -> None:
    """Three categories, one item a page."""
    usual, limits.PAGE_ITEMS_MAX = limits.PAGE_ITEMS_MAX, 1
    try:
        for name in ("A", "B", "C"):
            with stage.company.hub.unit() as unit:
                unit.insert(Category, {"name": name}, key=(name,))
        stage.company.heal()
    finally:
        limits.PAGE_ITEMS_MAX = usual
    assert [3] * 3 == [side.one("SELECT count(*) FROM category") for side in stage.company.branches]


class _PowerCut(BaseException):
    """The process ends here."""


def a_page_cut_between_its_slices_is_gone_on_with(stage: Stage) -> None:
    """The branch dies at its n-th look at the stopwatch, for every n; after a start it hears the rest."""
    company, branch = stage.company, stage.company.branches[0]
    for place in range(1, 7):
        for number in range(3):
            with company.hub.unit() as unit:
                unit.insert(Category, {"name": f"{place}/{number}"}, key=(f"{place}/{number}",))
        looks = iter(range(place))

        def look(looks: Iterator[int] = looks) -> float:
            found = next(looks, None)
            if found is None:
                raise _PowerCut
            return float(found)

        branch.elapsed = look
        with suppress(_PowerCut):
            company.round(branch)
        branch.elapsed = lambda: 0.0
        branch.restart()
        company.until_done(branch)
        assert company.hub.digest(1) == branch.digest()
