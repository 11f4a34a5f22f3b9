"""Bugs planted where head office gets back what it had written itself, each with the scene that must notice it."""

import shutil
from pathlib import Path
from typing import Any

import cabang_vouchers as voucher_deeds
from cabang_copies import check_whole, copied, put_hub_back
from cabang_pair import Company
from cabang_planted_copies import Patch, Planted
from cabang_scenes import OIL, shared_customer

from crm.catalogue import Product
from crm.customers import Customer, CustomerNote
from crm.selling.rules import Line, Paid
from crm.selling.writing import record_sale
from sync import former_feeds, handing_back, ids, lost, rights, taking_over, wire
from sync.database import using
from sync.lost_records import LostChange, LostOp
from sync.store import WIDE
from sync.unit import Unit


def decided(company: Company, taken: bool) -> taking_over.Outcome:
    """Everybody speaks; a person decides about all that was handed back; everybody hears of it."""
    company.heal()
    outcome = taking_over.decide(company.hub.journal, None, taken, None)
    company.hub.exchange.retry_held()
    company.heal()
    return outcome


# --- scenes ------------------------------------------------------------------------------------------------------


def taken_over(company: Company) -> None:
    """A price, a product that was sold, a card that was changed, a note."""
    card, made = _lost(company)
    decided(company, True)
    assert [] == company.hub.rows("SELECT * FROM quarantine")
    said = "SELECT name, (SELECT count(*) FROM customer_note), (SELECT price FROM product WHERE id = ?) FROM customer"
    assert {("Dewi", 1, 2_000)} == {side.rows(said, OIL)[0] for side in company.sides}
    assert {(card, made)} == {side.rows("SELECT c.id, p.id FROM customer c, product p WHERE p.code = 'BUSI'")[0]
                              for side in company.sides}  # fmt: skip
    check_whole(company)


def dropped(company: Company) -> None:
    """The same: what others refer to is put away, the note is gone, the old price stands again."""
    _lost(company)
    decided(company, False)
    assert [] == company.hub.rows("SELECT * FROM quarantine")
    said = (
        "SELECT archived, (SELECT count(*) FROM customer_note), (SELECT price FROM product WHERE id = ?) FROM customer"
    )
    assert {(1, 0, 45_000)} == {side.rows(said, OIL)[0] for side in company.sides}
    check_whole(company)


def _lost(company: Company) -> tuple[bytes, bytes]:
    branch = company.branches[0]
    old = copied(company.hub, "old hub.db")
    with company.hub.unit() as unit:
        unit.set(Product, OIL, {"price": 2_000})
        card = unit.insert(Customer, {"number": "7", "name": "Sari"})
        unit.insert(CustomerNote, {"customer": card, "kind": "remark", "text": "suka oli"})
        made = unit.insert(Product, {"code": "BUSI", "name": "Busi", "price": 9_000}, key=("BUSI",))
    company.heal()
    with using(branch.store), branch.unit() as unit:
        record_sale(unit, lines=[Line(made, 1, 9_000)], payments=[Paid("cash", 9_000)], customer=card)
        unit.set(Customer, card, {"name": "Dewi"})
    put_hub_back(company, old)
    return card, made


def a_lost_name_and_what_follows(company: Company) -> None:
    """Head office renames a customer and loses that; a branch that had heard of it renames the customer again."""
    customer = shared_customer(company)
    old = copied(company.hub, "old hub.db")
    with company.hub.unit() as unit:
        unit.set(Customer, customer, {"name": "Pusat"})
    company.heal()
    with company.branches[0].unit() as unit:
        unit.set(Customer, customer, {"name": "Cabang"})
    put_hub_back(company, old)


def a_change_told_after_the_decision(company: Company) -> None:
    """Head office hears of what follows when it has decided."""
    a_lost_name_and_what_follows(company)
    company.hub.now += 3_600_000
    company.until_done(company.branches[1])
    taking_over.decide(company.hub.journal, None, True, None)
    company.heal()
    assert {"Cabang"} == {side.one("SELECT name FROM customer") for side in company.sides}
    check_whole(company)


def a_lost_voucher(company: Company) -> None:
    """What was granted of it elsewhere is not known: none of it is granted again."""
    old = copied(company.hub, "old hub.db")
    voucher = voucher_deeds.issued(company, 5)
    voucher_deeds.granted(company, company.branches[0], voucher, 3)
    put_hub_back(company, old)
    decided(company, True)
    assert (0, 3) == (voucher_deeds.left(company, voucher), company.hub.one("SELECT quantity FROM voucher_grant"))
    check_whole(company)


def a_grant_made_up(company: Company) -> None:
    """A branch says it was granted more than there is."""
    voucher = voucher_deeds.issued(company, 5)
    old = copied(company.hub, "old hub.db")
    voucher_deeds.granted(company, company.branches[0], voucher, 3)
    with company.branches[0].store.write(gate=WIDE) as connection:
        connection.execute("UPDATE voucher_grant SET quantity = 6")
    put_hub_back(company, old)
    assert 1 == len(decided(company, True).refused)
    voucher_deeds.check_books(company.hub)


def nothing_is_planted(company: Company) -> None:
    """A branch proposes another price for what head office holds."""
    put_hub_back(company, copied(company.hub, "old hub.db"))
    held = company.hub.one("SELECT substr(stamps, 1, 14) FROM product WHERE id = ?", OIL)
    branch = company.branches[0]
    with branch.unit() as unit:
        for op in (held, ids.pack(1, b"nobody", 1, 0)):
            said = {"table": "product", "row": OIL, "said": wire.encode([[7, 1, 0]])}
            unit.insert(LostChange, said, {LostOp: [(7, op, 1 << 61)]})
    company.heal()
    assert [] == taking_over.proposals(company.hub.store.connection())


def moved_again(company: Company) -> None:
    """The home of a card is moved, that is lost, and then moved elsewhere: the first one drops the card's notes."""
    home, other = company.branches
    card = shared_customer(company)
    with home.unit() as unit:
        unit.insert(CustomerNote, {"customer": card, "kind": "remark", "text": "suka oli"})
    company.heal()
    old = copied(company.hub, "old hub.db")
    with company.hub.unit() as unit:
        unit.set(Customer, card, {"home_branch": other.id})
    company.heal()
    put_hub_back(company, old)
    company.heal()
    with company.hub.unit() as unit:
        unit.set(Customer, card, {"home_branch": None})
    decided(company, True)
    check_whole(company)


def put_back_twice(company: Company) -> None:
    """The second time from before the first: the hub does not know the feed the branches heard last."""
    old = copied(company.hub, "old hub.db")
    for price in (2_000, 3_000):
        with company.hub.unit() as unit:
            unit.set(Product, OIL, {"price": price})
        company.heal()
        put_hub_back(company, Path(shutil.copy(old, old.with_name(f"{price}.db"))))
        decided(company, True)
        assert {price} == {side.one("SELECT price FROM product WHERE id = ?", OIL) for side in company.sides}
        check_whole(company)


# --- bugs --------------------------------------------------------------------------------------------------------


def _nothing(target: object, name: str, result: Any = None) -> Any:
    return lambda patch: patch.setattr(target, name, lambda *args, **how: result)


def _new_ids(patch: Patch) -> None:
    patch.setattr(Unit, "make_again", lambda self, model, row, values: self.insert(model, values))


def _dropped_in_silence(patch: Patch) -> None:
    usual = taking_over._Deciding._state

    def state(self: Any, unit: Any, one: Any, taken: bool) -> bool:
        return usual(self, unit, one, taken) if taken else False

    patch.setattr(taking_over._Deciding, "_state", state)


def _no_time(patch: Patch) -> None:
    patch.setattr(lost, "effective_of", lambda connection, op, before=None: 0)


def _thaws(patch: Patch) -> None:
    patch.setattr(rights, "is_frozen", lambda query, row: False)


def _whatever_is_said(patch: Patch) -> None:
    usual = rights.too_many
    patch.setattr(rights, "too_many", lambda query, spec, row, again=False: 0 if again else usual(query, spec, row))


PLANTED: dict[str, Planted] = {
    "a branch hands back nothing": Planted(_nothing(handing_back, "go_on", 0), taken_over),
    "a branch forgets what it had heard": Planted(_nothing(handing_back, "heard"), taken_over),
    "head office does not say what it holds": Planted(_nothing(lost, "_is_announced", True), taken_over),
    "what is made again is another thing": Planted(_new_ids, taken_over),
    "nobody hears what stands again": Planted(_dropped_in_silence, dropped),
    "a fact that was dropped stays at the branches": Planted(_nothing(lost, "tell"), dropped),
    "what was taken over has no time": Planted(_no_time, a_change_told_after_the_decision),
    "a lost voucher is granted again": Planted(_thaws, a_lost_voucher),
    "a branch was granted what it says": Planted(_whatever_is_said, a_grant_made_up),
    "anything is lost that a branch says": Planted(_nothing(taking_over, "_is_lost", True), nothing_is_planted),
    "whoever held rows by what was lost keeps them": Planted(_nothing(taking_over, "_moves", False), moved_again),
    "the feed of today is the only one": Planted(_nothing(former_feeds, "go_back", False), put_back_twice),
}
