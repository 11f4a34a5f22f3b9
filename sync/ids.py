"""Names that never change: of rows, of ops, of things with a natural key.

A row's id is the name of the op that made it: stream (2 bytes), start (6), n (4), ordinal (2), big-endian, so that
ids of one process sort in the order they were made.  A thing with a natural key (an imported product code) has
the first 16 bytes of a labelled SHA-256 of that key, so that two branches make the same row.
"""

import struct
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

from sync.errors import invariant

OP_ID_BYTES = 14
NATURAL_ID_BYTES = 16
START_BYTES = 6

_LAYOUT = struct.Struct(">H6sIH")


class OpName(NamedTuple):
    """(stream number, start: 6 random bytes of the process start, n: unit since then, ordinal: op in the unit)."""

    stream: int
    start: bytes
    n: int
    ordinal: int


def pack(stream: int, start: bytes, n: int, ordinal: int) -> bytes:
    """The 14 bytes of an op's name, which is also the id of the row that op makes."""
    return _LAYOUT.pack(stream, start, n, ordinal)


def unpack(op_id: bytes) -> OpName:
    """The parts of a 14-byte name."""
    invariant(len(op_id) == OP_ID_BYTES, "an op's name is 14 bytes")
    return OpName(*_LAYOUT.unpack(op_id))


def stream_of(op_id: bytes) -> int:
    """Stream number in the first two bytes of a 14-byte name."""
    return (op_id[0] << 8) | op_id[1]


def same_unit(first: bytes, second: bytes) -> bool:
    """True when two ops belong to one entry."""
    return first[:12] == second[:12]


def is_op_id(value: bytes) -> bool:
    """True for a 14-byte name, False for a 16-byte natural id."""
    return len(value) == OP_ID_BYTES


def is_of_hub(value: bytes) -> bool:
    """True for the name of an op of head office."""
    return is_op_id(value) and stream_of(value) == 0


@lru_cache(maxsize=16_384)
def natural(table: str, key: str) -> bytes:
    """The 16-byte id of the thing called *key* (already normalised) in *table*."""
    return sha256(b"cabang natural id 1\0" + table.encode() + b"\0" + key.encode()).digest()[:NATURAL_ID_BYTES]
