"""Entries held for review: kept, listed on both sides, and taken when the hub has learnt what they mean."""

from typing import Any

import cabang_audit
import msgspec
import pytest
from cabang_forge import Forge, in_conversation
from cabang_oracle import check_log

from crm.catalogue import ProvisionalProduct
from crm.customers import Customer
from sync import errors, model, ops, wire
from sync.hub import HubExchange


@pytest.fixture
def unlearnt(company, monkeypatch):
    """A company whose hub does not know provisional products yet, and a branch that made and changed one."""
    branch = company.branches[0]
    with monkeypatch.context() as older:
        older.delitem(model.BY_CODE, model.TABLES["provisional_product"].code)
        older.setattr(ops, "BY_CODE", model.BY_CODE)
        with branch.unit() as unit:
            made = unit.insert(ProvisionalProduct, {"code": "ODD", "name": "Odd"}, key=("ODD",))
        with branch.unit() as unit:
            unit.insert(Customer, {"number": "X1"})
        with branch.unit() as unit:
            unit.set(ProvisionalProduct, made, {"price": 500})
        company.heal()
    return company


def listed(side) -> list[tuple[Any, ...]]:
    return side.rows("SELECT seq, reason, released FROM held_entry ORDER BY seq")


def waiting(side) -> list[int]:
    return [seq for (seq,) in side.rows("SELECT seq FROM quarantine ORDER BY seq")]


def test_an_entry_of_an_unknown_kind_is_held_and_listed_on_both_sides(unlearnt) -> None:
    """Goal: never silent. Method: a hub without the table; the lists of hub and branch, and the entry between."""
    hub, branch = unlearnt.hub, unlearnt.branches[0]
    assert [(2, "unknown_kind", 0), (4, "unknown_kind", 0)] == listed(hub) == listed(branch)
    assert [2, 4] == waiting(hub) == waiting(branch)
    assert 1 == hub.one("SELECT count(*) FROM customer")
    assert [] == listed(unlearnt.branches[1])


def test_the_branch_goes_on_showing_what_it_wrote(unlearnt) -> None:
    """Goal: the branch is not confused. Method: its row stays, digests agree without it."""
    branch = unlearnt.branches[0]
    assert [("ODD", 500)] == branch.rows("SELECT code, price FROM provisional_product")
    assert unlearnt.hub.digest(1) == branch.digest()


def test_after_an_upgrade_all_is_taken(unlearnt) -> None:
    """Goal: uplink is always taken. Method: retry with the table known; rows, lists and digests of everybody."""
    assert 2 == unlearnt.hub.exchange.retry_held()
    unlearnt.heal()
    for side in unlearnt.sides:
        assert [("ODD", 500)] == side.rows("SELECT code, price FROM provisional_product")
        assert [] == waiting(side)
    for branch in unlearnt.branches:
        assert unlearnt.hub.digest(branch.stream) == branch.digest()
    assert [(2, "unknown_kind", 1), (4, "unknown_kind", 1)] == listed(unlearnt.branches[0])


def test_a_person_asks_for_another_try(unlearnt) -> None:
    """Goal: one entry, and what waited for it. Method: try the later one in vain, then the first, then an unknown one;
    its time is that of the try, written down.
    """
    hub = unlearnt.hub
    first, second = (row for (row,) in hub.rows("SELECT id FROM held_entry ORDER BY seq"))
    assert (False, [2, 4]) == (hub.exchange.try_again(second), waiting(hub))
    hub.now += 60_000
    assert (True, []) == (hub.exchange.try_again(first), waiting(hub))
    assert [None, None] == [hub.exchange.try_again(row) for row in (first, b"nobody's")]
    assert [(2, hub.now), (4, hub.now)] == hub.rows("SELECT seq, received_at FROM released ORDER BY seq")
    unlearnt.heal()
    assert hub.digest(1) == unlearnt.branches[0].digest()
    for side in unlearnt.sides:
        check_log(unlearnt, side)


def test_a_second_retry_does_nothing(unlearnt) -> None:
    """Goal: idempotence. Method: retry twice."""
    unlearnt.hub.exchange.retry_held()
    assert 0 == unlearnt.hub.exchange.retry_held()


def test_a_released_entry_meets_what_was_written_meanwhile(unlearnt) -> None:
    """Goal: a late entry loses nothing unseen. Method: another branch makes the product first, then the release."""
    other = unlearnt.branches[1]
    with other.unit() as unit:
        unit.insert(ProvisionalProduct, {"code": "ODD", "name": "Other"}, key=("ODD",))
    unlearnt.until_done(other)
    unlearnt.hub.exchange.retry_held()
    unlearnt.heal()
    for branch in unlearnt.branches:
        assert unlearnt.hub.digest(branch.stream) == branch.digest()
    names = {side.one("SELECT name FROM provisional_product") for side in unlearnt.sides}
    assert 1 == len(names)
    lost = unlearnt.hub.rows("SELECT lost_stream FROM conflict WHERE grp = 'name'")
    assert 1 == len(lost)


def test_what_stays_unfit_stays_held(company) -> None:
    """Goal: a retry takes nothing it should not. Method: an entry against the rights, retried."""
    branch = company.branches[0]
    in_conversation(company, branch)
    forge = Forge(company, branch)
    company.answer(forge.request(forge.ops([2, 10, "OLI", ["Oli", False]])))
    before = company.hub.digest()
    assert 0 == company.hub.exchange.retry_held()
    assert (before, 1) == (company.hub.digest(), len(waiting(company.hub)))


def test_what_came_too_early_is_taken_when_the_missing_part_comes(three) -> None:
    """Goal: entries in the wrong order heal by themselves. Method: a note on a customer not yet there."""
    first, second, _ = three.branches
    with first.unit() as unit:
        made = unit.insert(Customer, {"number": "X1"})
    first.journal.seal()
    in_conversation(three, second)
    forge = Forge(three, second)
    three.answer(forge.request(forge.ops([1, 23, [made, "remark"]])))
    assert [("missing_row",)] == three.hub.rows("SELECT reason FROM quarantine")
    three.until_done(first)
    assert ([], 1) == (waiting(three.hub), three.hub.one("SELECT count(*) FROM customer_note"))


def test_what_did_not_come_is_not_tried_again(three, monkeypatch) -> None:
    """Goal: a heap of held entries slows no exchange. Method: tries are counted until the missing part comes."""
    first, second, third = three.branches
    with first.unit() as unit:
        made = unit.insert(Customer, {"number": "X1"})
    first.journal.seal()
    in_conversation(three, second)
    forge, tried, usual = Forge(three, second), [], HubExchange._retry
    three.answer(forge.request(forge.ops([1, 23, [made, "remark"]])))

    def retry(self: HubExchange, *place: int) -> bool:
        tried.append(place)
        return usual(self, *place)

    monkeypatch.setattr(HubExchange, "_retry", retry)
    with third.unit() as unit:
        unit.insert(Customer, {"number": "X2"})
    three.until_done(third)
    assert ([], 1) == (tried, len(waiting(three.hub)))
    three.until_done(first)
    assert (1, []) == (len(tried), waiting(three.hub))


def test_the_words_of_a_reason_are_kept(unlearnt) -> None:
    """Goal: people can be told why. Method: the class of the code and the kept parameters make a sentence."""
    (reason, detail) = unlearnt.hub.rows("SELECT reason, detail FROM held_entry ORDER BY seq")[0]
    error = errors.from_refusal((reason, msgspec.msgpack.decode(bytes.fromhex(detail))))
    assert ("unknown_kind", {"kind": "2/12"}) == (error.code, error.params)


def test_what_is_held_takes_nothing_along(company) -> None:
    """Goal: an entry the hub signed for is never lost. Method: a good entry, then one held after looking things up."""
    branch = company.branches[0]
    price = company.hub.one("SELECT substr(stamps, 1, 14) FROM product WHERE code = 'OLI-1'")
    good = [wire.encode([1, 20, ["N1", "individual", None, False]])]
    bad = [wire.encode([3, 11, "OLI-1", [7, price, 1, 0]])]
    lost = [wire.encode([3, 20, b"\0\1nobody\0\0\0\1\0\0", [0, price, "N2"]])]
    for units in ([good, bad], [lost, lost, good]):
        in_conversation(company, branch)
        forge = Forge(company, branch)
        company.answer(forge.request(forge.segment(forge.entries(*units))))
    seqs = [seq for (seq,) in company.hub.rows("SELECT seq FROM entry WHERE stream = ? ORDER BY seq", branch.stream)]
    assert list(range(1, seqs[0] + len(seqs))) == seqs
    assert seqs[-1] == company.hub.one("SELECT seq FROM epoch WHERE stream = ? AND closed = 0", branch.stream)
    assert 3 == len(waiting(company.hub))
    cabang_audit.verify(company, company.hub, company.hub.store.connection())


@pytest.mark.parametrize("amounts", [(2**62, 0, -(2**62), 2**62), (1, 2**62, 0, 2**62), (-(2**62), 1, 0, -(2**62))])
def test_a_sale_beyond_all_limits_is_held(company, amounts) -> None:
    """Goal: no number makes sums of the books impossible. Method: a branch signs such sales, past its own till."""
    branch = company.branches[0]
    quantity, price, discount, total = amounts
    in_conversation(company, branch)
    forge = Forge(company, branch)
    line, payment = ["OLI-1", quantity, price, discount, 1], ["cash", total]
    company.answer(forge.request(forge.ops([1, 40, [1, 1, "sale", None, total], [41, line], [42, payment]])))
    assert [("bad_value",)] == company.hub.rows("SELECT reason FROM quarantine")
    assert [] == company.hub.rows("SELECT * FROM on_hand")
