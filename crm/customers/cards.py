"""What this node knows of one customer: the card, how to reach them, what they agreed to, notes, purchases."""

from collections.abc import Mapping
from typing import Any

from crm import phones as numbers
from crm.branches import Branch
from crm.customers import links, tags
from crm.customers.models import PURPOSES, Consent, ContactPoint, Customer
from crm.errors import UnknownCustomer
from crm.reading import dicts
from crm.selling.receipts import receipt_number

_NOTES = (
    "SELECT n.kind, n.at, u.name AS author, n.text, n.customer FROM customer_note n LEFT JOIN user u ON u.id = n.author"
    " WHERE n.customer IN ({}) ORDER BY n.at DESC, n.id DESC LIMIT 100"
)
_SALES = (
    "SELECT s.id, s.kind, s.at, s.total, s.till, s.number, b.code, s.customer FROM sale s"
    " LEFT JOIN branch b ON b.stream = s.stream"
    " WHERE s.customer IN ({}) ORDER BY s.at DESC, s.id DESC LIMIT 20"
)
_TOTALS = (
    "SELECT count(*) FILTER (WHERE kind = 'sale') AS count, coalesce(sum(total), 0) AS sum, max(at) AS last_visit"
    " FROM sale WHERE customer IN ({})"
)
_FIELDS = ("id", "number", "name", "kind", "street", "city", "birth_date", "caution", "archived", "home_branch")


def card(customer: bytes) -> dict[str, Any]:
    """Everything on one page; raises UnknownCustomer.

    Keys: the card's own fields; ``home`` (branch code or None); ``contacts`` [id, kind, value, shown]; ``consents``
    {purpose: True, False or None: never asked}; ``interests`` words; ``others``: the linked cards (``links.Known``).
    With what was written on those, each line with the number of its ``card``: ``notes`` [kind, at, author, text, card],
    newest first; ``sales`` [id, receipt, kind, at, total, card], newest first; ``count`` of sales;
    ``sum`` in rupiah, returns taken off; ``last_visit`` in ms UTC or None.  A branch counts its own sales, and all of a
    customer whose home branch it is.
    """
    row = Customer.get_or_none(Customer.id == customer)
    if row is None:
        raise UnknownCustomer
    home = row.home_branch and Branch.get_or_none(Branch.id == row.home_branch)
    others = links.others(customer)
    whose = {customer: row.number, **{one.id: one.number for one in others}}
    marks, cards = ", ".join("?" * len(whose)), tuple(whose)
    return {
        **{name: getattr(row, name) for name in _FIELDS},
        "home": home.code if home else None,
        "contacts": _contacts(customer),
        "consents": _consents(customer),
        "interests": tags.of_customer(customer),
        "others": others,
        "notes": [{**note, "card": whose[note["customer"]]} for note in dicts(_NOTES.format(marks), cards)],
        "sales": [_sale(sale, whose[sale["customer"]]) for sale in dicts(_SALES.format(marks), cards)],
        **dicts(_TOTALS.format(marks), cards)[0],
    }


def _contacts(customer: bytes) -> list[dict[str, Any]]:
    points = ContactPoint.select().where(
        (ContactPoint.customer == customer) & ~ContactPoint.archived & ContactPoint.value.is_null(False)
    )
    return [{"id": p.id, "kind": p.kind, "value": p.value, "shown": _shown(p)} for p in points]


def _shown(point: ContactPoint) -> str:
    value = str(point.value)
    return numbers.national(value) if point.kind == "phone" else value


def _consents(customer: bytes) -> dict[str, bool | None]:
    given = {c.purpose: c.given for c in Consent.select().where(Consent.customer == customer)}
    return {purpose: given.get(purpose) for purpose in PURPOSES}


def _sale(sale: Mapping[str, Any], card: str) -> dict[str, Any]:
    return {
        "id": sale["id"],
        "receipt": receipt_number(sale["code"] or "", sale["till"], sale["number"]),
        "kind": sale["kind"],
        "at": sale["at"],
        "total": sale["total"],
        "card": card,
    }
