"""Verifying a stored log: every hash, link, seal and acknowledgement, walked again from the bytes in the file."""

import sqlite3
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from sync import clock, entry, keys, schema, segment, wire
from sync.errors import BadSignature, CabangError, LogDamaged

Tell = Callable[[int, int], None]


class Audited(NamedTuple):
    """How much was looked at, all of it sound."""

    entries: int
    segments: int
    acknowledgements: int
    guards: int


class _Epoch(NamedTuple):
    id: int
    stream: int
    name: bytes
    seq: int
    head: bytes
    code: str
    sign_public: bytes


class _Segment(NamedTuple):
    first: int
    last: int | None
    secret: bytes
    head: bytes | None
    signature: bytes | None
    seal: bytes | None
    received_at: int | None


def verify(connection: sqlite3.Connection, own_public: bytes, hub_public: bytes, tell: Tell) -> Audited:
    """Walks every epoch of the file.  Raises LogDamaged naming the first bad entry, GuardsMissing.

    *own_public*: the node's signing key; *hub_public*: the hub's; *tell(done, total)*: progress in entries.
    """
    guards = schema.check_guards(connection)
    total = connection.execute("SELECT count(*) FROM entry").fetchone()[0]
    done = segments = 0
    for epoch in _epochs(connection, own_public):
        walked, sealed = _walk(connection, epoch, lambda n, before=done: tell(before + n, total))  # type: ignore[misc]
        done, segments = done + walked, segments + sealed
    if done != total:
        raise LogDamaged(entry="?", why=f"{total - done} entries belong to no segment")
    return Audited(done, segments, _acknowledgements(connection, hub_public), guards)


def _epochs(connection: sqlite3.Connection, own_public: bytes) -> Iterator[_Epoch]:
    own_stream = connection.execute("SELECT value FROM node WHERE name = 'stream'").fetchone()[0]
    for epoch, stream, name, seq, head, code, public in connection.execute(
        "SELECT e.id, e.stream, e.name, e.seq, e.head, s.code, s.sign_public FROM epoch e "
        "LEFT JOIN stream s ON s.stream = e.stream ORDER BY e.id"
    ).fetchall():
        known = code or ("HUB" if stream == 0 else _own_code(connection))
        yield _Epoch(epoch, stream, name, seq, head, known, own_public if stream == own_stream else public)


def _own_code(connection: sqlite3.Connection) -> str:
    found = connection.execute("SELECT value FROM node WHERE name = 'code'").fetchone()
    return found[0] if found else "?"


def _walk(connection: sqlite3.Connection, epoch: _Epoch, tell: Callable[[int], None]) -> tuple[int, int]:
    """(entries, sealed segments) of one epoch."""
    chain: entry.Chain | None = None
    seal, walked, sealed, reached = segment.NO_SEAL, 0, 0, False
    for part in _segments(connection, epoch):
        if chain is None:
            chain = entry.Chain.before(epoch.stream, epoch.name, part.first)
        if part.first != chain.seq + 1:
            raise _damaged(epoch, chain.seq + 1, "entries are missing")
        walked += _walk_segment(connection, epoch, part, chain)
        reached = reached or (chain.seq, chain.head) == (epoch.seq, epoch.head)
        if part.signature is not None:
            seal = _check_seal(epoch, part, chain, seal)
            sealed += 1
        tell(walked)
    if not reached:
        raise _damaged(epoch, epoch.seq, "the log ends before the place it is known to reach")
    return walked, sealed


def _segments(connection: sqlite3.Connection, epoch: _Epoch) -> list[_Segment]:
    found = connection.execute(
        "SELECT first, last, secret, head, signature, seal, received_at FROM segment WHERE epoch = ? ORDER BY first",
        (epoch.id,),
    )
    return [_Segment(*row) for row in found]


def _walk_segment(connection: sqlite3.Connection, epoch: _Epoch, part: _Segment, chain: entry.Chain) -> int:
    last = part.last if part.last is not None else 1 << 48
    walked = 0
    for row in connection.execute(
        "SELECT seq, stream, stamp, start, n, header, payload FROM entry "
        "WHERE epoch = ? AND seq BETWEEN ? AND ? ORDER BY seq",
        (epoch.id, part.first, last),
    ):
        _step(epoch, chain, part, row)
        walked += 1
    if part.last is not None and chain.seq != part.last:
        raise _damaged(epoch, chain.seq + 1, "the entry is missing")
    return walked


def _step(epoch: _Epoch, chain: entry.Chain, part: _Segment, row: tuple[Any, ...]) -> None:
    seq, stream, stamp, start, n, header, payload = row
    if seq != chain.seq + 1:
        raise _damaged(epoch, chain.seq + 1, "the entry is missing")
    try:
        chain.step(header, wire.decode_array(payload, "entry"), part.secret)
    except CabangError as error:
        raise _damaged(epoch, seq, str(error)) from None
    if (epoch.stream, chain.stamp, chain.start, chain.n) != (stream, clock.from_column(stamp), start, n):
        raise _damaged(epoch, seq, "its columns say something else than its bytes")


def _check_seal(epoch: _Epoch, part: _Segment, chain: entry.Chain, before: bytes) -> bytes:
    said = segment.statement(epoch.stream, epoch.name, part.first, chain.seq, before, chain.head)
    signature = part.signature or b""
    try:
        keys.check(epoch.sign_public, keys.SEGMENT_LABEL, said, signature, "segment")
    except BadSignature:
        raise _damaged(epoch, part.first, f"the seal over {part.first}–{part.last} does not fit them") from None
    seal = segment.seal_of(said, signature)
    if (part.head, part.seal) != (chain.head, seal):
        raise _damaged(epoch, part.first, "the seal's own record was changed")
    return seal


def _acknowledgements(connection: sqlite3.Connection, hub_public: bytes) -> int:
    """Each acknowledgement is the hub's, for the head this log really had."""
    found = connection.execute(
        "SELECT a.seq, a.head, a.received_at, a.signature, e.stream, e.name, s.head FROM acknowledgement a "
        "LEFT JOIN epoch e ON e.id = a.epoch LEFT JOIN segment s ON s.epoch = a.epoch AND s.last = a.seq"
    ).fetchall()
    for seq, head, received_at, signature, stream, name, sealed_head in found:
        if name is None:
            raise LogDamaged(entry=seq, why="an acknowledgement belongs to no log")
        said = segment.acknowledgement(stream, name, seq, head, received_at)
        try:
            keys.check(hub_public, keys.ACKNOWLEDGEMENT_LABEL, said, signature, "acknowledgement")
        except BadSignature:
            raise LogDamaged(entry=seq, why="the hub's acknowledgement of it does not fit") from None
        if head != sealed_head:
            raise LogDamaged(entry=seq, why="the hub acknowledged another log")
    return len(found)


def _damaged(epoch: _Epoch, seq: int, why: str) -> LogDamaged:
    return LogDamaged(entry=f"{epoch.code} {seq}", why=why)
