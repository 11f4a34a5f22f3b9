"""Bugs planted where copies of a database meet, each with the scene that must notice it."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
from cabang_audit import hold
from cabang_carried import BROKEN, another_unit, unsalted
from cabang_copies import HOUR_MS, check_whole, copied, later, put_back, put_hub_back, sales, twin, working
from cabang_copies_held import what_is_held_no_more
from cabang_forge import Forge, in_conversation
from cabang_pair import Company
from cabang_scenes import sell, shared_customer

from crm.customers import Customer
from sync import canary, entry, epochs, exchange, feed_epochs, hub, ids, journal, notices, rows, starts, uplink
from sync.canary import Keeper
from sync.errors import HubCannotStore, Refused
from sync.feed import PageBuilder
from sync.folder import Folder

Patch = pytest.MonkeyPatch
Scene = Callable[[Company], None]


class Planted(NamedTuple):
    """``plant`` puts the bug in; ``scene`` fails then, and passes without it."""

    plant: Callable[[Patch], None]
    scene: Scene


# --- scenes ------------------------------------------------------------------------------------------------------


def put_back_and_found(company: Company) -> None:
    """A copy put back goes on; an unsealed sale is in it, later ones are at the hub."""
    _put_back(company, True)


def put_back_and_not_found(company: Company) -> None:
    """The same, noticed at first contact alone."""
    _put_back(company, False)


def _put_back(company: Company, found_out: bool) -> None:
    first = company.branches[0]
    customer = shared_customer(company)
    sell(first)
    with first.unit() as unit:
        unit.set(Customer, customer, {"name": "Dewi"})
    old = copied(first, "old.db")
    sell(first)
    company.heal()
    back = put_back(company, first, old, found_out)
    sell(back)
    with back.unit() as unit:
        unit.set(Customer, customer, {"name": "Agus"})
    company.heal()
    assert 3 == len(sales(company.hub)) == len(sales(back))
    check_whole(company)


def an_unheard_change_is_carried(company: Company) -> None:
    """What waits on top follows its unit into the new epoch, and later units name it."""
    first = company.branches[0]
    customer = shared_customer(company)
    for name in ("Dewi", "Agus"):
        with first.unit() as unit:
            unit.set(Customer, customer, {"name": name})
    epochs.go_on(first.journal, epochs.OLDER)
    with first.unit() as unit:
        unit.set(Customer, customer, {"name": "Budi"})
    held = {seq for (seq,) in first.rows("SELECT seq FROM entry WHERE length(payload) > 1")}
    assert {seq for (seq,) in first.rows("SELECT seq FROM overlay WHERE seq > 0")} <= held
    company.heal()
    assert {"Budi"} == {side.one("SELECT name FROM customer") for side in company.sides}
    assert [] == company.hub.rows("SELECT * FROM quarantine")
    check_whole(company)


def an_idle_copy_hears_everything(company: Company) -> None:
    """A copy that sells nothing asks while its epoch is closed."""
    first = company.branches[0]
    other = twin(company, first)
    for _ in range(2):
        for side in (first, other):
            later(company, other)
            if side is first:
                sell(side)
            company.until_done(working(company, side))
    assert sales(first) == sales(other)


def units_are_named_once(company: Company) -> None:
    """Units around an epoch that opens in a running process."""
    first = company.branches[0]
    sell(first)
    epochs.go_on(first.journal, epochs.FORKED)
    sell(first)
    units = first.rows("SELECT start, n FROM entry")
    assert len(units) == len(set(units))
    company.heal()
    assert 2 == len(sales(company.hub))


def a_hub_put_back(company: Company) -> None:
    """A hub put back hears again what it had signed for, and tells again what it had told."""
    old = copied(company.hub, "old hub.db")
    first, second = company.branches
    for side in (first, second, *[first] * 6):
        with side.unit() as unit:
            unit.insert(Customer, {"number": f"X{side.journal.seq} {side.code}", "name": "Sari"})
    company.heal()
    put_hub_back(company, old)
    for side in (second, first):
        with side.unit() as unit:
            unit.insert(Customer, {"number": f"Y {side.code}", "name": "Dewi"})
        company.until_done(side)
    company.heal()
    assert [7, 1] == [side.store.get("hub_lost") for side in company.branches]
    assert {10} == {side.one("SELECT count(*) FROM customer") for side in company.sides}
    check_whole(company)


def what_counts_otherwise(company: Company) -> None:
    """A hub put back takes an op that had lost before against one that has not come again."""
    first, second = company.branches
    customer = shared_customer(company)
    old = copied(company.hub, "old hub.db")
    for side, name in ((first, "Satu"), (second, "Dua")):
        side.now += 1_000 * side.stream
        with side.unit() as unit:
            unit.set(Customer, customer, {"name": name})
    company.heal()
    assert {"Dua"} == {side.one("SELECT name FROM customer") for side in company.sides}
    put_hub_back(company, old)
    company.until_done(first)
    assert ["Satu", "Satu"] == [side.one("SELECT name FROM customer") for side in (company.hub, first)]


def a_unit_released_later_is_told(company: Company) -> None:
    """A copy of a branch hears of a unit of the other one that was held when its own epoch began."""
    first = company.branches[0]
    other = twin(company, first)
    hold(company, "LATER")
    later(company, other)
    company.until_done(working(company, other))
    sell(other)
    company.until_done(other)
    assert 1 == company.hub.exchange.retry_held()
    company.until_done(other)
    assert [1, 1] == [side.one("SELECT count(*) FROM provisional_product") for side in (company.hub, other)]
    company.heal()
    check_whole(company)


def an_own_value_lost_here_is_told(company: Company) -> None:
    """What a copy wrote, and somebody else's change did not beat, reaches a database put back."""
    first, second = company.branches
    customer = shared_customer(company)
    old = copied(first, "old.db")
    for side, name in ((second, "Dua"), (first, "Satu")):
        later(company, ms=1_000)
        with side.unit() as unit:
            unit.set(Customer, customer, {"name": name})
    company.until_done(first)
    back = put_back(company, first, old, True)
    for _ in range(2):
        back.link.take(company.ask(back)[0], None)  # its opening arrives, the page does not
    company.until_done(second)
    company.heal()
    assert ["Satu"] * 3 == [side.one("SELECT name FROM customer") for side in company.sides]
    check_whole(company)


def a_carried_unit_counts_otherwise(company: Company) -> None:
    """Two made one card; the branch that heard it lost carries its unit to a restored head office, where it wins."""
    first, second = company.branches
    for side in company.branches:
        side.now += HOUR_MS  # head office's clock is behind: both count as made when they came
        with side.unit() as unit:
            unit.insert(Customer, {"number": "X1", "name": side.code}, key=("X1",))
    company.until_done(second)
    old, last = copied(company.hub, "old hub.db"), first.one("SELECT max(last) FROM segment WHERE signature NOT NULL")
    company.until_done(first)
    assert ["BJM"] * 2 == [side.one("SELECT name FROM customer") for side in (company.hub, first)]
    put_hub_back(company, old)
    later(company)
    epochs.go_on_behind(first.journal, first.journal.epoch, last, epochs.FORKED)
    company.heal()
    assert ["PTK"] * 3 == [side.one("SELECT name FROM customer") for side in company.sides]
    check_whole(company)


def a_page_before_the_epoch(company: Company) -> None:
    """A database put back while a change waits hears a page, though head office is too full to store its new epoch."""
    first = company.branches[0]
    customer = shared_customer(company)
    with first.unit() as unit:
        unit.set(Customer, customer, {"name": "Satu"})
    old = copied(first, "old.db")
    company.until_done(first)
    with first.unit() as unit:
        unit.set(Customer, customer, {"name": "Dua"})
    company.until_done(first)
    back, usual = put_back(company, first, old, True), hub.HubExchange._take

    def full(self: Any, request: Any, door: Any) -> Any:
        known = request.epoch != back.journal.epoch_name
        return usual(self, request, door) if known else exchange.refusal_of(HubCannotStore())

    with Patch.context() as patch:
        patch.setattr(hub.HubExchange, "_take", full)
        for _ in range(5):
            answer, nonce = company.ask(back)
            back.link.take(answer, back.open_page(answer, nonce))
    company.heal()
    assert ["Dua"] * 3 == [side.one("SELECT name FROM customer") for side in company.sides]
    check_whole(company)


def a_forged_unit_is_held(company: Company) -> None:
    """A carried unit under the name of another."""
    first = company.branches[0]
    in_conversation(company, first)
    forge = Forge(company, first)
    company.hub.exchange.answer(forge.request(another_unit(company, forge)))
    assert [("same_id_other_bytes",)] == company.hub.rows("SELECT reason FROM quarantine")


def refused(make: Callable[[Forge], bytes]) -> Scene:
    """The segment is malformed, and says so at the door."""

    def scene(company: Company) -> None:
        first = company.branches[0]
        in_conversation(company, first)
        forge = Forge(company, first)
        try:
            answer = company.hub.exchange.answer(forge.request(make(forge)))
        except Refused as error:
            assert "malformed" == error.code
        else:
            assert answer.refusal is not None and "malformed" == answer.refusal.code

    return scene


def an_old_database_is_known(company: Company) -> None:
    """A copy beside its canary."""
    first = company.branches[0]
    keeper = Keeper(Folder(first.path.parent), first.store)
    old = copied(first, "old.db")
    sell(first)
    first.journal.seal()
    keeper.keep()
    assert not keeper.is_older()
    back = put_back(company, first, old, False)
    assert Keeper(Folder(first.path.parent), back.store).is_older()


# --- bugs --------------------------------------------------------------------------------------------------------


def _nothing(target: object, name: str, result: Any = None) -> Callable[[Patch], None]:
    return lambda patch: patch.setattr(target, name, lambda *args, **how: result)


def _nobody_carries(patch: Patch) -> None:
    def none(self: Any, number: int, after: int) -> Iterator[Any]:
        return iter(())

    patch.setattr(epochs._Opening, "_units", none)


def _page_of_a_fork(patch: Patch) -> None:
    usual = uplink.Uplink.hear

    def hear(self: Any, *answer: Any) -> bool:
        usual(self, *answer)
        self._asked = self._asked or self.ask()
        return False

    patch.setattr(uplink.Uplink, "hear", hear)


def _closed_epochs_hear(patch: Patch) -> None:
    usual = hub.HubExchange._epoch
    patch.setattr(
        hub.HubExchange, "_epoch", lambda self, request: (found := usual(self, request)) and (*found[:8], 0, found[9])
    )


def _acknowledged_is_held(patch: Patch) -> None:
    usual = uplink.Uplink._reckon

    def reckon(self: Any, asked: Any, *answer: Any) -> None:
        usual(self, asked, *answer)
        self._sent_to, self.lost, self._losing = asked.acknowledged, 0, False

    patch.setattr(uplink.Uplink, "_reckon", reckon)


def _start_kept(patch: Patch) -> None:
    usual = journal.Journal._load

    def load(self: Any) -> None:
        start = self._start
        usual(self)
        self._start = start

    patch.setattr(journal.Journal, "_load", load)


PLANTED: dict[str, Planted] = {
    "a repeat is not known as one": Planted(
        _nothing(starts, "unit_in", None), put_back_and_found
    ),
    "every carried unit is a repeat": Planted(
        _nothing(starts.Starts, "_judge_carried", starts.REPEAT), an_unheard_change_is_carried
    ),
    "a carried unit is taken under any name": Planted(
        _nothing(starts.Starts, "_judge_carried"), a_forged_unit_is_held
    ),
    "nobody knows where a carried unit stands": Planted(
        _nothing(starts.Starts, "_bring"), an_unheard_change_is_carried
    ),
    "a carried header is not looked at": Planted(
        lambda patch: patch.setattr(
            entry, "_carried", lambda advance, actor, derive, fields: entry.Header(
                entry.CARRIED, advance, None, 0, b"", former=entry.Former(*fields)
            )
        ),
        refused(lambda forge: forge.signed_blindly([[BROKEN["the header of another start"], b"\x90"]])),
    ),
    "a carried personal op may lack its salt": Planted(
        lambda patch: patch.setattr(entry, "any", lambda found: False, raising=False), refused(unsalted)
    ),
    "the tail stays behind": Planted(_nobody_carries, an_unheard_change_is_carried),
    "layers keep their numbers": Planted(_nothing(epochs._Opening, "_renumber"), an_unheard_change_is_carried),
    "a start goes on in the new epoch": Planted(_start_kept, units_are_named_once),
    "another log at the hub is not noticed": Planted(_nothing(uplink.Uplink, "_settle", False), put_back_and_not_found),
    "the page that came with a fork is taken": Planted(_page_of_a_fork, put_back_and_not_found),
    "a replaced epoch is told of news": Planted(_closed_epochs_hear, an_idle_copy_hears_everything),
    "a new epoch knows all of its own": Planted(
        lambda patch: patch.setattr(hub, "PageBuilder", _knowing(PageBuilder)), put_back_and_found
    ),
    "what the hub signed for is never sent again": Planted(_acknowledged_is_held, a_hub_put_back),
    "a value that stood again counts as known": Planted(
        lambda patch: patch.setattr(PageBuilder, "_foreign", _by_standing), an_own_value_lost_here_is_told
    ),
    "a page is taken before its epoch is known": Planted(
        lambda patch: patch.setattr(uplink.Uplink, "can_take_page", lambda self, held: True), a_page_before_the_epoch
    ),
    "a carried unit counts as heard": Planted(
        lambda patch: patch.setattr(PageBuilder, "_is_carried", staticmethod(lambda header: False)),
        a_carried_unit_counts_otherwise,
    ),
    "an old epoch after a loss knows its own": Planted(
        _nothing(uplink.Uplink, "_go_on_after_loss"), what_counts_otherwise
    ),
    "a new epoch knows what was held": Planted(
        lambda patch: patch.setattr(feed_epochs, "known_from", lambda connection, stream, opened: opened),
        a_unit_released_later_is_told,
    ),
    "what a lost past told stays on the list": Planted(_nothing(notices, "withdraw"), what_is_held_no_more),
    "a notice stays, what it is of is listed no more": Planted(_nothing(rows, "erase"), what_is_held_no_more),
    "a restored feed goes on at the old place": Planted(
        lambda patch: patch.setattr(feed_epochs, "place", lambda store, name, cursor, complete: (cursor, complete)),
        a_hub_put_back,
    ),
    "the canary is not heard": Planted(_nothing(canary, "is_older", False), an_old_database_is_known),
}  # fmt: skip


def _by_standing(self: Any, standing: Any) -> bool:
    return ids.stream_of(standing.op) != self._stream or standing.position <= self._known_from


def _knowing(usual: Any) -> Any:
    """Pages built as if the branch knew all that bears its number."""
    return lambda connection, stream, cursor, complete, known_from, *more: usual(
        connection, stream, cursor, complete, 0, *more
    )
