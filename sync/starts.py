"""Process starts at the hub: which entry is unit number n of a start, and whether an entry may call itself so.

A row of ``process_start`` says: from unit *n* on, the units of this start stand from entry *seq* of this epoch on.
Ordinary starts have one row, with n = 1; a unit that was carried into a later epoch begins a row of its own there.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, NamedTuple

import msgspec

from sync import clock, entry, rows, wire
from sync.connection import Connection
from sync.entry import Entry
from sync.errors import N_, MadeAfterRevocation, Quarantined, SameIdOtherBytes, from_refusal

_RUN = (
    "SELECT epoch, seq - n, n, (SELECT min(n) FROM process_start l WHERE l.stream = ?1 AND l.start = ?2 AND l.n > ?3) "
    "FROM process_start WHERE stream = ?1 AND start = ?2 AND n <= ?3 ORDER BY n DESC LIMIT 1"
)
_BRING = (
    "INSERT INTO process_start VALUES (?, ?, ?, ?, ?) "
    "ON CONFLICT (stream, start, n) DO UPDATE SET (epoch, seq) = (excluded.epoch, excluded.seq)"
)
_WITHDRAWN = (
    "SELECT q.epoch, e.seq - e.n FROM quarantine q CROSS JOIN entry e ON e.epoch = q.epoch AND e.seq = q.seq "
    "WHERE q.reason = ? AND e.stream = ? AND e.start = ? ORDER BY q.epoch, q.seq LIMIT 1"
)
_COLUMNS = "e.epoch, e.seq, e.stamp, e.header, e.payload"
_SEGMENT = "SELECT secret FROM segment WHERE epoch = ? AND first <= ? ORDER BY first DESC LIMIT 1"
_HELD = "SELECT reason, detail FROM quarantine WHERE epoch = ? AND seq = ?"


class Repeat:
    """What a carried unit is that the hub holds already: it changes nothing."""


REPEAT = Repeat()


class _Run(NamedTuple):
    """Units of one start that stand in a row: number n, from ``first`` to before ``end``, is entry shift + n."""

    epoch: int
    shift: int
    first: int
    end: int | None


class Starts:
    """Judges the names of entries; remembers runs until ``forget()``, which every transaction begins with.

    *wide* opens what may change a place that was recorded.  ``vouched``: the place of the entry just judged under a
    key that was withdrawn since; it counts now where a later key has carried it.
    """

    def __init__(self, wide: Callable[[], AbstractContextManager[None]]) -> None:
        self._known: dict[tuple[int, bytes], _Run] = {}
        self._withdrawn: dict[tuple[int, bytes], tuple[int, int] | None] = {}
        self._wide = wide
        self.vouched: tuple[int, int] | None = None

    def forget(self) -> None:
        """What a transaction that was rolled back had written is not known any more."""
        self._known.clear()
        self._withdrawn.clear()

    def judge(
        self, connection: Connection, epoch: int, stream: int, accepted: Entry, late: bool
    ) -> Quarantined | Repeat | None:
        """None when the entry is the unit it says it is, and the first to say so; REPEAT, or why it is held.

        *late*: its key was withdrawn.
        """
        self.vouched = None
        if accepted.carried:
            return self._judge_carried(connection, epoch, stream, accepted, late)
        if accepted.header.start:
            connection.execute(
                "INSERT INTO process_start VALUES (?, ?, 1, ?, ?) ON CONFLICT DO NOTHING",
                (stream, accepted.start, epoch, accepted.seq),
            )
        if self._place(connection, stream, accepted) == (epoch, accepted.seq):
            return None
        return SameIdOtherBytes(what=N_("the program start at entry %(place)s"), place=accepted.seq)

    def _place(self, connection: Connection, stream: int, accepted: Entry) -> tuple[int, int] | None:
        """Epoch and number of the entry where the unit must stand."""
        key, n = (stream, accepted.start), accepted.n
        run = self._known.get(key)
        if run is None or n < run.first or (run.end is not None and n >= run.end):
            found = connection.execute(_RUN, (*key, n)).fetchone()
            if found is None:
                return None
            run = self._known[key] = _Run(*found)
        return run.epoch, run.shift + n

    def _judge_carried(
        self, connection: Connection, epoch: int, stream: int, accepted: Entry, late: bool
    ) -> Quarantined | Repeat | None:
        held = rows.entry_named(connection, stream, accepted.start, accepted.n, _COLUMNS)
        if held is None and not late:
            held = self._behind(connection, stream, accepted)
        if held is None:
            self._bring(connection, epoch, stream, accepted)
            return None
        if held[:2] == (epoch, accepted.seq):
            return None
        if unit_in(connection, *held) != _unit(accepted, b""):
            return SameIdOtherBytes(what=N_("entry %(place)s"), place=accepted.seq)
        why = _why_held(connection, held[0], held[1])
        if late or not isinstance(why, MadeAfterRevocation):
            return why or REPEAT
        self.vouched = held[:2]
        with self._wide():
            self._bring(connection, epoch, stream, accepted)
        return None

    def _behind(self, connection: Connection, stream: int, accepted: Entry) -> rows.Row | None:
        """The same unit where a key wrote it that was withdrawn; the carried ones before it took its run along."""
        key = stream, accepted.start
        if key not in self._withdrawn:
            self._withdrawn[key] = connection.execute(_WITHDRAWN, (MadeAfterRevocation.code, *key)).fetchone()
        epoch, shift = self._withdrawn[key] or (0, 0)
        found: rows.Row | None = connection.execute(
            f"SELECT {_COLUMNS} FROM entry e WHERE epoch = ? AND seq = ? AND start = ? AND n = ?",
            (epoch, shift + accepted.n, accepted.start, accepted.n),
        ).fetchone()
        return found

    def _bring(self, connection: Connection, epoch: int, stream: int, accepted: Entry) -> None:
        if self._place(connection, stream, accepted) != (epoch, accepted.seq):
            connection.execute(_BRING, (stream, accepted.start, accepted.n, epoch, accepted.seq))
            self._known.pop((stream, accepted.start), None)


_Unit = tuple[int, bytes, list[bytes]]  # stamp, header, kinds and commitments of its ops


def unit_in(connection: Connection, epoch: int, seq: int, stamp: int, header: bytes, payload: bytes) -> _Unit:
    """What a stored entry says as a unit; equal for the same unit in two epochs, erased ops included."""
    secret = connection.execute(_SEGMENT, (epoch, seq)).fetchone()[0]
    items: list[Any] = wire.decode_array(payload, "entry")
    former = entry.decode_header(header).former
    said = Entry(seq, clock.from_column(stamp), b"", 0, entry.unit_header(header), header, items, b"", bool(former))
    return _unit(said, secret)


def _unit(accepted: Entry, secret: bytes) -> _Unit:
    former = entry.decode_header(accepted.header_bytes).former
    header = former.header if former else accepted.header_bytes
    items = enumerate(accepted.items)
    kept = [entry.kind_of(item) + entry.commitment(item, secret, accepted.seq, place) for place, item in items]
    return accepted.stamp, header, kept


def _why_held(connection: Connection, epoch: int, seq: int) -> Quarantined | None:
    """Why the same unit is held for review in its former place, if it is: then it is held here as well."""
    found = connection.execute(_HELD, (epoch, seq)).fetchone()
    if found is None:
        return None
    error = from_refusal((found[0], msgspec.msgpack.decode(bytes.fromhex(found[1]))))
    return error if isinstance(error, Quarantined) else SameIdOtherBytes(what=N_("entry %(place)s"), place=seq)
