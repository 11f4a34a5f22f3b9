"""Whom an SMS of a purpose may reach: customers who agreed to it and have a phone."""

from collections.abc import Sequence
from typing import NamedTuple

from sync.database import database
from sync.unit import Unit

_PHONE = (
    "(SELECT p.value FROM contact_point p WHERE p.customer = c.id AND p.kind = 'phone' AND NOT p.archived"
    " AND p.value IS NOT NULL ORDER BY p.id LIMIT 1)"
)
_AGREED = (
    f"SELECT c.id, coalesce(c.name, '') AS name, {_PHONE} AS phone FROM customer c"
    " JOIN consent k ON k.customer = c.id AND k.channel = 'sms' AND k.given AND k.purpose = ?"
    " WHERE phone IS NOT NULL AND "
)
_ONE = _AGREED + "c.id = ?"
_BORN = _AGREED + "c.home_branch = ? AND NOT c.archived AND substr(c.birth_date, 6) IN (?, ?) ORDER BY c.id"
_CONSENT = "SELECT 1 FROM consent WHERE customer = ? AND purpose = ? AND channel = 'sms' AND given"


class Recipient(NamedTuple):
    """``name`` is empty for a card without one; ``phone`` as it is held, E.164."""

    customer: bytes
    name: str
    phone: str


def who_agreed(unit: Unit, customer: bytes, purpose: str) -> Recipient | None:
    """The customer, if there is consent to *purpose* and a phone; None otherwise."""
    return next((Recipient(*row) for row in unit.query(_ONE, (purpose, customer))), None)


def has_agreed(customer: bytes, purpose: str) -> bool:
    """Has this customer agreed to SMS of *purpose*?"""
    return database.connection().execute(_CONSENT, (customer, purpose)).fetchone() is not None


def born_on(home_branch: bytes, days: Sequence[str]) -> list[Recipient]:
    """Customers of *home_branch* whose birthday is one of *days* (one or two, "05-31") and who agreed to greetings."""
    one, other = (*days, *days)[:2]
    rows = database.connection().execute(_BORN, ("greeting", home_branch, one, other))
    return [Recipient(*row) for row in rows]
