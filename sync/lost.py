"""What head office had written and lost, when it was put back: how it counts, and what the branches are told of it.

An op that was lost counts as the one by which head office took it over, or dropped it, once it has decided; until then
as one of no time.  A fact that is dropped leaves the branches; rows whose audience was changed by a dropped change are
told again to those who should hold them, and leave the others.
"""

from collections.abc import Mapping
from typing import Any

from sync import feed_epochs, ids, rows
from sync.connection import Connection
from sync.feed import GAINED, LEFT, NOBODY, Feed
from sync.journal import Journal
from sync.lost_records import LostVerdict, PutBack
from sync.model import EVERYONE, TABLES, TableSpec
from sync.store import Store

VERDICT = LostVerdict._meta.table_name
NAMES_AT_ONCE = 1_600  # of process starts, in one value
_STANDS = (
    "SELECT o.stands, v.id FROM lost_verdict_op o JOIN lost_verdict v ON v.id = o.lost_verdict "
    "WHERE o.lost = ? AND o.stands IS NOT NULL ORDER BY v.id"
)
_STANDS_IN = "SELECT stands, lost_verdict FROM lost_verdict_op WHERE lost = ? AND grp = ? AND stands IS NOT NULL"
_HELD = "SELECT start, max(n) FROM entry WHERE stream = 0 GROUP BY start ORDER BY start"
_PUT = "INSERT INTO feed VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (row, tbl, audience) DO UPDATE SET " + ", ".join(
    f"{name} = excluded.{name}" for name in ("position", "kind", "maker")
)


def announce(journal: Journal) -> None:
    """Says to the branches, once for each feed, what a hub that was put back still holds of its own log."""
    store = journal.store
    name = store.get(feed_epochs.NAME)
    if feed_epochs.is_first(store.connection()) or _is_announced(store, name):
        return
    found = [start + n.to_bytes(4, "big") for start, n in store.connection().execute(_HELD)]
    parts = [b"".join(found[place : place + NAMES_AT_ONCE]) for place in range(0, len(found), NAMES_AT_ONCE)]
    with journal.unit() as unit:
        for number, known in enumerate(parts):
            unit.insert(PutBack, {"feed_epoch": name, "part": number, "parts": len(parts), "known": known})


def _is_announced(store: Store, name: bytes) -> bool:
    sql = "SELECT 1 FROM put_back WHERE feed_epoch = ?"
    return store.connection().execute(sql, (name,)).fetchone() is not None


def effective_of(connection: Connection, op: bytes, before: int | None = None) -> int | None:
    """The effective stamp of an op of the hub's own that it lost; None when it lost no such op.

    *before*: only what was decided before that position counts.
    """
    if not feed_epochs.has_lost(connection, op):
        return None
    for stands, verdict in connection.execute(_STANDS, (op,)).fetchall():
        if _is_decided(connection, verdict, before):
            found = rows.entry_of(connection, stands, "effective")
            return int(found[0]) if found and found[0] else 0
    return 0


def counts_as(connection: Connection, op: bytes | None, group: int, before: int | None = None) -> bytes | None:
    """The op that a base stands for: that by which the hub decided what this one, which it had lost, said of a group.

    Else the base itself.  *before* as in ``effective_of``.
    """
    if op is None or ids.stream_of(op) != 0:
        return op
    found = connection.execute(_STANDS_IN, (op, group)).fetchone()
    return found[0] if found and _is_decided(connection, found[1], before) else op


def _is_decided(connection: Connection, verdict: bytes, before: int | None) -> bool:
    if before is None:
        return True
    decided = rows.entry_of(connection, verdict, "position")
    return bool(decided and decided[0] < before)


def is_since(connection: Connection, op: bytes) -> bool:
    """Did head office itself write this op after it was put back?"""
    since = feed_epochs.put_back_at(lambda sql, params: connection.execute(sql, params).fetchall())
    made = rows.entry_of(connection, op, "position") if ids.stream_of(op) == 0 else None
    return bool(made and since is not None and made[0] > since)


# --- what the branches are told --------------------------------------------------------------------------------


def told_anew(connection: Connection, spec: TableSpec, row: bytes) -> None:
    """A row is made again that branches were told to drop."""
    connection.execute("DELETE FROM feed WHERE row = ? AND tbl = ?", (row, spec.code))


def tell(connection: Connection, feed: Feed, verdict: Mapping[str, Any], position: int) -> None:
    """The branches learn of a verdict what its unit's other changes do not say."""
    spec = TABLES.get(verdict["table"])
    if spec is None or verdict["taken"]:
        return
    if spec.is_fact and not rows.exists(connection, spec, verdict["row"]):
        connection.execute(_PUT, (EVERYONE, position, spec.code, verdict["row"], LEFT, NOBODY))
    for _, table in spec.regrades:
        for (row,) in connection.execute(_dependents(table, spec.name), (verdict["row"],)).fetchall():
            _tell_again(connection, feed, TABLES[table], row)


def _dependents(table: str, column: str) -> str:
    return f'SELECT id FROM "{table}" WHERE "{column}" = ?'


def _tell_again(connection: Connection, feed: Feed, spec: TableSpec, row: bytes) -> None:
    """Whoever should hold a row hears of it once more, and all others that they do not."""
    held = rows.read(connection, spec, row)
    audience = feed.audience_of(connection, spec, held or {"id": row})
    everybody = {stream for (stream,) in connection.execute("SELECT stream FROM stream")}
    if EVERYONE in audience:
        return
    position = feed.next_position(connection)
    for stream in everybody | audience:
        kind = GAINED if stream in audience else LEFT
        connection.execute(_PUT, (stream, position, spec.code, row, kind, NOBODY))
