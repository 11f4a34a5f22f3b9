"""Merge policies as a pure function; each states its law.

An op *names* the op it overwrote (its base).  What no op has named yet is a *head*; two heads of one group were
written without seeing each other.  No version vectors, no stamps as bases.

- ``lww``: of the heads the one with the highest order (effective stamp, stream, ordinal) stands.  The order is total,
  and an op's order is above its base's, so keeping only the one that stands gives the same outcome: any order of
  arrival ends in the same op.
- ``sticky``: among heads with the safe value, else among all, the highest order stands.  A safe value that gave way
  to an op which had seen it is no head any more; one nobody saw still counts.  All heads are kept, so any order of
  arrival ends in the same set and the same op.
- ``set`` (``model.member``): ``sticky`` with "in" as the safe value, on a row per element whose id is its natural key,
  so that two nodes that add one element make one row.  Adding to what is in and taking out what is out change
  nothing.  Add wins: an element is out when every add of it was overwritten, and only by one who saw that add; who
  takes it out without knowing of another add did not mean that one.  Two adds that did not see each other are two
  heads and one stands; taking it out names that one, the other add stands again, and the conflict list says so.
- ``fact`` (append, ledger): rows are immutable, union by id.
- ``events``: facts as well; what they make of a thing is folded on every node, see ``sync.events``.
- ``escrow``: facts that spend rights head office granted, never more than it issued, see ``sync.escrow``.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sync.ids import unpack
from sync.model import STICKY, GroupSpec


class Head(NamedTuple):
    """An op that nobody has overwritten, with the values it wrote."""

    op: bytes
    effective: int
    values: tuple[Any, ...]


class Settled(NamedTuple):
    """``stands``: the head whose values count; ``heads``: all that are left, it included."""

    stands: Head
    heads: list[Head]


def order(head: Head) -> tuple[int, int, int]:
    """The total order of ops on one group."""
    name = unpack(head.op)
    return head.effective, name.stream, name.ordinal


def settle(group: GroupSpec, heads: Sequence[Head], arriving: Head, base: bytes | None) -> Settled:
    """What stands in *group* once *arriving*, which overwrote *base*, has come to the *heads* held."""
    left = [*[head for head in heads if head.op not in (base, arriving.op)], arriving]
    safe = [head for head in left if head.values == (group.safe,)] if group.policy == STICKY else []
    return Settled(max(safe or left, key=order), left)
