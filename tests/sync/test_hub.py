"""The hub takes segments in any order and any company, and remembers what it signed."""

import pytest
from cabang_attacks import CUSTOMER
from cabang_forge import LATER, Forge, in_conversation
from cabang_scenes import (
    Stage,
    any_order_ends_in_the_same,
    shared_customer,
    the_later_of_two_stands_though_a_clock_is_ahead,
)

from crm.customers import Consent, Customer
from sync import clock, keys, segment


@pytest.fixture
def stage(three, template, tmp_path) -> Stage:
    """Three branches, and room for copies of the hub."""
    (tmp_path / "copies").mkdir()
    return Stage(three, template, tmp_path / "copies")


def test_streams_may_arrive_in_any_order_and_twice(stage) -> None:
    """Goal: any order, duplication and batching gives equal digests. Method: hub copies, every order, doubled."""
    any_order_ends_in_the_same(stage)


def test_a_clock_ahead_does_not_win_for_ever(stage) -> None:
    """Goal: no clock wins every merge. Method: ten years ahead against a right clock that wrote later."""
    the_later_of_two_stands_though_a_clock_is_ahead(stage)


def test_the_hubs_own_word_comes_after_all_it_has_seen(three) -> None:
    """Goal: head office's change of what it sees stands. Method: the hub's clock ten years behind the branches'."""
    customer = shared_customer(three)
    first = three.branches[0]
    with first.unit() as unit:
        unit.set(Customer, customer, {"name": "Dewi"})
    three.heal()
    three.hub.now -= 10 * 365 * 24 * 3_600_000
    highest = three.hub.one("SELECT max(effective) FROM entry")
    with three.hub.unit() as unit:
        unit.set(Customer, customer, {"name": "Agus"})
    three.heal()
    assert highest < three.hub.one("SELECT effective FROM entry WHERE stream = 0 ORDER BY seq DESC LIMIT 1")
    assert {"Agus"} == {side.one("SELECT name FROM customer") for side in three.sides}


@pytest.mark.parametrize("segments", [1, 3])
def test_one_stamp_for_all_ops_of_an_entry(company, segments) -> None:
    """Goal: an entry stands or falls as one. Method: a unit that sets two fields; both stand with one stamp."""
    customer = shared_customer(company)
    with company.branches[0].unit() as unit:
        unit.set(Customer, customer, {"name": "Dewi"})
        unit.set(Customer, customer, {"archived": True})
        unit.insert(Consent, {"customer": customer, "purpose": "receipt"}, key=(customer, "receipt", "sms"))
    company.heal()
    stamps = company.hub.rows("SELECT effective FROM entry WHERE stream = 1 ORDER BY seq DESC LIMIT 1")
    column = company.hub.one("SELECT stamps FROM customer WHERE id = ?", customer)
    told = {int.from_bytes(column[place + 15 : place + 23], "big") for place in range(30, len(column), 31)}
    assert {stamps[0][0]} == told


def test_a_start_used_again_holds_all_that_follows_from_it(company) -> None:
    """Goal: an id is given once. Method: the start of three entries opens three others; all are held."""
    branch = company.branches[0]
    for _ in range(3):
        with branch.unit() as unit:
            unit.insert(Customer, {"number": "X1"})
    company.heal()
    in_conversation(company, branch)
    forge = Forge(company, branch)
    used = branch.one("SELECT start FROM process_start ORDER BY seq DESC LIMIT 1")
    entries = [[forge.header(start=used), CUSTOMER], [LATER, CUSTOMER], [LATER, CUSTOMER]]
    assert company.answer(forge.request(forge.segment(entries))).refusal is None
    assert 3 == company.hub.one("SELECT count(*) FROM quarantine")
    assert 3 == company.hub.one("SELECT count(*) FROM customer")


@pytest.mark.parametrize("advance", [2**47, 2**48 - 1])
def test_an_absurd_stamp_counts_as_nothing(company, advance) -> None:
    """Goal: a wrong clock is never a reason to refuse. Method: an entry beyond 47 bits of milliseconds."""
    branch = company.branches[0]
    in_conversation(company, branch)
    forge = Forge(company, branch)
    header = forge.header(advance=advance - clock.ms_of(forge.chain.stamp) if advance == 2**48 - 1 else advance)
    assert company.answer(forge.request(forge.segment([[header, CUSTOMER]]))).refusal is None
    effective = company.hub.one("SELECT effective FROM entry WHERE stream = 1 ORDER BY seq DESC LIMIT 1")
    assert clock.ms_of(effective) <= company.hub.now


def test_what_the_hub_signs_can_be_shown(company) -> None:
    """Goal: the hub cannot deny what it took. Method: the kept acknowledgement checked with the hub's key alone."""
    branch = company.branches[0]
    shared_customer(company)
    seq, head, received, signature = branch.rows(
        "SELECT seq, head, received_at, signature FROM acknowledgement ORDER BY seq DESC LIMIT 1"
    )[0]
    said = segment.acknowledgement(1, branch.journal.epoch_name, seq, head, received)
    keys.check(company.hub.keyring.sign_public, keys.ACKNOWLEDGEMENT_LABEL, said, signature, "acknowledgement")


def test_times_of_arrival_never_fall(company) -> None:
    """Goal: received_at only grows. Method: the hub's clock jumps back between three segments, and over a restart."""
    branch = company.branches[0]
    for jump in (0, -(10**9), 5):
        company.hub.now += jump
        with branch.unit() as unit:
            unit.insert(Customer, {"number": "X1"})
        company.until_done(branch)
        company.hub.restart()
    times = [
        time
        for (time,) in company.hub.rows("SELECT received_at FROM segment WHERE received_at > 0 ORDER BY epoch, first")
    ]
    assert sorted(times) == times


def test_both_halves_are_independent(company) -> None:
    """Goal: a refused segment leaves the page. Method: a forged segment in a request; the page still comes."""
    branch = company.branches[0]
    in_conversation(company, branch)
    forge = Forge(company, branch)
    answer = company.answer(forge.request(b"no segment"))
    assert answer.refusal is not None and answer.page is not None
    assert "malformed" == answer.refusal.code


def test_head_office_sees_who_waits(company) -> None:
    """Goal: backlog and last contact are known at the hub. Method: a request that reports them."""
    branch = company.branches[0]
    in_conversation(company, branch)
    company.answer(Forge(company, branch).request(waiting=5, oldest=7, clock_error=-9))
    found = company.hub.rows(
        "SELECT reported_waiting, reported_oldest, clock_error, last_contact FROM stream WHERE stream = 1"
    )
    assert [(5, 7, -9, company.hub.now)] == found
