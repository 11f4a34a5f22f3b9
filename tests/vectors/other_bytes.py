"""The bytes of the protocol, written from docs/PROTOCOL.md alone: MessagePack, hashes, names, entries, segments.

Nothing here imports the product: this is what somebody writes who has the document and no more.
"""

import hashlib
import struct
from dataclasses import dataclass, field
from typing import Any

from backports import zstd
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

UNIT, OPEN = 1, 0
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


@dataclass
class Entry:
    """One entry as it is kept: its header's bytes, its ops' bytes, which of them are personal."""

    header: bytes
    ops: list[bytes] = field(default_factory=list)
    personal: list[bool] = field(default_factory=list)

    def item(self) -> list[Any]:
        """What stands for it in a segment's body."""
        return [self.header, *([op] if personal else op for op, personal in zip(self.ops, self.personal, strict=True))]


def first_head(stream: int, epoch: bytes) -> bytes:
    """The head before an epoch's first entry."""
    return labelled("cabang epoch 1", struct.pack(">H", stream), epoch)


def next_head(head: bytes, seq: int, secret: bytes, entry: Entry) -> bytes:
    """The head after *entry*."""
    parts = []
    for place, (op, personal) in enumerate(zip(entry.ops, entry.personal, strict=True)):
        salt = labelled("cabang salt 1", secret, struct.pack(">QH", seq, place))[:16]
        told = labelled("cabang personal op 1", salt, op) if personal else labelled("cabang op 1", op)
        parts.append(bytes([personal]) + told)
    return labelled("cabang entry 1", head, struct.pack(">H", len(entry.header)), entry.header, *parts)


@dataclass
class Writer:
    """A branch's own log: entries are added, then sealed."""

    key: Ed25519PrivateKey
    stream: int
    epoch: bytes
    start: bytes
    seq: int = 0
    n: int = 0
    ms: int = 0
    counter: int = 0
    seal_before: bytes = bytes(32)
    head: bytes = b""
    secret: bytes = b""
    waiting: list[Entry] = field(default_factory=list)

    def open(self, ms: int) -> None:
        """The first entry of the first epoch."""
        self.head = first_head(self.stream, self.epoch)
        self.ms = ms
        self.n += 1
        self._add(Entry(pack([OPEN, ms, None, DERIVE, self.start, None, 0, b""])))

    def unit(self, ms: int, ops: list[tuple[list[Any], bool]], actor: bytes | None = None) -> int:
        """An entry of one unit of work; each op comes with whether it is personal.  Returns n."""
        advance = max(0, ms - self.ms)
        self.ms, self.counter = (ms, 0) if advance else (self.ms, self.counter + 1)
        self.n += 1
        self._add(Entry(pack([UNIT, advance, actor, DERIVE]), [pack(op) for op, _ in ops], [one for _, one in ops]))
        return self.n

    def _add(self, entry: Entry) -> None:
        self.seq += 1
        self.head = next_head(self.head, self.seq, self.secret, entry)
        self.waiting.append(entry)

    def seal(self, codec: int = 0) -> list[Any]:
        """The envelope of a segment with everything that waits; the next one begins with ``secret``."""
        first, last = self.seq - len(self.waiting) + 1, self.seq
        statement = (
            struct.pack(">H8sQQ", self.stream, self.epoch, first, last) + self.seal_before + self.head
        )
        signature = sign(self.key, "cabang segment 1", statement)
        secret = self.secret if any(any(entry.personal) for entry in self.waiting) else b""
        body = pack([entry.item() for entry in self.waiting])
        self.seal_before = labelled("cabang seal 1", statement, signature)
        envelope = [1, self.stream, self.epoch, first, len(self.waiting), secret, signature, codec]
        self.waiting = []
        return [*envelope, zstd.compress(body) if codec else body]


def inflate(codec: int, body: bytes) -> bytes:
    """A body as it was before compression."""
    return zstd.decompress(body) if codec else body
