"""The bytes of the protocol, written from docs/PROTOCOL.md alone: MessagePack, hashes, names, entries, segments.

Nothing here imports the product: this is what somebody writes who has the document and no more.
"""

import hashlib
import struct
import sys
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

OPEN, UNIT, CARRIED = 0, 1, 2
INSERT, KEYED, SET, PERSON = 1, 2, 3, 4
DERIVE = 1

# --- MessagePack -----------------------------------------------------------------------------------------------


def pack(value: Any) -> bytes:
    """The shortest MessagePack of nil, booleans, integers, bytes, text and arrays."""
    if value is None or isinstance(value, bool):
        return {None: b"\xc0", False: b"\xc2", True: b"\xc3"}[value]
    if isinstance(value, int):
        return _pack_int(value)
    if isinstance(value, bytes):
        return _sized(len(value), ((0xC4, ">B", 2**8), (0xC5, ">H", 2**16), (0xC6, ">I", 2**32))) + value
    if isinstance(value, str):
        raw = value.encode()
        if len(raw) < 32:
            return bytes([0xA0 | len(raw)]) + raw
        return _sized(len(raw), ((0xD9, ">B", 2**8), (0xDA, ">H", 2**16), (0xDB, ">I", 2**32))) + raw
    items = b"".join(pack(one) for one in value)
    if len(value) < 16:
        return bytes([0x90 | len(value)]) + items
    return _sized(len(value), ((0xDC, ">H", 2**16), (0xDD, ">I", 2**32))) + items


def _pack_int(value: int) -> bytes:
    if -32 <= value < 128:
        return struct.pack(">b", value)
    if value >= 0:
        return _sized(value, ((0xCC, ">B", 2**8), (0xCD, ">H", 2**16), (0xCE, ">I", 2**32), (0xCF, ">Q", 2**64)))
    for head, form, bits in ((0xD0, ">b", 7), (0xD1, ">h", 15), (0xD2, ">i", 31), (0xD3, ">q", 63)):
        if value >= -(2**bits):
            return bytes([head]) + struct.pack(form, value)
    raise ValueError(value)


def _sized(number: int, forms: tuple[tuple[int, str, int], ...]) -> bytes:
    head, form = next((head, form) for head, form, below in forms if number < below)
    return bytes([head]) + struct.pack(form, number)


_NUMBERS = {
    0xCC: ">B", 0xCD: ">H", 0xCE: ">I", 0xCF: ">Q",
    0xD0: ">b", 0xD1: ">h", 0xD2: ">i", 0xD3: ">q",
}  # fmt: skip
_LENGTHS = {
    0xC4: ">B", 0xC5: ">H", 0xC6: ">I", 0xD9: ">B", 0xDA: ">H", 0xDB: ">I",
    0xDC: ">H", 0xDD: ">I", 0xDE: ">H", 0xDF: ">I",
}  # fmt: skip
_SINGLE = {0xC0: None, 0xC2: False, 0xC3: True}


class Reader:
    """Reads MessagePack values one after another; ``at`` is how far it came."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, count: int) -> bytes:
        """The next *count* bytes."""
        if self.at + count > len(self.data):
            raise ValueError("cut short")
        self.at += count
        return self.data[self.at - count : self.at]

    def number(self, form: str) -> int:
        """The next big-endian number."""
        found: int = struct.unpack(form, self.take(struct.calcsize(form)))[0]
        return found

    def value(self) -> Any:
        """The next value."""
        head = self.take(1)[0]
        if head < 0x80 or head >= 0xE0:
            return head if head < 0x80 else head - 256
        if head in _SINGLE:
            return _SINGLE[head]
        if head in _NUMBERS:
            return self.number(_NUMBERS[head])
        if head < 0xC0:
            kind, size = (0x80, head & 15) if head < 0x90 else (0x90, head & 15) if head < 0xA0 else (0xA0, head & 31)
            return self._many(kind, size)
        return self._many(_family(head), self.number(_LENGTHS[head]))

    def _many(self, kind: int, size: int) -> Any:
        if kind == 0x80:
            return {self.value(): self.value() for _ in range(size)}
        if kind == 0x90:
            return [self.value() for _ in range(size)]
        return self.take(size).decode() if kind == 0xA0 else self.take(size)


def _family(head: int) -> int:
    if head <= 0xC6:
        return 0xC4
    return 0xA0 if head <= 0xDB else 0x90 if head <= 0xDD else 0x80


def unpack(data: bytes) -> Any:
    """The one value *data* holds."""
    reader = Reader(data)
    found = reader.value()
    if reader.at != len(data):
        raise ValueError("more than one value")
    return found


# --- hashes and names ------------------------------------------------------------------------------------------


def labelled(label: str, *parts: bytes) -> bytes:
    """SHA-256 of a label, its zero byte and *parts*."""
    return hashlib.sha256(label.encode() + b"\0" + b"".join(parts)).digest()


def sign(key: Ed25519PrivateKey, label: str, message: bytes) -> bytes:
    """A signature over the label and the message."""
    return key.sign(label.encode() + b"\0" + message)


def check(key: bytes, signature: bytes, label: str, message: bytes) -> None:
    """Raises InvalidSignature when *signature* does not fit."""
    Ed25519PublicKey.from_public_bytes(key).verify(signature, label.encode() + b"\0" + message)


def natural_id(space: str, key: str) -> bytes:
    """The id of a thing with a natural key."""
    return labelled("cabang natural id 1", space.encode(), b"\0", key.encode())[:16]


def name_of(stream: int, start: bytes, n: int, ordinal: int) -> bytes:
    """The name of an op."""
    return struct.pack(">H6sIH", stream, start, n, ordinal)


# --- entries and segments --------------------------------------------------------------------------------------


def salt_of(secret: bytes, seq: int, place: int) -> bytes:
    """The salt of a personal op."""
    return labelled("cabang salt 1", secret, struct.pack(">QH", seq, place))[:16]


def commitment(item: Any, secret: bytes, seq: int, place: int) -> bytes:
    """The kind and the commitment of one op item, as the chain has them."""
    if isinstance(item, bytes):
        return b"\0" + labelled("cabang op 1", item)
    if item[0] is None:
        return b"\1" + item[1]
    salt = item[1] if len(item) == 2 else salt_of(secret, seq, place)
    return b"\1" + labelled("cabang personal op 1", salt, item[0])


@dataclass
class Place:
    """The end of an epoch's log: what the next entry follows."""

    seq: int
    head: bytes
    stamp: int = 0
    start: bytes = b""
    n: int = 0

    @classmethod
    def before(cls, stream: int, epoch: bytes, first: int) -> "Place":
        """Before an epoch's first entry."""
        return cls(first - 1, labelled("cabang epoch 1", struct.pack(">H", stream), epoch))

    def step(self, header: bytes, items: list[Any], secret: bytes) -> None:
        """Takes one entry."""
        kind, advance, _actor, _derive, *more = unpack(header)
        self.seq += 1
        if kind == OPEN:
            self.stamp = advance << 16
        else:
            self.stamp = ((self.stamp >> 16) + advance) << 16 if advance else self.stamp + 1
        self.start, self.n = (more[0], 1) if more and kind != CARRIED else (self.start, self.n + 1)
        said = b"".join(commitment(item, secret, self.seq, place) for place, item in enumerate(items))
        self.head = labelled("cabang entry 1", self.head, struct.pack(">H", len(header)), header, said)


def statement_of(stream: int, epoch: bytes, first: int, last: int, seal_before: bytes, head: bytes) -> bytes:
    """What the seal of a segment signs."""
    return struct.pack(">H8sQQ", stream, epoch, first, last) + seal_before + head


def seal_of(statement: bytes, signature: bytes) -> bytes:
    """The seal of a segment."""
    return labelled("cabang seal 1", statement, signature)


@dataclass
class Writer:
    """A branch's own log: entries are added, then sealed; ``goes_on``: its epoch has a parent."""

    key: Ed25519PrivateKey
    stream: int
    epoch: bytes
    start: bytes
    secret: bytes
    place: Place = field(init=False)
    seal_before: bytes = bytes(32)
    goes_on: bool = False
    waiting: list[list[Any]] = field(default_factory=list)
    units: list[list[Any]] = field(default_factory=list)
    parent: list[Any] = field(default_factory=lambda: [None, 0, b""])

    def open(self, ms: int) -> None:
        """The first entry of an epoch."""
        self.place = Place.before(self.stream, self.epoch, self.parent[1] + 1)
        self.seal_before, self.waiting, self.units, self.goes_on = bytes(32), [], [], self.parent[0] is not None
        self._add(pack([OPEN, ms, None, DERIVE, self.start, *self.parent]), [])

    def go_on(self, ms: int, epoch: bytes, start: bytes, secret: bytes) -> tuple[list[Any], list[int]]:
        """A new epoch behind what was sealed last: its first segment, and the numbers of the units it carries along."""
        units, self.epoch, self.start, self.secret = self.units, epoch, start, secret
        self.open(ms)
        opened, numbers = self.seal(), []
        for *names, items in units:
            self._add(pack([CARRIED, 0, None, 0, *names]), items)
            self.units.append([*names, items])
            numbers.append(self.place.seq)
        return opened, numbers

    def unit(self, ms: int, items: list[Any], actor: bytes | None = None) -> None:
        """An entry of one unit of work; *items*: the bytes of each op, of a personal one in an array."""
        header = pack([UNIT, max(0, ms - (self.place.stamp >> 16)), actor, DERIVE])
        self._add(header, items)
        place = self.place
        salts = [salt_of(self.secret, place.seq, at) for at in range(len(items))]
        kept = [[*one, salt] if isinstance(one, list) else one for one, salt in zip(items, salts, strict=True)]
        self.units.append([place.start, place.n, place.stamp, header, kept])

    def _add(self, header: bytes, items: list[Any]) -> None:
        self.place.step(header, items, self.secret)
        self.waiting.append([header, *items])

    def seal(self) -> list[Any]:
        """The envelope of a segment with everything that waits, not compressed."""
        first, last = self.place.seq - len(self.waiting) + 1, self.place.seq
        statement = statement_of(self.stream, self.epoch, first, last, self.seal_before, self.place.head)
        signature = sign(self.key, "cabang segment 1", statement)
        personal = any(isinstance(item, list) and len(item) == 1 for entry in self.waiting for item in entry)
        envelope = [1, self.stream, self.epoch, first, len(self.waiting), self.secret if personal else b"", signature]
        self.seal_before, body, self.waiting = seal_of(statement, signature), pack(self.waiting), []
        self.parent, self.units = [self.epoch, last, self.place.head], []
        return [*envelope, 0, body]


def compressed(envelope: list[Any]) -> list[Any]:
    """The same segment, smaller."""
    return [*envelope[:7], 1, zstd.compress(envelope[8])]


def inflate(codec: int, body: bytes) -> bytes:
    """A body as it was before compression."""
    if codec not in (0, 1):
        raise ValueError("unknown codec")
    return zstd.decompress(body) if codec else body
