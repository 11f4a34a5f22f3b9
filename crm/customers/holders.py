"""Whom a phone number reaches."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from crm import phones
from sync.database import database

_AT = (
    "SELECT DISTINCT p.value_hash, c.id, c.number, c.name FROM contact_point p JOIN customer c ON c.id = p.customer"
    " WHERE p.value_hash IN ({}) AND NOT p.archived AND NOT c.archived ORDER BY c.rowno"
)


class Holder(NamedTuple):
    """A customer, as a list names one."""

    id: bytes
    number: str
    name: str | None


def holders(numbers: Collection[str], secret: bytes) -> Mapping[str, list[Holder]]:
    """For each of *numbers* (E.164) the customers it reaches, the oldest card first; one query for all of them."""
    asked = {phones.value_hash(number, secret): number for number in numbers}
    found: dict[str, list[Holder]] = {number: [] for number in numbers}
    rows = database.connection().execute(_AT.format(", ".join("?" * len(asked))), tuple(asked))
    for hashed, *card in rows:
        found[asked[hashed]].append(Holder._make(card))
    return found
