"""Bytes on the wire: MessagePack arrays read strictly, compression read within a limit, references kept short."""

import sys
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from sync import ids, limits
from sync.errors import N_, Malformed, TooLarge

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

RAW, ZSTD = 0, 1
ZSTD_LEVEL = 6

encode = msgspec.msgpack.Encoder().encode
_decode_any = msgspec.msgpack.Decoder().decode
_UNREADABLE = (msgspec.DecodeError, msgspec.ValidationError, RecursionError, UnicodeDecodeError)

T = TypeVar("T")
KeyOf = Callable[[str, bytes], str | None]
IdOf = Callable[[str, str], bytes]


def decode_struct(decoder: Callable[[bytes], T], data: bytes, what: str) -> T:
    """What *decoder* (of msgspec) makes of *data*; raises Malformed for anything it does not take."""
    try:
        return decoder(data)
    except _UNREADABLE as error:
        raise Malformed(what=what, why=N_("its bytes cannot be read"), said=str(error)) from None


def decode_array(data: bytes, what: str, decoder: Callable[[bytes], Any] = _decode_any) -> list[Any]:
    """The MessagePack array in *data*; raises Malformed for anything else, trailing bytes and deep nesting included."""
    try:
        value = decoder(data)
    except _UNREADABLE as error:
        raise Malformed(what=what, why=N_("its bytes cannot be read"), said=str(error)) from None
    if type(value) is not list:
        raise Malformed(what=what, why=N_("it is no array"))
    return value


def compress(data: bytes) -> tuple[int, bytes]:
    """(codec, bytes): zstd when it helps, the bytes themselves when it does not."""
    packed = zstd.compress(data, ZSTD_LEVEL)
    return (ZSTD, packed) if len(packed) < len(data) else (RAW, data)


def decompress(codec: int, data: bytes, limit: int, what: str) -> bytes:
    """The bytes that were compressed; never inflates beyond *limit*."""
    if codec == RAW:
        return _within(data, limit, what)
    if codec != ZSTD:
        raise Malformed(what=what, why=f"unknown compression {codec}")
    try:
        reader = zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: 23})
        out = reader.decompress(data, max_length=limit + 1)
    except zstd.ZstdError as error:
        raise Malformed(what=what, why=str(error)) from None
    _within(out, limit, what)
    if not reader.eof or reader.unused_data:
        raise Malformed(what=what, why="the compressed part is cut or followed by something")
    return out


def _within(data: bytes, limit: int, what: str) -> bytes:
    if len(data) > limit:
        raise TooLarge(what=what, limit=limit)
    return data


class Frame:
    """Shortens and restores references inside one unit: (stream, start, n) of the unit is the frame.

    A reference is on the wire: an integer (a row of this very unit: its ordinal), [back, ordinal] (a row made *back*
    units ago by the same process), text (a natural key), or the bytes of the id.
    """

    __slots__ = ("_prefix", "_unit", "n")

    def __init__(self, stream: int, start: bytes, n: int) -> None:
        self._prefix = stream.to_bytes(2, "big") + start
        self._unit = self._prefix + n.to_bytes(4, "big")
        self.n = n

    def own(self, ordinal: int) -> bytes:
        """The id of the row this unit's op number *ordinal* makes."""
        return self._unit + ordinal.to_bytes(2, "big")

    def shorten(self, value: bytes | None, target: str, key_of: KeyOf | None = None) -> Any:
        """The reference to put on the wire for the id *value* of a row of *target*."""
        if value is None:
            return None
        if len(value) == ids.OP_ID_BYTES:
            if value[:8] != self._prefix:
                return value
            back = self.n - int.from_bytes(value[8:12], "big")
            ordinal = int.from_bytes(value[12:], "big")
            return ordinal if back == 0 else [back, ordinal] if back > 0 else value
        key = key_of(target, value) if key_of else None
        return value if key is None else key

    def restore(self, value: Any, target: str, id_of: IdOf) -> bytes | None:
        """The id meant by a reference from the wire; raises Malformed for anything that is none."""
        if value is None:
            return None
        if type(value) is bytes and len(value) in (ids.OP_ID_BYTES, ids.NATURAL_ID_BYTES):
            return value
        if type(value) is str:
            return id_of(target, value)
        back, ordinal = (0, value) if type(value) is int else _pair(value)
        if not (0 <= back < self.n and 0 <= ordinal <= limits.ORDINAL_MAX):
            raise Malformed(what="reference", why=N_("a reference points outside its process"))
        return self._prefix + (self.n - back).to_bytes(4, "big") + ordinal.to_bytes(2, "big")


def _pair(value: Any) -> tuple[int, int]:
    if type(value) is list and len(value) == 2 and type(value[0]) is int and type(value[1]) is int:
        return value[0], value[1]
    raise Malformed(what="reference", why=N_("a reference is neither id, key nor place"))
