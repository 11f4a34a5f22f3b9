"""The names of the hub's feed: a hub that was put back to an older state says other things at the same positions.

So it goes on under a new name, and remembers of each former one up to which position both are the same.
"""

from collections.abc import Callable, Sequence
from typing import Any

from sync import ids, stamps, wire
from sync.connection import Connection
from sync.model import TABLES
from sync.store import Store

_RELEASED = (  # of one branch, from epochs that were replaced
    "SELECT h.stamps FROM epoch p JOIN held_entry h ON h.stream = p.stream AND h.epoch = p.name AND h.released "
    "WHERE p.stream = ? AND p.closed"
)
NAME, FORMER = "feed_epoch", "feed_epochs"  # values of the node table: the name of today, [[name, position]…]


def renewed(store: Store, name: bytes) -> dict[str, bytes]:
    """Values for the node table by which the hub goes on as feed *name* from the position it stands at."""
    position = store.get("position") or 0
    former = [[one, min(until, position)] for one, until in _former(store.connection())]
    return {NAME: name, FORMER: wire.encode([*former, [store.get(NAME), position]])}


def goes_on(store: Store, name: bytes, cursor: int) -> bool:
    """Is the feed of today the one that a branch heard as feed *name* up to there?"""
    return name == store.get(NAME) and cursor <= (store.get("position") or 0)


def place(store: Store, name: bytes, cursor: int, complete: int) -> tuple[int, int]:
    """(cursor, complete) of a branch in the feed of today, which heard feed *name* up to there; 0 for all anew."""
    if name == store.get(NAME):
        return (cursor, complete) if goes_on(store, name, cursor) else (0, 0)
    until = next((until for one, until in _former(store.connection()) if one == name), 0)
    return min(cursor, until), min(complete, until)


def known_from(connection: Connection, stream: int, opened: int) -> int:
    """A branch knows its own ops that were accepted after this position; its epoch of today was opened at *opened*.

    Who comes with a new epoch knows nothing of its own for sure, nor of a former epoch's unit that was held until now.
    """
    group = next(group for group in TABLES["held_entry"].groups if group.name == "released")
    released = (stamps.standing(row[0], group.number) for row in connection.execute(_RELEASED, (stream,)))
    return max([opened, *(one.position for one in released)])


def has_lost(connection: Connection, op: bytes) -> bool:
    """Is *op*, which this hub does not hold, one of its own that it lost when it was put back to an older state?"""
    return ids.stream_of(op) == 0 and not is_first(connection)


def is_first(connection: Connection) -> bool:
    """Was this hub never put back to an older state?"""
    return not _former(connection)


def put_back_at(query: Callable[[str, Sequence[Any]], list[tuple[Any, ...]]]) -> int | None:
    """The position at which the feed of today begins; None when head office was never put back to an older state."""
    found = query("SELECT value FROM node WHERE name = ?", (FORMER,))
    return int(wire.decode_array(found[0][0], FORMER)[-1][1]) if found else None


def _former(connection: Connection) -> list[Any]:
    found = connection.execute("SELECT value FROM node WHERE name = ?", (FORMER,)).fetchone()
    return wire.decode_array(found[0], FORMER) if found else []
