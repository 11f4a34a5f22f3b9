"""An entry: one unit of work as it stands in the log, its header, its ops, and the link that chains it.

Header, a MessagePack array: [kind, advance, actor, derive, start?, ...].  *kind* UNIT, OPEN or CARRIED; *advance* see
``sync.clock``; *actor* the id of the person or nil; *derive* the version of the derivation functions; *start* six
bytes when this is the first entry of a process start.  An OPEN entry begins an epoch: its advance is the absolute
millisecond and [.., parent epoch or nil, parent seq, parent head] follow.  A CARRIED entry brings a unit of a former
epoch along: [2, advance, nil, 0, start, n, stamp, header] are that unit's, word for word, and so are its items.

An op item is: bin (plain), [bin] (personal), [bin, salt] (personal, its segment's secret forgotten), or
[nil, commitment] (personal, erased).
"""

import struct
from hashlib import sha256
from typing import Any, NamedTuple

import msgspec

from sync import clock, ids, limits, wire
from sync.errors import Malformed

OPEN, UNIT, CARRIED = 0, 1, 2
HEAD_BYTES, EPOCH_BYTES, SECRET_BYTES, SALT_BYTES = 32, 8, 16, 16

_GENESIS = b"cabang epoch 1\0"
_LINK = b"cabang entry 1\0"
_PLAIN = b"cabang op 1\0"
_PERSONAL = b"cabang personal op 1\0"
_SALT = b"cabang salt 1\0"
_IS_PLAIN, _IS_PERSONAL = b"\0", b"\1"
_PLACE = struct.Struct(">QH")
_LENGTH = struct.Struct(">H")

_header_decoder = msgspec.msgpack.Decoder(list).decode
_PARTS = {OPEN: (8,), UNIT: (4, 5), CARRIED: (8,)}


class Former(NamedTuple):
    """What a carried unit was called and when it was made: its process start, its number there, stamp and header."""

    start: bytes
    n: int
    stamp: int
    header: bytes


class Header(NamedTuple):
    """The parsed header; ``start`` is empty unless this entry is the first of a process start."""

    kind: int
    advance: int
    actor: bytes | None
    derive: int
    start: bytes
    parent_epoch: bytes | None = None
    parent_seq: int = 0
    parent_head: bytes = b""
    former: Former | None = None


class Entry(NamedTuple):
    """An entry in its place: everything known of it without looking into its ops.

    Of a carried one ``stamp``, ``start``, ``n`` and ``header`` are the unit's own, by which its ops are named and
    counted; ``header_bytes`` are the bytes in the log.
    """

    seq: int
    stamp: int
    start: bytes
    n: int
    header: Header
    header_bytes: bytes
    items: list[Any]
    head: bytes
    carried: bool = False


def encode_header(header: Header) -> bytes:
    """The exact bytes that are hashed and sent."""
    fields: list[Any] = [header.kind, header.advance, header.actor, header.derive]
    if header.start:
        fields.append(header.start)
    if header.kind == OPEN:
        fields += [header.parent_epoch, header.parent_seq, header.parent_head]
    return wire.encode([*fields, *(header.former or ())])


def decode_header(data: bytes) -> Header:
    """Parses a header strictly; raises Malformed."""
    return _decode_header(data, (OPEN, UNIT, CARRIED))


def _decode_header(data: bytes, kinds: tuple[int, ...]) -> Header:
    fields = wire.decode_array(data, "entry header", _header_decoder)
    kind = fields[0] if fields else None
    if type(kind) is not int or kind not in kinds or len(fields) not in _PARTS[kind]:
        raise _bad("unknown shape")
    _, advance, actor, derive = fields[:4]
    if type(advance) is not int or not 0 <= advance < 1 << 48 or type(derive) is not int or derive < 0:
        raise _bad("numbers out of range")
    if actor is not None and (type(actor) is not bytes or len(actor) != ids.OP_ID_BYTES):
        raise _bad("actor is no id")
    start = fields[4] if len(fields) > 4 else b""
    if len(fields) > 4 and (type(start) is not bytes or len(start) != ids.START_BYTES):
        raise _bad("start is not six bytes")
    if kind == CARRIED:
        return _carried(advance, actor, derive, fields[4:])
    return Header(kind, advance, actor, derive, start, *_parent(fields[5:]))


def _parent(fields: list[Any]) -> tuple[Any, ...]:
    if not fields:
        return ()
    epoch, seq, head = fields
    epoch_ok = epoch is None or (type(epoch) is bytes and len(epoch) == EPOCH_BYTES)
    head_ok = type(head) is bytes and len(head) in (0, HEAD_BYTES)
    if not epoch_ok or not head_ok or type(seq) is not int or not 0 <= seq < 1 << 48:
        raise _bad("parent is none")
    return epoch, seq, head


def _carried(advance: int, actor: bytes | None, derive: int, fields: list[Any]) -> Header:
    """The header of a carried unit, which must be the very one its names say."""
    start, n, stamp, data = fields
    if (actor, derive) != (None, 0) or type(n) is not int or not 1 <= n <= limits.UNIT_MAX:
        raise _bad("names of no unit")
    if type(stamp) is not int or not 0 <= stamp < 1 << 64 or type(data) is not bytes:
        raise _bad("a unit without stamp or header")
    if _decode_header(data, (UNIT,)).start != (start if n == 1 else b""):
        raise _bad("the header of another unit")
    return Header(CARRIED, advance, None, 0, b"", former=Former(start, n, stamp, data))


def former_of(data: bytes) -> Former | None:
    """What a stored header carries; None for one that is a unit's own, which is told by its second byte."""
    return decode_header(data).former if data[1] == CARRIED else None


def stored(seq: int, stamp: int, start: bytes, n: int, header_bytes: bytes, items: list[Any]) -> "Entry":
    """An entry as it lies in the database, its columns being those of the unit it is or carries; without its head."""
    former = decode_header(header_bytes).former
    return Entry(seq, stamp, start, n, unit_header(header_bytes), header_bytes, items, b"", former is not None)


def unit_header(data: bytes) -> Header:
    """The header of the unit that an entry is, or that it brings along; raises Malformed."""
    header = decode_header(data)
    return decode_header(header.former.header) if header.former else header


def _bad(why: str) -> Malformed:
    return Malformed(what="entry header", why=why)


def genesis(stream: int, epoch: bytes) -> bytes:
    """The head before the first entry of an epoch."""
    return sha256(_GENESIS + stream.to_bytes(2, "big") + epoch).digest()


def salt_of(secret: bytes, seq: int, index: int) -> bytes:
    """The salt of the personal op at place *index* of entry *seq*, from its segment's secret."""
    return sha256(_SALT + secret + _PLACE.pack(seq, index)).digest()[:SALT_BYTES]


def commitment(item: Any, secret: bytes, seq: int, index: int) -> bytes:
    """The 32 bytes the chain commits to for one op item; raises Malformed for a shape that is none."""
    if type(item) is bytes:
        return sha256(_PLAIN + item).digest()
    if type(item) is list and len(item) == 1 and type(item[0]) is bytes and secret:
        return sha256(_PERSONAL + salt_of(secret, seq, index) + item[0]).digest()
    if type(item) is list and len(item) == 2 and type(item[1]) is bytes:
        if item[0] is None and len(item[1]) == HEAD_BYTES:
            return item[1]
        if type(item[0]) is bytes and len(item[1]) == SALT_BYTES:
            return sha256(_PERSONAL + item[1] + item[0]).digest()
    raise Malformed(what="entry", why="an op is neither plain, personal nor erased")


def kind_of(item: Any) -> bytes:
    """The byte before an op's commitment in the chain: only an op that was personal from the first can be erased."""
    return _IS_PLAIN if type(item) is bytes else _IS_PERSONAL


def salted(items: list[Any], secret: bytes, seq: int) -> list[Any]:
    """The items of entry *seq* as another entry carries them: a personal op with the salt it has always had."""
    return [
        [item[0], salt_of(secret, seq, index)] if type(item) is list and len(item) == 1 else item
        for index, item in enumerate(items)
    ]


def link(head: bytes, header: bytes, commitments: bytes) -> bytes:
    """The head after an entry: over the head before, the header's exact bytes, and the ops' kinds and commitments."""
    return sha256(_LINK + head + _LENGTH.pack(len(header)) + header + commitments).digest()


class Chain:
    """Walks a stream entry by entry: stamp, start, n and head of the last one held."""

    __slots__ = ("head", "n", "seq", "stamp", "start")

    def __init__(self, seq: int, head: bytes, stamp: int, start: bytes, n: int) -> None:
        self.seq, self.head, self.stamp, self.start, self.n = seq, head, stamp, start, n

    @classmethod
    def before(cls, stream: int, epoch: bytes, first_seq: int) -> "Chain":
        """The chain before an epoch's OPEN entry."""
        return cls(first_seq - 1, genesis(stream, epoch), 0, b"", 0)

    def copy(self) -> "Chain":
        """The same place once more."""
        return Chain(self.seq, self.head, self.stamp, self.start, self.n)

    def step(self, header_bytes: bytes, items: list[Any], secret: bytes) -> Entry:
        """Takes the next entry; raises Malformed when it cannot follow."""
        header = decode_header(header_bytes)
        self.grow(header, header_bytes, items, secret)
        if header.former:
            start, n, stamp, data = header.former
            return Entry(self.seq, stamp, start, n, decode_header(data), header_bytes, items, self.head, True)
        return Entry(self.seq, self.stamp, self.start, self.n, header, header_bytes, items, self.head)

    def grow(self, header: Header, header_bytes: bytes, items: list[Any], secret: bytes) -> None:
        """Moves to the next entry, *header_bytes* being those of *header*; raises Malformed when it cannot follow."""
        if len(header_bytes) > 0xFFFF or len(items) > limits.ENTRY_OPS_MAX:
            raise _bad("too many ops")
        if header.former and any(type(item) is list and len(item) == 1 for item in items):
            raise _bad("a carried personal op without its salt")
        seq = self.seq + 1
        self._move(header)
        joined = b"".join([kind_of(item) + commitment(item, secret, seq, index) for index, item in enumerate(items)])
        self.head = link(self.head, header_bytes, joined)
        self.seq = seq

    def _move(self, header: Header) -> None:
        if header.kind == OPEN:
            if self.stamp:
                raise _bad("an epoch opens only once")
            self.stamp = clock.stamp_of(header.advance)
        elif not self.stamp:
            raise _bad("an epoch must be opened first")
        else:
            self.stamp = clock.stamp_after(self.stamp, header.advance)
        if header.start:
            self.start, self.n = header.start, 1
        else:
            self.n += 1
        if not self.start or self.n > limits.UNIT_MAX or self.stamp >= 1 << 64:
            raise _bad("no start, or beyond the limits")
