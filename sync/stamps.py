"""The packed ``stamps`` column of a field model: which op stands in each group, with what effective stamp.

Layout: one record for the op that made the row (name 14 bytes, effective stamp 8, hub's position 8), then one record
per group that changed since (group number 1 byte, the same 30 bytes), in group order.
"""

import struct
from typing import NamedTuple

_FIRST = struct.Struct(">14sQQ")
_GROUP = struct.Struct(">B14sQQ")


class Standing(NamedTuple):
    """The op that stands in a group: its name, effective stamp, and the hub's position when it was accepted."""

    op: bytes
    effective: int
    position: int


def fresh(op: bytes, effective: int, position: int) -> bytes:
    """The column of a row just made by *op*."""
    return _FIRST.pack(op, effective, position)


def read(column: bytes) -> tuple[Standing, dict[int, Standing]]:
    """The op that made the row, and those that stand in the groups changed since."""
    first = Standing(*_FIRST.unpack_from(column))
    changed = {}
    for offset in range(_FIRST.size, len(column), _GROUP.size):
        group, op, effective, position = _GROUP.unpack_from(column, offset)
        changed[group] = Standing(op, effective, position)
    return first, changed


def standing(column: bytes, group: int) -> Standing:
    """The op that stands in *group*."""
    first, changed = read(column)
    return changed.get(group, first)


def replaced(column: bytes, group: int, now: Standing) -> bytes:
    """The column after *now* took *group*."""
    first, changed = read(column)
    changed[group] = now
    tail = b"".join(_GROUP.pack(number, *changed[number]) for number in sorted(changed))
    return _FIRST.pack(*first) + tail
