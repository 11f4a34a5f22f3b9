"""A segment: a run of entries sealed by one signature; the unit of signing, compression, transfer and acknowledgement.

Envelope, a MessagePack array: [version, stream, epoch, first, count, secret, signature, codec, body].  *body*, when
inflated: an array of entries, each [header, op item, ...].  The heads and the seal before are never sent: the
receiver computes them.
"""

import struct
from hashlib import sha256
from typing import Annotated, Any

import msgspec

from sync import keys, limits, wire
from sync.entry import EPOCH_BYTES, SECRET_BYTES
from sync.errors import Malformed, TooLarge, UnknownVersion

VERSION = 1
NO_SEAL = bytes(32)

_STATEMENT = struct.Struct(">H8sQQ32s32s")
_ACKNOWLEDGEMENT = struct.Struct(">H8sQ32sQ")


class Envelope(msgspec.Struct, array_like=True, frozen=True):
    """A segment as it travels.  ``secret`` is empty when no salt comes from it."""

    version: int
    stream: limits.Count
    epoch: bytes
    first: limits.Count
    count: limits.Count
    secret: bytes
    signature: bytes
    codec: limits.Count
    body: bytes

    @property
    def last(self) -> int:
        """The number of the last entry."""
        return self.first + self.count - 1


_envelope_decoder = msgspec.msgpack.Decoder(Envelope).decode
_Personal = Annotated[list[bytes | None], msgspec.Meta(min_length=1, max_length=2)]
_Body = Annotated[list[list[bytes | _Personal]], msgspec.Meta(max_length=limits.SEGMENT_ENTRIES_MAX)]
_body_decoder = msgspec.msgpack.Decoder(_Body).decode  # what is too long is not read to its end


def statement(stream: int, epoch: bytes, first: int, last: int, seal_before: bytes, head: bytes) -> bytes:
    """What a seal signs."""
    return _STATEMENT.pack(stream, epoch, first, last, seal_before, head)


def seal_of(signed_statement: bytes, signature: bytes) -> bytes:
    """The 32 bytes by which the next segment names this one."""
    return sha256(b"cabang seal 1\0" + signed_statement + signature).digest()


def pack(stream: int, epoch: bytes, first: int, entries: list[list[Any]], secret: bytes, signature: bytes) -> bytes:
    """The segment's bytes for the wire; *entries* are [header, op item, ...] lists."""
    codec, body = wire.compress(wire.encode(entries))
    if not uses_secret(entries):
        secret = b""
    return wire.encode(Envelope(VERSION, stream, epoch, first, len(entries), secret, signature, codec, body))


def parse(data: bytes) -> Envelope:
    """Reads an envelope strictly, size first; raises TooLarge, Malformed, UnknownVersion."""
    if len(data) > limits.SEGMENT_WIRE_BYTES_MAX:
        raise TooLarge(what="segment", limit=limits.SEGMENT_WIRE_BYTES_MAX)
    envelope = wire.decode_struct(_envelope_decoder, data, "segment")
    if envelope.version != VERSION:
        raise UnknownVersion(what="segment", version=envelope.version)
    sizes = (len(envelope.epoch), len(envelope.signature))
    if sizes != (EPOCH_BYTES, keys.SIGNATURE_BYTES) or len(envelope.secret) not in (0, SECRET_BYTES):
        raise Malformed(what="segment", why="a field has the wrong size")
    if not 1 <= envelope.count <= limits.SEGMENT_ENTRIES_MAX or not 1 <= envelope.first < 1 << 48:
        raise Malformed(what="segment", why="numbers out of range")
    if not 0 < envelope.stream <= limits.STREAM_MAX:
        raise Malformed(what="segment", why="no such stream number")
    return envelope


def inflate(envelope: Envelope) -> list[list[Any]]:
    """The entries of the body, within the limit; raises TooLarge or Malformed."""
    raw = wire.decompress(envelope.codec, envelope.body, limits.SEGMENT_BYTES_MAX, "segment")
    entries = wire.decode_array(raw, "segment", _body_decoder)
    if len(entries) != envelope.count:
        raise Malformed(what="segment", why="another number of entries than it says")
    large = len(raw) > limits.ENTRY_BYTES_MAX
    for entry in entries:
        if not entry or type(entry[0]) is not bytes:
            raise Malformed(what="segment", why="an entry without header")
        if large and sum(_item_bytes(item) for item in entry) > limits.ENTRY_BYTES_MAX + limits.CARRIED_NAMES_BYTES:
            raise TooLarge(what="entry", limit=limits.ENTRY_BYTES_MAX)
    if bool(envelope.secret) != uses_secret(entries):
        raise Malformed(what="segment", why="the secret and the personal ops do not fit")
    return entries


def uses_secret(entries: list[list[Any]]) -> bool:
    """True when a personal op's salt comes from the segment's secret."""
    return any(type(item) is list and len(item) == 1 for entry in entries for item in entry)


def _item_bytes(item: Any) -> int:
    """The size of a header or an op; a salt beside it does not count."""
    return len(item) if type(item) is bytes else max((len(part) for part in item if part), default=0)


def acknowledgement(stream: int, epoch: bytes, seq: int, head: bytes, received_ms: int) -> bytes:
    """What the hub signs when it holds everything up to *seq*."""
    return _ACKNOWLEDGEMENT.pack(stream, epoch, seq, head, received_ms)
