"""Entries held for review: listed at the hub and, through the feed, at their branch, until they can be applied."""

from collections.abc import Iterator

from sync import ids, limits, overlay, rows, stamps, wire
from sync.connection import Connection
from sync.errors import MadeAfterRevocation, MissingRow, Quarantined
from sync.feed import NOBODY, Feed
from sync.merger import Merger
from sync.model import TABLES
from sync.records import held_id
from sync.store import Store

_OF_NOTICE = (
    "SELECT q.epoch, q.seq FROM held_entry h JOIN epoch e ON e.stream = h.stream AND e.name = h.epoch "
    "JOIN quarantine q ON q.epoch = e.id AND q.seq = h.seq WHERE h.id = ? AND q.reason != ?"
)


class Review:
    """The hub's list of entries that were accepted and could not be applied; each is named by epoch and number."""

    def __init__(self, store: Store, feed: Feed, merger: Merger) -> None:
        self._store, self._feed, self._merger = store, feed, merger
        self._wanted: dict[tuple[int, int], tuple[str, bytes]] = {}  # what an entry lacks, as far as it was tried

    def held(self) -> list[tuple[int, int]]:
        """All that another try may apply."""
        return self._listed("reason != ?", MadeAfterRevocation.code)

    def ready(self) -> Iterator[tuple[int, int]]:
        """Those that lacked something which has come; each is to be tried before the next is asked for."""
        for place in self._listed("reason = ?", MissingRow.code):
            if place not in self._wanted or self._has_come(*self._wanted[place]):
                yield place

    def place_of(self, notice: bytes) -> tuple[int, int] | None:
        """Epoch and number of the held entry that row *notice* tells of; None when no other try may apply it."""
        found: tuple[int, int] | None = self._store.connection().execute(
            _OF_NOTICE, (notice, MadeAfterRevocation.code)
        ).fetchone()  # fmt: skip
        return found

    def _listed(self, condition: str, reason: str) -> list[tuple[int, int]]:
        sql = f"SELECT epoch, seq FROM quarantine WHERE {condition} ORDER BY epoch, seq"
        return self._store.connection().execute(sql, (reason,)).fetchall()

    def _has_come(self, table: str, wanted: bytes) -> bool:
        """Is this row, or without a table the change of this id, held and applied?"""
        connection = self._store.connection()
        if table:
            return rows.any_exists(connection, table, wanted)
        found = rows.entry_of(connection, wanted, "effective") if ids.is_op_id(wanted) else None
        return found is not None and found[0] is not None

    def note(self, epoch: int, seq: int, reason: Quarantined) -> None:
        """Why an entry could not be applied, this time."""
        self._wanted.pop((epoch, seq), None)
        if isinstance(reason, MissingRow) and reason.wanted:
            self._wanted[epoch, seq] = reason.wanted

    def hold(
        self, connection: Connection, epoch: int, stream: int, seq: int, reason: Quarantined, received: int
    ) -> None:
        """Lists the entry the merger stands at; *received*: ms UTC."""
        detail = wire.encode({name: str(value) for name, value in reason.params.items()}).hex()
        connection.execute("INSERT INTO quarantine VALUES (?, ?, ?, ?, ?)", (epoch, seq, reason.code, detail, received))
        self.note(epoch, seq, reason)
        spec = TABLES["held_entry"]
        (name,) = connection.execute("SELECT name FROM epoch WHERE id = ?", (epoch,)).fetchone()
        row_id = held_id(stream, name, seq)
        stamp = stamps.fresh(_op(epoch, 0), self._merger.effective, self._merger.position)
        rows.insert(connection, spec, (row_id, stream, seq, received, reason.code, detail, False, name, stamp))
        row = rows.read(connection, spec, row_id)
        self._feed.made(connection, spec, row or {}, self._merger.position, NOBODY)

    def release(self, connection: Connection, epoch: int, seq: int, effective: int | None, received: int) -> None:
        """The entry is applied by now, or its unit was elsewhere (None): both sides drop it from their lists.

        *received* (ms UTC) took the place of when it arrived: its effective stamp follows from that.
        """
        self._wanted.pop((epoch, seq), None)
        given, position = effective or 0, self._merger.position
        connection.execute("DELETE FROM quarantine WHERE epoch = ? AND seq = ?", (epoch, seq))
        connection.execute("UPDATE entry SET effective = ? WHERE epoch = ? AND seq = ?", (effective, epoch, seq))
        connection.execute("UPDATE epoch SET effective = max(effective, ?) WHERE id = ?", (given, epoch))
        if effective is not None:
            connection.execute("INSERT INTO released VALUES (?, ?, ?, ?)", (epoch, seq, position, received))
            self._store.put("received", received)
        spec = TABLES["held_entry"]
        stream, name = connection.execute("SELECT stream, name FROM epoch WHERE id = ?", (epoch,)).fetchone()
        row = rows.read(connection, spec, held_id(stream, name, seq)) or {}
        group = next(g for g in spec.groups if g.name == "released")
        overlay.show(connection, spec, group, row, stamps.Standing(_op(epoch, 1), given, position), (True,))
        self._feed.changed(connection, spec, row, row, position)
        self._feed.save(connection)


def _op(epoch: int, number: int) -> bytes:
    """The hub's own name for a change of its list."""
    return ids.pack(0, b"review", epoch & limits.UNIT_MAX, number)
