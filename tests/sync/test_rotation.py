"""Changing a branch's keys: cut off anywhere one key works; afterwards the old one signs nothing that is taken."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

import pytest
from cabang_attacks import NEW, opened
from cabang_copies import copied, put_back
from cabang_forge import Forge, in_conversation
from cabang_keys import (
    Thief,
    change_key,
    code_of,
    countersigned,
    customers,
    held,
    home_of,
    start_again,
    whole,
    wish_of,
    write,
)
from cabang_pair import keyring, seeded

from sync import certificates, exchange, keys, rotation
from sync.errors import (
    BadSignature,
    KeyReplaced,
    LogDamaged,
)
from sync.store import WIDE

SEED = seeded("new keys")(64)
CHANGED = keys.PrivateKeys(SEED)


class Killed(BaseException):
    """The process ends here; nothing may catch it."""


@pytest.fixture
def home(company, tmp_path):
    """Branch 1's folder with its key."""
    return home_of(company.branches[0], tmp_path)


def test_the_new_key_signs_and_the_log_stays_whole(company, home) -> None:
    """Goal: the whole change. Method: entries before, unsent and after; rows, both files' seals, the key file."""
    branch = company.branches[0]
    write(branch, "X1")
    company.until_done(branch)
    write(branch, "X2")
    with branch.unit() as unit:
        unit.insert(*_customer("X3"))  # not sealed yet
    certificate = change_key(company, branch, home, SEED)
    write(branch, "X4")
    company.heal()
    assert {"X1", "X2", "X3", "X4"} == customers(company)
    assert ([], 2, CHANGED.sign_public) == (held(company), certificate.serial, branch.keyring.sign_public)
    assert (SEED, False) == (home.key_file.read_bytes(), (home.path / rotation.NEXT).exists())
    assert whole(company).segments and whole(company, branch).segments
    start_again(branch, home)
    write(branch, "X5")
    company.heal()
    assert whole(company, branch).entries == branch.journal.seq


def _customer(number: str) -> tuple[Any, dict[str, Any]]:
    from crm.customers import Customer

    return Customer, {"number": number, "name": "Sari"}


def test_a_stolen_old_key_signs_nothing_the_hub_takes(company, home) -> None:
    """Goal: after the countersignature the old key is worthless. Method: requests and segments sealed by it, before
    and after the branch has spoken; the registry, the rows and the list unchanged.
    """
    branch = company.branches[0]
    write(branch, "X1")
    company.until_done(branch)
    thief = Thief(company, branch)
    stolen = thief.segment("BAD")
    change_key(company, branch, home, SEED)
    forge = thief.forge()
    with pytest.raises(KeyReplaced):
        company.hub.exchange.answer(forge.request(stolen))
    in_conversation(company, branch)
    carried = Forge(company, branch).request(stolen)
    assert "bad_signature" == code_of(company.hub.exchange.answer(carried))
    in_conversation(company, branch)
    opening = opened(forge, forge.open_header())
    carried = Forge(company, branch).request(opening, epoch=NEW)
    assert "bad_signature" == code_of(company.hub.exchange.answer(carried))
    with pytest.raises(KeyReplaced):
        countersigned(company, rotation.ask(thief.keyring, keyring(7), 1, branch.journal.epoch_name))
    write(branch, "X2")
    company.heal()
    assert ({"X1", "X2"}, []) == (customers(company), held(company))


def test_a_request_on_its_way_with_the_old_key(company, home) -> None:
    """Goal: no gap between reading a request and its transaction. Method: countersigned while the door is asked."""
    branch = company.branches[0]
    in_conversation(company, branch)
    write(branch, "X1")
    request, usual = branch.link.ask(0), company.hub.exchange.take_segments

    def meanwhile(*asked):
        change_key(company, branch, home, SEED)
        return usual(*asked)

    company.hub.exchange.take_segments = meanwhile
    assert "bad_signature" == code_of(company.hub.exchange.answer(request))
    company.hub.exchange.take_segments = usual
    company.heal()
    assert {"X1"} == customers(company)


def test_a_lost_answer_is_given_again(company, home) -> None:
    """Goal: a cut costs nothing. Method: the same wish twice, by the old key; one certificate."""
    branch = company.branches[0]
    wish = wish_of(branch, CHANGED)
    assert countersigned(company, wish) == countersigned(company, wish)
    assert 2 == company.hub.one("SELECT count(*) FROM certificate WHERE stream = 1")
    with pytest.raises(KeyReplaced):
        company.hub.exchange.answer(branch.link.ask(0))
    change_key(company, branch, home, SEED)
    company.heal()
    assert branch.digest() == company.hub.digest(1)


def test_a_change_where_head_office_holds_more(company, home) -> None:
    """Goal: a copy put back may change its key before it has spoken. Method: copy, write, send, put back, change."""
    branch = company.branches[0]
    path = copied(branch, "older.db")
    write(branch, "X1")
    company.heal()
    older = put_back(company, branch, path, True)
    write(older, "X2")
    change_key(company, older, home, SEED)
    company.heal()
    assert {"X1", "X2"} == customers(company)
    assert whole(company).entries and whole(company, older).entries


def test_many_changes_in_a_row(company, home) -> None:
    """Goal: keys may change often. Method: seven changes with and without entries between; every seal, both files."""
    branch = company.branches[0]
    for number in range(7):
        if number % 3:
            write(branch, f"X{number}")
        if number % 2:
            company.until_done(branch)
        change_key(company, branch, home, seeded(f"change {number}")(64))
    company.heal()
    assert 4 == len(customers(company))
    assert whole(company).entries and whole(company, branch).entries


# --- cut off ---------------------------------------------------------------------------------------------------

FILES = ("sync/rotation.py", "sync/certificates.py", "sync/folder.py", "sync/keys.py")


Point = tuple[str, int]


@contextmanager
def dying(at: Point | None = None) -> Iterator[list[Point]]:
    """Inside, the process ends at this line of the change, at the branch or at the hub; gives the lines that ran."""
    lines: list[Point] = []

    def line(frame: FrameType, event: str, arg: Any) -> Callable[..., Any]:
        if event == "line":
            lines.append((frame.f_code.co_filename, frame.f_lineno))
            if lines[-1] == at:
                raise Killed
        return line

    def call(frame: FrameType, event: str, arg: Any) -> Callable[..., Any] | None:
        return line if frame.f_code.co_filename.endswith(FILES) else None

    before = sys.gettrace()
    sys.settrace(call)
    try:
        yield lines
    finally:
        sys.settrace(before)


def test_cut_off_at_every_point_one_working_key_is_left(company, home) -> None:
    """Goal: crash safety. Method: die at each line of a change in turn; start again, sell, finish it, compare all."""
    branch = company.branches[0]
    with dying() as lines:
        change_key(company, branch, home, seeded("counted")(64))
    points = list(dict.fromkeys(lines))
    assert len(points) > 80
    for place, point in enumerate(points):
        write(branch, f"A{place}")
        with suppress(Killed), dying(point):
            change_key(company, branch, home, seeded(f"change {place}")(64))
        start_again(branch, home)
        write(branch, f"B{place}")
        _round_as_the_client_does(company, branch, home)
        assert {f"A{place}", f"B{place}"} <= customers(company), f"died at {point}"
        change_key(company, branch, home, seeded(f"again {place}")(64))
        assert not (home.path / rotation.NEXT).exists()
    company.heal()
    assert (branch.digest(), []) == (company.hub.digest(1), held(company))
    assert whole(company).segments and whole(company, branch).segments


def _round_as_the_client_does(company, branch, home) -> None:
    """A round; a hub that has countersigned what the branch does not know yet is asked once more."""
    try:
        company.until_done(branch)
    except KeyReplaced:
        new = rotation.next_keys(home)
        assert new is not None
        answer = countersigned(company, wish_of(branch, new))
        rotation.take(home, branch.journal, answer, branch.link.hub_public, "hub")
        company.until_done(branch)


# --- what is found afterwards -----------------------------------------------------------------------------------


def test_an_audit_finds_a_seal_of_the_wrong_key(company, home) -> None:
    """Goal: I7, each stored entry verifies under a key allowed at its place. Method: the place a key begins moved."""
    branch = company.branches[0]
    write(branch, "X1")
    company.heal()
    change_key(company, branch, home, SEED)
    write(branch, "X2")
    company.heal()
    place = company.hub.one("SELECT after FROM certificate WHERE stream = 1 AND serial = 2")
    for wrong in (place - 1, place + 5):
        with company.hub.store.write(gate=WIDE) as connection:
            connection.execute("UPDATE certificate SET after = ? WHERE stream = 1 AND serial = 2", (wrong,))
        with pytest.raises(LogDamaged):
            whole(company)


def test_only_some_keys_are_tried(company, home) -> None:
    """Goal: a stranger's request costs a bounded number of checks. Method: more changes than that; count the checks."""
    branch = company.branches[0]
    for number in range(6):
        change_key(company, branch, home, seeded(f"change {number}")(64))
    tried: list[bytes] = []

    def nobody(public: bytes) -> None:
        tried.append(public)
        raise BadSignature(what="request")

    with suppress(BadSignature):
        company.hub.exchange.registry.speaker(1, nobody)
    assert certificates.TRIED_MAX == len(tried)


def test_a_request_of_the_old_key_after_many_changes(company, home) -> None:
    """Goal: an old key is nobody's any more. Method: so many changes that it is not even recognised."""
    branch = company.branches[0]
    old = keys.PrivateKeys(branch.keyring.seed)
    request = exchange.read_request(branch.link.ask(0))
    for number in range(5):
        change_key(company, branch, home, seeded(f"change {number}")(64))
    with pytest.raises(BadSignature):
        company.hub.exchange.answer(exchange.sign_request(old, request))
