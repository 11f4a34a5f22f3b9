"""What people do at a branch and at head office, drawn at random: each deed is one unit of work on what is there."""

from collections.abc import Callable
from random import Random
from typing import Any

import cabang_messages
import cabang_till
import cabang_vouchers
from cabang_pair import COMPANY_KEY, BranchSide, Side
from cabang_transfers import any_transfer, imported_count, new_transfer, shelf_counted

from crm import catalogue, company, customers, stock, users
from crm.branches import BranchSetting
from crm.catalogue import ProvisionalProduct, barcodes, prices
from crm.customers import ContactPoint, Customer
from crm.errors import BarcodeTaken, PriceAboveRetail
from crm.selling.rules import Line, Paid
from crm.selling.writing import record_sale
from crm.users import Credential, User
from sync.database import using

Deed = Callable[[Any, Random], object]

NAMES = ("Sari", "Dewi", "Agus", "Putu", "Rina", "Budi")
NUMBERS = ("17850", "17851", "17852")
ODD_CODES = ("85123A", "84406B", "POST")
INTERESTS = ("ban", "oli")
BARCODES = ("8991234567891", "DUS-12", "0123")
FIELDS = ("name", "street", "city", "birth_date", "caution", "kind", "archived", "home_branch")


def some(side: Side, draw: Random, sql: str) -> Any:
    """One of the values a query finds, or None."""
    found = side.rows(sql)
    return draw.choice(found)[0] if found else None


def a_customer(side: Side, draw: Random) -> Any:
    return some(side, draw, "SELECT id FROM customer ORDER BY id")


def a_branch(side: Side, draw: Random) -> Any:
    return some(side, draw, "SELECT id FROM branch ORDER BY id")


def a_product(side: Side, draw: Random) -> Any:
    return some(side, draw, "SELECT id FROM item ORDER BY id")


def _value(side: Side, draw: Random, field: str) -> Any:
    if field == "home_branch":
        return a_branch(side, draw)
    if field == "archived":
        return draw.random() < 0.5
    if field == "kind":
        return draw.choice(customers.KINDS)
    return f"{draw.choice(NAMES)} {draw.randint(0, 9)}"


# --- customers -------------------------------------------------------------------------------------------------


def new_customer(side: Side, draw: Random) -> object:
    phones = [f"0812-{draw.randint(1000, 9999)}-{draw.randint(100, 999)}"]
    with using(side.store), side.unit() as unit:
        return customers.create_customer(unit, name=draw.choice(NAMES), phones=phones, hash_key=COMPANY_KEY)


def numbered_customer(side: Side, draw: Random) -> object:
    """As an import makes it: two branches make the same one."""
    with side.unit() as unit:
        return customers.customer_numbered(unit, draw.choice(NUMBERS))


def change_customer(side: Side, draw: Random) -> object:
    """One to three fields, sometimes one of them twice in the same unit."""
    customer = a_customer(side, draw)
    if customer is None:
        return None
    with side.unit() as unit:
        for _ in range(draw.randint(1, 2)):
            fields = draw.sample(FIELDS, draw.randint(1, 3))
            unit.set(Customer, customer, {field: _value(side, draw, field) for field in fields})
        return customer


def move_home(side: Side, draw: Random) -> object:
    customer, home = a_customer(side, draw), a_branch(side, draw)
    if customer is None:
        return None
    with side.unit() as unit:
        return unit.set(Customer, customer, {"home_branch": home})


def change_contact(side: Side, draw: Random) -> object:
    point = some(side, draw, "SELECT id FROM contact_point ORDER BY id")
    if point is None:
        return None
    with side.unit() as unit:
        return unit.set(
            ContactPoint, point, {"archived": draw.random() < 0.5, "value": f"+62812{draw.randint(0, 999)}"}
        )


def consent(side: Side, draw: Random) -> object:
    customer = a_customer(side, draw)
    if customer is None:
        return None
    with side.unit() as unit:
        for _ in range(draw.randint(1, 2)):
            customers.set_consent(unit, customer, draw.choice(customers.PURPOSES[:2]), draw.random() < 0.5)
    return customer


def note(side: Side, draw: Random) -> object:
    customer = a_customer(side, draw)
    if customer is None:
        return None
    with side.unit() as unit:
        return customers.add_note(unit, customer, "remark", draw.choice(NAMES))


def interest(side: Side, draw: Random) -> object:
    """A word or two put on a card or taken off."""
    customer = a_customer(side, draw)
    if customer is None:
        return None
    with side.unit() as unit:
        for word in draw.sample(INTERESTS, draw.randint(1, 2)):
            change = draw.choice([customers.tags.add, customers.tags.remove])
            change(unit, customer, word)
    return customer


# --- goods -----------------------------------------------------------------------------------------------------


def odd_code(side: Side, draw: Random) -> object:
    """A code head office does not know; another branch may meet the same one."""
    with side.unit() as unit:
        return catalogue.make_provisional(unit, draw.choice(ODD_CODES), draw.choice(NAMES), draw.randint(0, 9) * 1000)


def change_odd_product(side: Side, draw: Random) -> object:
    product = some(side, draw, "SELECT id FROM provisional_product ORDER BY id")
    if product is None:
        return None
    with side.unit() as unit:
        return unit.set(ProvisionalProduct, product, {"name": draw.choice(NAMES), "price": draw.randint(0, 9) * 1000})


def sale(side: Side, draw: Random) -> object:
    lines = [
        Line(a_product(side, draw), draw.randint(1, 3), 1000 * draw.randint(1, 9)) for _ in range(draw.randint(1, 3))
    ]
    customer = a_customer(side, draw) if draw.random() < 0.7 else None
    facts: dict[str, Any] = {"customer": customer, "discount": draw.choice([0, 0, 700, 999])}
    facts["actor"], facts["approver"] = discounted(side, draw)
    return sold(side, lines, draw.choice([0, 0, 333]), **facts)


def discounted(side: Side, draw: Random) -> tuple[bytes | None, bytes | None]:
    """Who sells, and who approves: a cashier with a person of head office, or nobody at all."""
    seller = some(side, draw, "SELECT id FROM user WHERE role = 'cashier' AND NOT archived ORDER BY id")
    leader = some(side, draw, "SELECT id FROM user WHERE role IN ('owner', 'admin') AND NOT archived ORDER BY id")
    return (seller, leader) if seller and leader else (None, None)


def sold(side: Side, lines: list[Line], by_qris: int, actor: bytes | None, **facts: Any) -> object:
    """Paid with a note that is too large, a part of it another way perhaps; the cash is rounded as it is set there."""
    total = sum(line.quantity * line.price for line in lines)
    paid = [*([Paid("qris", min(by_qris, total - facts["discount"]))] if by_qris else []), Paid("cash", total + 1_000)]
    with side.journal.unit(actor=actor) as unit:
        made = record_sale(unit, lines=lines, payments=paid, **facts)
    return made.id, made.total


def sale_of_an_odd_code(side: Side, draw: Random) -> object:
    """The code, the customer and the sale in one unit, as an import does."""
    with side.unit() as unit:
        customer = customers.customer_numbered(unit, draw.choice(NUMBERS))
        product = catalogue.make_provisional(unit, draw.choice(ODD_CODES))
        lines = [Line(product, draw.randint(1, 3), 5000)]
        total = lines[0].quantity * 5000
        made = record_sale(unit, lines=lines, payments=[Paid("qris", total)], customer=customer)
    return made.id, made.total


def goods_in(side: Side, draw: Random) -> object:
    product = a_product(side, draw)
    with side.unit() as unit:
        return stock.record_document(unit, "receive", [stock.Moved(product, draw.randint(1, 20))])


# --- the branch itself -----------------------------------------------------------------------------------------


def own_setting(side: Side, draw: Random) -> object:
    row = {"stream": side.stream, "name": "receipt_line", "value": draw.choice(NAMES)}
    with side.unit() as unit:
        return unit.insert(BranchSetting, row, key=(side.stream, "receipt_line"))


def own_colleague(side: Side, draw: Random) -> object:
    """A person of this branch, with a PIN (a made-up hash: making one takes long)."""
    assert isinstance(side, BranchSide)
    with side.unit() as unit:
        row = {"username": f"k{draw.randint(0, 99)}", "name": draw.choice(NAMES), "role": "cashier", "branch": side.id}
        user = unit.insert(User, row)
        unit.insert(Credential, {"user": user, "pin_hash": f"hash {draw.random()}"}, key=(user,))
    return user


def given_up(side: Side, draw: Random) -> object:
    """An exception in the middle of a unit: nothing happened."""
    before = side.journal.seq
    try:
        with side.unit() as unit:
            unit.insert(Customer, {"number": "GONE", "name": "Nobody"})
            raise ZeroDivisionError
    except ZeroDivisionError:
        assert before == side.journal.seq
    return None


BRANCH_DEEDS: dict[str, Deed] = {
    "customer": new_customer,
    "numbered customer": numbered_customer,
    "customer changed": change_customer,
    "customer changed again": change_customer,
    "customer moved": move_home,
    "contact changed": change_contact,
    "consent": consent,
    "consent again": consent,
    "note": note,
    "interest": interest,
    "interest again": interest,
    "odd code": odd_code,
    "odd product changed": change_odd_product,
    "sale": sale,
    "sale again": sale,
    "sale of an odd code": sale_of_an_odd_code,
    "goods in": goods_in,
    "count": imported_count,
    "shelf counted": shelf_counted,
    "transfer": new_transfer,
    "transfer goes on": any_transfer,
    "transfer goes on again": any_transfer,
    "setting": own_setting,
    "colleague": own_colleague,
    "unit given up": given_up,
    **cabang_messages.BRANCH_DEEDS,
    **cabang_vouchers.BRANCH_DEEDS,
    **cabang_till.BRANCH_DEEDS,
}


# --- head office -----------------------------------------------------------------------------------------------


def price(side: Side, draw: Random) -> object:
    with using(side.store), side.unit() as unit:
        product = some(side, draw, "SELECT id FROM product ORDER BY id")
        return catalogue.change_product(unit, product, {"price": 1000 * draw.randint(1, 99)})


def adopted(side: Side, draw: Random) -> object:
    """A provisional product, or a code nobody met yet, becomes head office's."""
    code = draw.choice(ODD_CODES)
    if side.rows("SELECT 1 FROM product WHERE code = ?", code):
        return None
    with using(side.store), side.unit() as unit:
        return catalogue.create_product(unit, {"code": code, "name": draw.choice(NAMES), "price": 9000})


def head_office_person(side: Side, draw: Random) -> object:
    with side.unit() as unit:
        user = unit.insert(User, {"username": f"h{draw.randint(0, 99)}", "name": "H", "role": draw.choice(users.ROLES)})
        unit.insert(Credential, {"user": user, "pin_hash": f"hash {draw.random()}"}, key=(user,))
    return user


def person_moved(side: Side, draw: Random) -> object:
    """One of head office's own people works elsewhere from now on."""
    person = some(side, draw, "SELECT id FROM user WHERE substr(id, 1, 2) = x'0000' ORDER BY id")
    if person is None:
        return None
    with side.unit() as unit:
        return unit.set(User, person, {"branch": draw.choice([a_branch(side, draw), None])})


def company_setting(side: Side, draw: Random) -> object:
    """What holds at every branch: a limit of discounts, the rounding of cash."""
    with side.unit() as unit:
        typed = {
            company.limit_name("manager"): str(draw.randint(0, 100)),
            company.CASH_ROUNDING: draw.choice(["0", "100"]),
        }
        return company.write(unit, typed)


def category(side: Side, draw: Random) -> object:
    with side.unit() as unit:
        return catalogue.make_category(unit, draw.choice(NAMES))


def detail(side: Side, draw: Random) -> object:
    """A product's further barcodes, and what a member or a company pays; some barcodes are another's already."""
    product = some(side, draw, "SELECT id FROM product ORDER BY id")
    try:
        with using(side.store), side.unit() as unit:
            barcodes.set_further(unit, product, draw.sample(BARCODES, draw.randint(0, 2)))
            return prices.set_prices(unit, product, {draw.choice(prices.LISTS): draw.choice([None, 500])})
    except (BarcodeTaken, PriceAboveRetail):
        return None


def cards_answered(side: Side, draw: Random) -> object:
    """Somebody at head office says what two customers are to each other."""
    found = [row for (row,) in side.rows("SELECT id FROM customer ORDER BY id")]
    if len(found) < 2:
        return None
    with side.unit() as unit:
        one, other = draw.sample(found, 2)
        return customers.links.say(unit, one, other, draw.choice(customers.links.STATES))


def cards_linked(side: Side, draw: Random) -> object:
    """The hub links by itself what is clear on one of the phones."""
    with side.unit() as unit:
        customers.duplicates.part_unclear(unit, a_customer(side, draw) or b"")
    phone = some(side, draw, "SELECT DISTINCT value_hash FROM contact_point WHERE value_hash NOTNULL ORDER BY 1")
    if phone is None:
        return None
    with side.unit() as unit:
        return customers.duplicates.link_clear(unit, phone)


HUB_DEEDS: dict[str, Deed] = {
    "price": price,
    "category": category,
    "detail": detail,
    "company setting": company_setting,
    "adopted": adopted,
    "person": head_office_person,
    "person moved": person_moved,
    "hub: customer": new_customer,
    "hub: customer changed": change_customer,
    "hub: customer moved": move_home,
    "hub: consent": consent,
    "hub: interest": interest,
    "hub: note": note,
    "cards answered": cards_answered,
    "cards linked": cards_linked,
    **cabang_messages.HUB_DEEDS,
    **cabang_vouchers.HUB_DEEDS,
}
