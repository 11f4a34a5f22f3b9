"""What head office wrote and lost comes back from the branches, when a person takes it over."""

import cabang_audit
import cabang_vouchers as vouchers_of
import pytest
from cabang_copies import check_whole, copied, put_hub_back
from cabang_planted_lost import decided, taken_over
from cabang_scenes import OIL, shared_customer

from crm.catalogue import Product, ProvisionalProduct
from crm.customers import Consent, Customer, CustomerNote
from sync import ids, limits, taking_over, wire
from sync.lost_records import LostChange, LostOp


def price(side) -> int:
    return int(side.one("SELECT price FROM product WHERE id = ?", OIL))


def test_a_price_is_taken_over(company) -> None:
    """Goal: I1 holds after the decision. Method: a price set after the copy; both branches hand the same back."""
    old = copied(company.hub, "old hub.db")
    with company.hub.unit() as unit:
        unit.set(Product, OIL, {"price": 2000})
    company.heal()
    put_hub_back(company, old)
    company.heal()
    assert [45_000, 2000, 2000] == [price(side) for side in company.sides]
    (one,) = taking_over.proposals(company.hub.store.connection())
    assert ((1, 2), {"price": 2000, "tax": 0}) == (one.branches, one.said)
    assert 1 == decided(company, True).done
    assert [2000] * 3 == [price(side) for side in company.sides]
    check_whole(company)


def test_a_price_is_dropped(company) -> None:
    """Goal: branches hear what stands again. Method: as above, and the person drops it."""
    old = copied(company.hub, "old hub.db")
    with company.hub.unit() as unit:
        unit.set(Product, OIL, {"price": 2000})
    company.heal()
    put_hub_back(company, old)
    assert (1, []) == decided(company, False)
    assert [45_000] * 3 == [price(side) for side in company.sides]
    check_whole(company)


def test_a_lost_customer_that_branches_changed(company, branch) -> None:
    """Goal: an honest change waits and then stands. Method: a lost card of head office; a branch changed it."""
    company.heal()
    old = copied(company.hub, "old hub.db")
    with company.hub.unit() as unit:
        card = unit.insert(Customer, {"number": "7", "name": "Sari"}, key=("7",))
        note = unit.insert(CustomerNote, {"customer": card, "kind": "remark", "text": "suka oli"})
    company.heal()
    with branch.unit() as unit:
        unit.set(Customer, card, {"name": "Sari Dewi"})
    put_hub_back(company, old)
    company.heal()
    assert ["missing_row"] == [reason for (reason,) in company.hub.rows("SELECT reason FROM quarantine")]
    assert (2, []) == decided(company, True)
    assert [] == company.hub.rows("SELECT * FROM quarantine")
    assert [("Sari Dewi", card, note)] * 3 == [
        side.rows("SELECT c.name, c.id, n.id FROM customer c JOIN customer_note n ON n.customer = c.id")[0]
        for side in company.sides
    ]
    assert [] == company.hub.rows("SELECT * FROM conflict")
    check_whole(company)


@pytest.mark.parametrize("taken", [True, False])
def test_a_home_branch(three, taken) -> None:
    """Goal: rows follow the card to the right branch. Method: its home is moved, and that is lost."""
    home, other = three.branches[:2]
    with home.unit() as unit:
        card = unit.insert(Customer, {"number": "7", "name": "Sari", "home_branch": home.id})
    three.heal()
    with three.branches[2].unit() as unit:
        unit.insert(CustomerNote, {"customer": card, "kind": "remark", "text": "suka oli"})
    three.heal()
    old = copied(three.hub, "old hub.db")
    with three.hub.unit() as unit:
        unit.set(Customer, card, {"home_branch": other.id})
    three.heal()
    put_hub_back(three, old)
    assert (1, []) == decided(three, taken)
    notes = [side.one("SELECT count(*) FROM customer_note") for side in three.sides]
    assert notes == ([1, 0, 1, 1] if taken else [1, 1, 0, 1])
    check_whole(three)


def test_an_op_of_two_groups_is_decided_group_by_group(three) -> None:
    """Goal: nothing that waits is taken for decided. Method: kind and home of a card in one op, and a new home that one
    branch alone has heard of; that one's proposal is decided first.
    """
    home, other, quick = three.branches
    with home.unit() as unit:
        card = unit.insert(Customer, {"number": "7", "name": "Sari", "home_branch": home.id})
    three.heal()
    with quick.unit() as unit:
        unit.insert(CustomerNote, {"customer": card, "kind": "remark", "text": "suka oli"})
    three.heal()
    old = copied(three.hub, "old hub.db")
    with three.hub.unit() as unit:
        unit.set(Customer, card, {"kind": "company", "home_branch": other.id})
    three.heal()
    with three.hub.unit() as unit:
        unit.set(Customer, card, {"home_branch": None})
    three.until_done(quick)
    put_hub_back(three, old)
    three.heal()
    newest, older = taking_over.proposals(three.hub.store.connection())
    assert ((3,), (1, 2)) == (newest.branches, older.branches)
    assert 1 == taking_over.decide(three.hub.journal, [newest.name], True, None).done
    (left,) = taking_over.proposals(three.hub.store.connection())
    assert {"home_branch": other.id} == left.said
    assert (1, []) == decided(three, True)
    check_whole(three)


@pytest.mark.parametrize("taken", [True, False])
def test_a_grant(company, branch, taken) -> None:
    """Goal: an honest use counts once its grant is taken over. Method: grant lost, used; taken over or dropped."""
    voucher = vouchers_of.issued(company, 10)
    vouchers_of.granted(company, branch, voucher, 2)
    old = copied(company.hub, "old hub.db")
    vouchers_of.granted(company, branch, voucher, 3)
    vouchers_of.use(branch, voucher, 4)
    put_hub_back(company, old)
    company.heal()
    assert ["beyond_rights"] == [reason for (reason,) in company.hub.rows("SELECT reason FROM quarantine")]
    assert 0 == vouchers_of.left(company, voucher)
    assert (1, []) == decided(company, taken)
    assert [[], ["beyond_rights"]][not taken] == [r for (r,) in company.hub.rows("SELECT reason FROM quarantine")]
    vouchers_of.check_books(company.hub)
    check_whole(company)


@pytest.mark.parametrize("taken", [True, False])
def test_a_change_told_after_the_decision(company, branch, taken) -> None:
    """Goal: who saw what was lost saw what stands for it. Method: two groups of one op, and a "no" where that wins; a
    branch changes all of it, head office decides before it hears.
    """
    customer = shared_customer(company)
    with company.hub.unit() as unit:
        asked = {"customer": customer, "purpose": "receipt", "given": True}
        consent = unit.insert(Consent, asked, key=(customer, "receipt", "sms"))
    company.heal()
    old = copied(company.hub, "old hub.db")
    with company.hub.unit() as unit:
        unit.set(Customer, customer, {"name": "Pusat", "caution": "kacang"})
        unit.set(Consent, consent, {"given": False})
    company.heal()
    with branch.unit() as unit:
        unit.set(Customer, customer, {"name": "Cabang", "caution": "susu"})
        unit.set(Consent, consent, {"given": True})
    put_hub_back(company, old)
    company.hub.now += 3_600_000
    company.until_done(company.branches[1])
    taking_over.decide(company.hub.journal, None, taken, None)
    company.heal()
    said = "SELECT c.name, c.caution, n.given FROM customer c JOIN consent n ON n.customer = c.id"
    assert {("Cabang", "susu", 1)} == {side.rows(said)[0] for side in company.sides}
    assert [] == company.hub.rows("SELECT * FROM conflict")
    check_whole(company)


def test_a_branch_that_comes_late(company, branch) -> None:
    """Goal: what head office does meanwhile stands. Method: a new price after the loss; one branch hears it last."""
    other = company.branches[1]
    old = copied(company.hub, "old hub.db")
    with company.hub.unit() as unit:
        unit.set(Product, OIL, {"price": 2000})
    company.heal()
    put_hub_back(company, old)
    company.until_done(other)
    with company.hub.unit() as unit:
        unit.set(Product, OIL, {"price": 3000})
    assert 0 == taking_over.count(company.hub.store.connection())
    assert (0, []) == decided(company, True)
    assert [3000] * 3 == [price(side) for side in company.sides]
    check_whole(company)


def test_a_row_that_cannot_be_handed_back_hinders_no_other(company, branch, monkeypatch) -> None:
    """Goal: what fits is handed back. Method: one row a unit; before the one that fits stands one that is too large."""
    monkeypatch.setattr(limits, "HANDED_BACK_ROWS_MAX", 1)
    customer = shared_customer(company)
    old = copied(company.hub, "old hub.db")
    with company.hub.unit() as unit:
        for text in ("x" * limits.TEXT_BYTES_MAX, "suka oli"):
            unit.insert(CustomerNote, {"customer": customer, "kind": "remark", "text": text})
    company.heal()
    put_hub_back(company, old)
    assert (1, []) == decided(company, True)
    assert [("suka oli",)] == company.hub.rows("SELECT text FROM customer_note")


def test_what_makes_no_sense_is_passed_over(company, branch) -> None:
    """Goal: a branch plants nothing. Method: proposals of what head office holds, of nothing, of what is no value."""
    company.heal()
    put_hub_back(company, copied(company.hub, "old hub.db"))
    company.heal()
    held = company.hub.one("SELECT substr(stamps, 1, 14) FROM product WHERE id = ?", OIL)
    gone = ids.pack(0, b"nobody", 1, 0)
    price_of = [7, 1, 0]
    with branch.unit() as unit:
        for table, said, ops in [
            ("product", [price_of], [(7, held, 2**60)]),
            ("product", [price_of], []),
            ("nothing", [price_of], [(7, gone, 2**60)]),
            ("lost_verdict", [[-1]], [(-1, gone, 2**60)]),
            ("product", [[99, 1]], [(7, gone, 2**60)]),
            ("product", ["?"], [(7, gone, 2**60)]),
            ("product", [7], [(7, gone, 2**60)]),
            ("product", [[7, 1]], [(7, gone, 2**60)]),
            ("product", [[1, "x"]], [(7, gone, 2**60)]),
            ("product", [price_of], [(99, gone, 2**60)]),
            ("product", [price_of], [(7, gone, 0)]),
            ("product", [price_of], [(7, b"short", 2**60)]),
            ("product", [price_of], [(7, ids.pack(1, b"nobody", 1, 0), 2**60)]),
        ]:
            unit.insert(LostChange, {"table": table, "row": OIL, "said": wire.encode(said)}, {LostOp: ops})
        bad = {"table": "product", "row": OIL, "said": wire.encode([[7, "free", []]])}
        unit.insert(LostChange, bad, {LostOp: [(7, gone, 2**60)]})
    company.heal()
    (one,) = taking_over.proposals(company.hub.store.connection())
    assert ("free", (1,)) == (one.said["price"], one.branches)
    outcome = decided(company, True)
    assert (0, ["bad_value"]) == (outcome.done, [error.code for error in outcome.refused])
    assert (1, []) == decided(company, False)
    check_whole(company)


def test_what_cannot_be_put_away(company, branch) -> None:
    """Goal: nothing is half there. Method: a new code of head office that is lost and dropped, which it cannot be."""
    company.heal()
    old = copied(company.hub, "old hub.db")
    with company.hub.unit() as unit:
        unit.insert(ProvisionalProduct, {"code": "BARU", "name": "Baru", "price": 7_000}, key=("BARU",))
    company.heal()
    put_hub_back(company, old)
    assert (1, []) == decided(company, False)
    assert [(1,)] == company.hub.rows("SELECT taken FROM lost_verdict")
    assert {"Baru"} == {side.one("SELECT name FROM provisional_product") for side in company.sides}
    check_whole(company)


HUB_TABLES = ("put_back", "lost_change", "lost_op", "lost_verdict", "lost_verdict_op")


def test_verify_sees_what_was_changed(company, branch) -> None:
    """Goal: who said and decided what stays as it was. Method: each column of the new tables, at hub and branch."""
    taken_over(company)
    for side, tables in ((company.hub, HUB_TABLES), (branch, ("lost_change", "lost_op"))):
        file = cabang_audit.raw(side.path)
        for table in tables:
            for _, column, *_ in file.execute(f"PRAGMA table_info({table})").fetchall():
                key, found = file.execute(f'SELECT {KEYS.get(table, "id")}, "{column}" FROM {table} LIMIT 1').fetchone()
                sql = f'UPDATE {table} SET "{column}" = ? WHERE {KEYS.get(table, "id")} = ? AND "{column}" IS ?'
                with cabang_audit.changed(file, sql, cabang_audit.other(found), key, found):
                    assert "" != cabang_audit.damage(company, side, file), (table, column)
        file.close()


KEYS = {"lost_op": "lost_change", "lost_verdict_op": "lost_verdict"}
