"""Looking for customers who have two cards: whenever a card or a phone number changed, in the background.

The feed says what changed; where this has got to is kept in the node table. Clear pairs are linked by a unit of the
hub's own, judged once more inside it, and parted when a change makes them unclear; how many pairs wait for a person
is kept for the pages.
"""

from itertools import islice
from typing import Any

from crm.customers import duplicates
from crm.customers.models import ContactPoint, Customer
from crm.jobs import Job
from crm.reading import query_of
from sync.node import Node
from sync.rights import Query
from sync.store import Store

EVERY_MS = 60_000
COUNTED_MAX = 100  # more of them are not counted
ROWS_AT_ONCE = 200
_POSITION, _WAITING = "duplicates_position", "duplicates_waiting"
_TABLES = f"({Customer.Sync.code}, {ContactPoint.Sync.code})"
_CHANGED = (
    "SELECT position, tbl, row FROM feed WHERE audience = 0 AND (position, tbl, row) > (?, ?, ?)"
    f" AND tbl IN {_TABLES} ORDER BY position, tbl, row LIMIT {ROWS_AT_ONCE}"
)
_OWNER = "SELECT customer FROM contact_point WHERE id = ?"


def look(node: Node) -> None:
    """Goes through what changed since it looked last; does nothing when nothing did."""
    query = query_of(node.store)
    begun = place = (node.store.get(_POSITION) or 0, 2**31, b"")
    while changed := query(_CHANGED, place):
        _look_at(node, query, _customers(query, changed))
        place = changed[-1]
        _keep(node.store, _POSITION, place[0] - 1)  # there may be more of this position
    if place != begun:
        _keep(node.store, _POSITION, place[0])
        count(node.store)


def count(store: Store) -> None:
    """Counts the pairs that wait for a person, up to COUNTED_MAX."""
    _keep(store, _WAITING, sum(1 for _pair in islice(duplicates.waiting(query_of(store)), COUNTED_MAX)))


def waiting(store: Store) -> int:
    """How many pairs waited when somebody counted last."""
    return store.get(_WAITING) or 0


def _customers(query: Query, changed: list[tuple[Any, ...]]) -> list[bytes]:
    """The customers whose cards or contact points *changed*, each once."""
    return sorted({row if table == Customer.Sync.code else query(_OWNER, (row,))[0][0] for _, table, row in changed})


def _look_at(node: Node, query: Query, customers: list[bytes]) -> None:
    """Takes back what is no longer clear about them, then links what is; writes only where there is something to."""
    for customer in customers:
        if duplicates.unclear(query, customer):
            with node.journal.unit() as unit:
                duplicates.part_unclear(unit, customer)
    for phone in sorted({phone for customer in customers for phone in duplicates.phones_of(query, customer)}):
        if duplicates.clear(query, phone):
            with node.journal.unit() as unit:
                duplicates.link_clear(unit, phone)


def _keep(store: Store, name: str, value: int) -> None:
    with store.write():
        store.put(name, value)


JOB = Job("duplicates", EVERY_MS, look, by_date=False)
