"""A stored log walked again: the chain of each epoch, its seals, and the columns kept beside the signed bytes."""

import struct
from collections.abc import Iterator
from typing import Any, NamedTuple

from sync import certificates, clock, entry, keys, rows, segment, wire
from sync.connection import Connection
from sync.errors import N_, CabangError, LogDamaged

UNREADABLE = (CabangError, struct.error, TypeError, ValueError, ArithmeticError, LookupError, AttributeError)
MISSING = N_("the entry is missing")

_EPOCHS = (
    "SELECT e.id, e.stream, e.name, e.opened_position, e.seq, e.head, e.stamp, e.start, e.n, e.seal, e.effective, "
    "e.closed, e.confirmed, e.acknowledged, coalesce(s.code, CASE e.stream WHEN 0 THEN 'HUB' ELSE "
    "(SELECT value FROM node WHERE name = 'code') END, '?'), s.sign_public, "
    "NOT EXISTS (SELECT 1 FROM epoch l WHERE l.stream = e.stream AND l.id > e.id) "
    "FROM epoch e LEFT JOIN stream s ON s.stream = e.stream ORDER BY e.id"
)
_SEGMENTS = (
    "SELECT first, last, secret, size, head, signature, seal, received_at FROM segment WHERE epoch = ? ORDER BY first"
)
_ENTRIES = (
    "SELECT seq, stream, stamp, start, n, header, payload, effective, position FROM entry "
    "WHERE epoch = ? AND seq BETWEEN ? AND ? ORDER BY seq"
)
_BEGAN = "SELECT epoch, seq FROM process_start WHERE stream = ? AND start = ? AND n = ?"
_STANDS = (
    "SELECT epoch, seq - n + ?3 FROM process_start WHERE stream = ?1 AND start = ?2 AND n <= ?3 ORDER BY n DESC LIMIT 1"
)
_PARENT = (
    "SELECT 1 FROM epoch e JOIN segment s ON s.epoch = e.id "
    "WHERE e.stream = ? AND e.id < ? AND e.name = ? AND s.last = ? AND s.head = ?"
)
_STRAY = (
    "SELECT seq FROM entry WHERE epoch = ?1 AND seq < (SELECT min(first) FROM segment WHERE epoch = ?1) "
    "UNION ALL SELECT seq FROM entry WHERE epoch = ?1 AND seq > ?2 LIMIT 1"
)
_OF_OP = (
    "e.seq, e.stamp, e.start, e.n, e.header, e.payload, (SELECT received_at FROM segment "
    "WHERE epoch = e.epoch AND first <= e.seq ORDER BY first DESC LIMIT 1)"
)
_SEQ_MAX = 1 << 48


class Epoch(NamedTuple):
    """A row of the epoch table; ``code`` names its node, ``newest`` is true of the stream's last one."""

    id: int
    stream: int
    name: bytes
    opened_position: int
    seq: int
    head: bytes
    stamp: int
    start: bytes
    n: int
    seal: bytes
    effective: int
    closed: int
    confirmed: int
    acknowledged: int
    code: str
    sign_public: bytes | None
    newest: int


class Part(NamedTuple):
    """A row of the segment table."""

    first: int
    last: int | None
    secret: bytes
    size: int
    head: bytes | None
    signature: bytes | None
    seal: bytes | None
    received_at: int | None


class Logged(NamedTuple):
    """An entry whose hashes hold.

    ``named``: its names are its own (a process start is named once); ``effective`` and ``position`` as in its row.
    """

    epoch: Epoch
    part: Part
    entry: entry.Entry
    named: bool
    effective: int | None
    position: int | None


class Found(NamedTuple):
    """The entry that holds an op, and when the hub received it (ms; its own: when it made it)."""

    entry: entry.Entry
    received: int


def find(connection: Connection, op: bytes) -> Found | None:
    """The entry of the log that holds *op*, by the op's name; None when there is none."""
    row = rows.entry_of(connection, op, _OF_OP)
    if row is None:
        return None
    seq, stamp, start, n, header, payload, received_at = row
    items, stamp = wire.decode_array(payload, "entry"), clock.from_column(stamp)
    made = entry.stored(seq, stamp, start, n, header, items)
    return Found(made, clock.ms_of(stamp) if received_at is None else received_at)


def is_continued(connection: Connection, stream: int) -> bool:
    """Whether this node's log went on behind a past that is not all in this file, or that others went on from."""
    found = connection.execute(
        "SELECT (SELECT header FROM entry WHERE epoch = e.id ORDER BY seq LIMIT 1) FROM epoch e WHERE stream = ?",
        (stream,),
    )
    return any(entry.decode_header(header).parent_epoch for (header,) in found if header)


def damaged(epoch: Epoch, seq: int, why: str, **places: Any) -> LogDamaged:
    """The error that names entry *seq* of *epoch*."""
    return LogDamaged(entry=f"{epoch.code} {seq}", why=why, **places)


def unreadable(epoch: Epoch, seq: int, error: Exception) -> LogDamaged:
    """*error*, met while entry *seq* was looked at, as damage of it."""
    return error if isinstance(error, LogDamaged) else damaged(epoch, seq, N_("what is kept of it cannot be read"))


def epochs(connection: Connection) -> list[Epoch]:
    """Every epoch of the file, oldest first."""
    return [Epoch(*row) for row in connection.execute(_EPOCHS)]


class Walk:
    """One epoch from its first entry to its last.  *own*: this node wrote it; *public*: the key that sealed it."""

    def __init__(self, connection: Connection, epoch: Epoch, own: bool, public: bytes | None) -> None:
        self._connection, self.epoch, self._own, self._public = connection, epoch, own, public
        self._chain: entry.Chain | None = None
        self._seal = segment.NO_SEAL
        self._sealed: tuple[Any, ...] = ()
        self._open = self._named = False
        self._bytes = self._salted = 0
        self.starts = self.segments = self.unsealed = 0

    def entries(self) -> Iterator[Logged]:
        """Each entry, once its hash is known; a segment's seal is checked after its last.  Raises LogDamaged."""
        for row in self._connection.execute(_SEGMENTS, (self.epoch.id,)):
            part = Part(*row)
            try:
                chain = self._begin(part)
                last = _SEQ_MAX if part.last is None else part.last
                for found in self._connection.execute(_ENTRIES, (self.epoch.id, part.first, last)):
                    yield self._step(chain, part, found)
                self._end(chain, part)
            except UNREADABLE as error:
                raise unreadable(self.epoch, part.first, error) from None
        self._finish()

    # --- segments --------------------------------------------------------------------------------------------

    def _begin(self, part: Part) -> entry.Chain:
        if self._chain is None:
            self._chain = entry.Chain.before(self.epoch.stream, self.epoch.name, part.first)
        chain = self._chain
        if part.first != chain.seq + 1:
            raise damaged(self.epoch, chain.seq + 1, MISSING)
        if self._open:
            raise damaged(self.epoch, part.first, N_("a segment follows one that has no seal"))
        self._bytes = self._salted = 0
        return chain

    def _end(self, chain: entry.Chain, part: Part) -> None:
        if chain.seq < part.first or part.last not in (None, chain.seq):
            raise damaged(self.epoch, chain.seq + 1, MISSING)
        if part.signature is None:
            self._check_open(part)
            return
        self._seal = self._check_seal(chain, part)
        self._check_record(chain, part)
        self._sealed = (chain.seq, chain.head, clock.to_column(chain.stamp), chain.start, chain.n, self._seal)
        self.segments += 1

    def _check_open(self, part: Part) -> None:
        """Only the end of this node's own log may have no seal yet."""
        self._open, self.unsealed = True, self._chain.seq - part.first + 1 if self._chain else 0
        empty = (part.last, part.head, part.seal, part.received_at, part.size) == (None, None, None, None, 0)
        if not (self._own and self.epoch.newest and empty and self._sealed):
            raise damaged(self.epoch, part.first, N_("the seal over it is missing"))

    def _check_seal(self, chain: entry.Chain, part: Part) -> bytes:
        signature = part.signature or b""
        said = segment.statement(self.epoch.stream, self.epoch.name, part.first, chain.seq, self._seal, chain.head)
        if not any(keys.fits(public, keys.SEGMENT_LABEL, said, signature) for public in self._keys_of(part)):
            places = {"first": part.first, "last": chain.seq}
            raise damaged(self.epoch, part.first, N_("the seal over %(first)s–%(last)s does not fit them"), **places)
        return segment.seal_of(said, signature)

    def _keys_of(self, part: Part) -> list[bytes]:
        """The key in force at the segment's place; the node's own where it has no certificate, as the hub's."""
        place = (self._connection, self.epoch.stream, self.epoch.name, part.first)
        if self._own and self.epoch.stream:
            return certificates.keys_at(*place)
        return [certificates.key_at(*place) or self._public or b""]

    def _check_record(self, chain: entry.Chain, part: Part) -> None:
        """What the segment's row says beside what the seal signs."""
        sizes = (self._bytes, 0) if self._own and part.first == chain.seq else (self._bytes,)
        secrets = (entry.SECRET_BYTES,) if self._own or self._salted else (0,)
        whole = (part.last, part.head, part.seal) == (chain.seq, chain.head, self._seal)
        received = part.received_at is None if self._own else type(part.received_at) is int
        if not (whole and received and part.size in sizes and len(part.secret) in secrets):
            raise damaged(self.epoch, part.first, N_("the seal's own record was changed"))

    def _finish(self) -> None:
        """The sealed log ends where the epoch's own record says, and nothing lies outside it."""
        kept = self.epoch
        at = self._chain.seq if self._chain else 0
        if (kept.seq, kept.head, kept.stamp, kept.start, kept.n, kept.seal) != self._sealed:
            raise damaged(kept, at, N_("the log does not end where its own record says"))
        stray = self._connection.execute(_STRAY, (kept.id, at)).fetchone()
        if stray:
            raise damaged(kept, stray[0], N_("it belongs to no segment"))

    # --- entries ---------------------------------------------------------------------------------------------

    def _step(self, chain: entry.Chain, part: Part, row: tuple[Any, ...]) -> Logged:
        seq, stream, stamp, start, n, header, payload, effective, position = row
        if seq != chain.seq + 1:
            raise damaged(self.epoch, chain.seq + 1, MISSING)
        try:
            items = wire.decode_array(payload, "entry")
            made = chain.step(header, items, part.secret)
            same = payload == wire.encode(items) and clock.from_column(stamp) == made.stamp
        except UNREADABLE:
            raise damaged(self.epoch, seq, N_("its bytes cannot be read")) from None
        if not same or (self.epoch.stream, made.start, made.n) != (stream, start, n):
            raise damaged(self.epoch, seq, N_("its columns say something else than its bytes"))
        self._bytes += len(header) + len(payload)
        self._salted += any(type(item) is list and len(item) == 1 for item in items)
        return Logged(self.epoch, part, made, self._check_name(made), effective, position)

    def _check_name(self, made: entry.Entry) -> bool:
        """Whether the entry's names are its own."""
        if made.carried:
            return self._check_carried(made)
        if made.header.start:
            self._named = self._check_start(made)
        return self._named

    def _check_carried(self, made: entry.Entry) -> bool:
        """Whether a carried unit stands here; at the hub it may stand in a former epoch."""
        unit, here = (self.epoch.stream, made.start, made.n), (self.epoch.id, made.seq)
        own = self._connection.execute(_STANDS, unit).fetchone() == here
        if self._own and not own:
            raise damaged(self.epoch, made.seq, N_("the start of its program is not recorded"))
        self.starts += self._connection.execute(_BEGAN, unit).fetchone() == here
        return own

    def _check_start(self, made: entry.Entry) -> bool:
        """Whether the process start is this entry's own; one used a second time is not."""
        if made.header.kind == entry.OPEN:
            self._check_opening(made)
        began = self._connection.execute(_BEGAN, (self.epoch.stream, made.start, 1)).fetchone()
        own = began == (self.epoch.id, made.seq)
        if began is None or (self._own and not own):
            raise damaged(self.epoch, made.seq, N_("the start of its program is not recorded"))
        self.starts += own
        return own

    def _check_opening(self, made: entry.Entry) -> None:
        """An epoch begins empty, where its parent ends; the first of a stream has none.

        The first one of a node's own file may follow what another computer wrote, which is not held here.
        """
        header, epoch = made.header, self.epoch
        older = self._connection.execute(
            "SELECT 1 FROM epoch WHERE stream = ? AND id < ?", (epoch.stream, epoch.id)
        ).fetchone()
        if older is None and (self._own or header.parent_epoch is None):
            follows = True
        elif header.parent_epoch is None:
            follows = False
        else:
            place = (epoch.stream, epoch.id, header.parent_epoch, header.parent_seq, header.parent_head)
            follows = self._connection.execute(_PARENT, place).fetchone() is not None
        if made.items or made.seq != header.parent_seq + 1 or not follows:
            raise damaged(epoch, made.seq, N_("the log does not begin where it must"))
