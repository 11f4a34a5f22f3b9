"""What of a node's own log waits for the hub: counted by its signatures, never by what was sent."""

from typing import NamedTuple

from sync import epochs
from sync.connection import Connection
from sync.epochs import Stretch

_OLDEST = "SELECT stamp FROM entry WHERE epoch = ? AND seq > ? ORDER BY seq LIMIT 1"


class Pending(NamedTuple):
    """What the hub does not hold yet: how many entries, and when the oldest was made (ms UTC, 0 for none)."""

    entries: int
    oldest: int


def pending(connection: Connection, stream: int) -> Pending:
    """What waits of this log; an OPEN entry is nobody's work."""
    path = _unsigned(connection, stream)
    after = acknowledged_in(path)
    end = connection.execute("SELECT max(seq) FROM entry WHERE epoch = ?", (path[-1].id,)).fetchone()[0]
    count = end - after - sum(1 for one in path if one.first > after)
    if count <= 0:
        return Pending(0, 0)
    waiting = (one for one in path if one.last is None or one.last > after)
    found = (connection.execute(_OLDEST, (one.id, max(after, one.first))).fetchone() for one in waiting)
    return Pending(count, max(next((row[0] for row in found if row), 0), 0) >> 16)


def _unsigned(connection: Connection, stream: int) -> list[Stretch]:
    """The path from the last epoch of which the hub has signed for something: what lies before it is no news."""
    found: list[Stretch] = []
    for stretch in epochs.back(connection, stream):
        found.insert(0, stretch)
        if stretch.acknowledged:
            break
    return found


def acknowledged_in(path: list[Stretch]) -> int:
    """The last entry on the *path* that the hub has signed for."""
    return max(next((one.acknowledged for one in reversed(path) if one.acknowledged), 0), path[0].first - 1)
