"""The journal: the one road by which this node's people change anything.

One unit of work = one SQLite transaction = one log entry + the changed rows.  The journal keeps the open end of the
node's chain in memory; the database holds it up to the last seal, and the entries after it.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Protocol

from sync import entry, keys, limits, rows, segment, wire
from sync.changes import Change
from sync.clock import Clock, advance_of, ms_of, next_stamp, stamp_of
from sync.connection import Connection
from sync.errors import N_, DiskFull, LogDamaged, UnitTooLarge, WriterBusy
from sync.ids import START_BYTES
from sync.store import Store
from sync.unit import Ref, Unit

DERIVE_VERSION = 1
_REMEMBERED_MAX = 50_000  # rows and keys kept in memory, so that a sale does not look them up


class Writer(Protocol):
    """Puts changes into rows: the branch with an overlay for what the hub has not confirmed, the hub by merging."""

    def highest(self, connection: Connection) -> int: ...
    def begin(self, connection: Connection, context: Any) -> None: ...
    def apply(self, change: Change) -> None: ...
    def finish(self) -> tuple[int | None, int | None]: ...


class Own:
    """The entry a unit is about to become."""

    __slots__ = ("actor", "derive", "n", "seq", "stamp", "start", "stream")

    def __init__(self, stream: int, start: bytes, n: int, seq: int, stamp: int, actor: bytes | None) -> None:
        self.stream, self.start, self.n, self.seq, self.stamp, self.actor = stream, start, n, seq, stamp, actor
        self.derive = DERIVE_VERSION


class Journal:
    """The node's own stream.  *chance(n)* gives n random bytes; *keyring* signs; *writer* makes the rows."""

    def __init__(
        self, store: Store, clock: Clock, chance: Callable[[int], bytes], keyring: keys.PrivateKeys, writer: Writer
    ) -> None:
        self.store, self.clock, self.keyring = store, clock, keyring
        self.chance, self._writer = chance, writer
        self._start: bytes = chance(START_BYTES)
        self._started = False
        self._mutex = threading.RLock()
        self._known: set[Ref] = set()
        self._names: dict[tuple[str, bytes], str] = {}
        self.on_commit: list[Callable[[], None]] = []
        self.on_seal: list[Callable[[], None]] = []
        self._load()

    # --- where the chain stands ------------------------------------------------------------------------------

    def _load(self) -> None:
        connection = self.store.connection()
        row = connection.execute(
            "SELECT id, stream, name, seq, head, stamp, start, n, seal FROM epoch WHERE stream = ? AND closed = 0",
            (self.store.get("stream"),),
        ).fetchone()
        self.epoch, self.stream, self.epoch_name = row[:3]
        self._chain = entry.Chain(row[3], row[4], row[5], row[6], row[7])
        self._seal_before: bytes = row[8]
        self._open_first: int | None = None
        self._secret, self._open_size, self._open_count = b"", 0, 0
        self._replay(connection)
        if self._started and self._chain.start != self._start:  # another epoch began: its units are named anew
            self._start, self._started = self.chance(START_BYTES), False

    def _replay(self, connection: Connection) -> None:
        """Walks the entries after the last seal, so that the head is known without storing it per entry."""
        opened = connection.execute(
            "SELECT first, secret FROM segment WHERE epoch = ? AND signature IS NULL", (self.epoch,)
        ).fetchone()
        if opened is None:
            return
        self._open_first, self._secret = opened
        for seq, header, payload in connection.execute(
            "SELECT seq, header, payload FROM entry WHERE epoch = ? AND seq >= ? ORDER BY seq", (self.epoch, opened[0])
        ):
            if seq != self._chain.seq + 1:
                raise LogDamaged(entry=seq, why=N_("an entry is missing before it"))
            self._chain.step(header, wire.decode_array(payload, "entry"), self._secret)
            self._open_size += len(header) + len(payload)
            self._open_count += 1

    @property
    def seq(self) -> int:
        """The number of the last entry of this node's log."""
        return self._chain.seq

    @property
    def stamp(self) -> int:
        """The stamp of the last entry."""
        return self._chain.stamp

    # --- a unit of work --------------------------------------------------------------------------------------

    @contextmanager
    def unit(self, actor: bytes | None = None) -> Iterator[Unit]:
        """One transaction and one entry for what is done inside.

        An exception leaves nothing; nothing done, no entry.  Raises WriterBusy.
        """
        with self._alone():
            with self.store.write() as connection:
                own = self._next(actor, self._writer.highest(connection))
                self._writer.begin(connection, own)
                unit = Unit(connection, own, self._writer.apply, self._key_of, self._known)
                yield unit
                committed = self._append(connection, own, unit.items) if unit.items else None
            self._remember(unit.seen)
            if committed:
                self._keep(committed)
        if committed:
            for call in self.on_commit:
                call()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """The chain's end in memory belongs to one thread at a time, from a unit's begin until it is kept."""
        if not self._mutex.acquire(timeout=limits.WRITER_WAIT_S_MAX):
            raise WriterBusy(seconds=limits.WRITER_WAIT_S_MAX)
        try:
            yield
        finally:
            self._mutex.release()

    @contextmanager
    def at_rest(self) -> Iterator[None]:
        """Inside, nobody writes or seals; what changed in the file meanwhile is read again at the end."""
        with self._alone():
            yield
            self._load()

    def _next(self, actor: bytes | None, highest: int) -> Own:
        """The place of the next entry; its stamp lies after the last one and in a later ms than *highest*."""
        chain = self._chain
        n = chain.n + 1 if self._started else 1
        beyond = ms_of(highest) + 1 if highest >= chain.stamp else 0
        stamp = next_stamp(chain.stamp, max(self.clock.now_ms(), beyond))
        return Own(self.stream, self._start, n, chain.seq + 1, stamp, actor)

    def _append(self, connection: Connection, own: Own, items: list[Any]) -> tuple[entry.Chain, int]:
        """Writes the entry; returns the chain's new end and the entry's size."""
        start = b"" if self._started else self._start
        advance = advance_of(self._chain.stamp, own.stamp)
        header = entry.Header(entry.UNIT, advance, own.actor, own.derive, start)
        header_bytes = entry.encode_header(header)
        payload = wire.encode(items)
        size = len(header_bytes) + len(payload)
        if size > limits.ENTRY_BYTES_MAX or len(items) > limits.ENTRY_OPS_MAX:
            raise UnitTooLarge(bytes=size, limit=limits.ENTRY_BYTES_MAX)
        self._open_segment(connection, own.seq)
        chain = self._chain.copy()
        chain.grow(header, header_bytes, items, self._secret)
        if start:
            connection.execute(
                "INSERT INTO process_start VALUES (?, ?, 1, ?, ?)", (self.stream, start, self.epoch, own.seq)
            )
        effective, position = self._writer.finish()
        connection.execute(
            "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (self.epoch, own.seq, self.stream, own.stamp, own.start, own.n, header_bytes, payload, effective, position),
        )
        return chain, size

    def _open_segment(self, connection: Connection, seq: int) -> None:
        """Draws the segment's secret with its first entry, in that entry's transaction."""
        if self._open_count == 0:
            self._open_first, self._secret = seq, self.chance(entry.SECRET_BYTES)
            connection.execute(
                "INSERT INTO segment (epoch, first, secret) VALUES (?, ?, ?)", (self.epoch, seq, self._secret)
            )

    def _remember(self, seen: set[Ref]) -> None:
        """Rows a finished unit has seen are there for good."""
        if len(self._known) > _REMEMBERED_MAX:
            self._known.clear()
        self._known |= seen

    def _keep(self, committed: tuple[entry.Chain, int]) -> None:
        """What memory knows after a commit, never before."""
        self._chain, size = committed
        self._started = True
        self._open_size += size
        self._open_count += 1
        if self._open_count >= limits.SEGMENT_ENTRIES_MAX or self._open_size >= limits.SEGMENT_BYTES_SOFT:
            with suppress(DiskFull, WriterBusy):  # the unit is committed; the segment stays open for the next try
                self.seal()

    def _key_of(self, target: str, row: bytes) -> str | None:
        """The natural key behind a 16-byte id, when a lookup proves it; references then travel as short text."""
        known = self._names.get((target, row))
        if known is None:
            known = rows.natural_key(self.store.connection(), target, row) or ""
            if len(self._names) > _REMEMBERED_MAX:
                self._names.clear()
            self._names[target, row] = known
        return known or None

    # --- sealing ---------------------------------------------------------------------------------------------

    def seal(self) -> None:
        """Seals the open segment, if there is one, with one signature."""
        with self._alone():
            waits = self._open_count
            if waits:
                self._seal()
        if waits:
            self.sealed()

    def sealed(self) -> None:
        """Tells those who keep an eye on how far the sealed log has come."""
        for call in self.on_seal:
            call()

    def _seal(self) -> None:
        chain, first = self._chain, self._open_first or 0
        said = segment.statement(self.stream, self.epoch_name, first, chain.seq, self._seal_before, chain.head)
        signature = self.keyring.sign(keys.SEGMENT_LABEL, said)
        seal = segment.seal_of(said, signature)
        with self.store.write() as connection:
            connection.execute(
                "UPDATE segment SET last = ?, head = ?, signature = ?, seal = ?, size = ? "
                "WHERE epoch = ? AND first = ?",
                (chain.seq, chain.head, signature, seal, self._open_size, self.epoch, first),
            )
            connection.execute(
                "UPDATE epoch SET seq = ?, head = ?, stamp = ?, start = ?, n = ?, seal = ? WHERE id = ?",
                (chain.seq, chain.head, chain.stamp, chain.start, chain.n, seal, self.epoch),
            )
        self._seal_before = seal
        self._open_first, self._secret, self._open_size, self._open_count = None, b"", 0, 0


def open_epoch(
    store: Store,
    stream: int,
    name: bytes,
    start: bytes,
    secret: bytes,
    now_ms: int,
    keyring: keys.PrivateKeys,
    *,
    parent: tuple[bytes, int, bytes] | None = None,
) -> None:
    """Begins a node's log: the epoch and its OPEN entry, sealed by itself.

    *parent* (epoch, seq, head): where a former computer's log ended that this one goes on from.
    """
    stamp, seq = next_stamp(0, now_ms), parent[1] + 1 if parent else 1
    opening = entry.Header(entry.OPEN, stamp >> 16, None, DERIVE_VERSION, start, *(parent or (None, 0, b"")))
    header = entry.encode_header(opening)
    chain = entry.Chain.before(stream, name, seq)
    chain.step(header, [], secret)
    said = segment.statement(stream, name, seq, seq, segment.NO_SEAL, chain.head)
    signature = keyring.sign(keys.SEGMENT_LABEL, said)
    with store.write() as connection:
        epoch = connection.execute(
            "INSERT INTO epoch (stream, name, seq, head, stamp, start, n, seal) VALUES (?, ?, ?, ?, ?, ?, 1, ?)",
            (stream, name, seq, chain.head, stamp_of(stamp >> 16), start, segment.seal_of(said, signature)),
        ).lastrowid
        connection.execute("INSERT INTO process_start VALUES (?, ?, 1, ?, ?)", (stream, start, epoch, seq))
        connection.execute(
            "INSERT INTO entry VALUES (?, ?, ?, ?, ?, 1, ?, ?, NULL, NULL)",
            (epoch, seq, stream, chain.stamp, start, header, wire.encode([])),
        )
        connection.execute(
            "INSERT INTO segment (epoch, first, last, secret, head, signature, seal) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (epoch, seq, seq, secret, chain.head, signature, segment.seal_of(said, signature)),
        )
        store.put("stream", stream)
