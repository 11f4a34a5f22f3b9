"""What one seed means: which kind of history, how many branches, how many steps; and what is left of it to play."""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from random import Random
from typing import NamedTuple

from cabang_history import History
from cabang_history_copies import CopiesHistory
from cabang_history_rejoin import RejoinHistory
from cabang_key_history import KeyHistory

BRANCHES_MIN, BRANCHES_MAX = 2, 6
_BRANCHES = (2, 2, 2, 3, 3, 3, 4, 4, 5, 6)
_STEPS = (40, 40, 60, 60, 60, 80, 200)
_TURN = (History,) * 5 + (CopiesHistory,) * 2 + (RejoinHistory,) + (KeyHistory,) * 2  # by the seed's last digit


class Plan(NamedTuple):
    """History number ``seed`` with so many branches, of which the steps of these numbers are played."""

    seed: int
    branches: int
    steps: tuple[int, ...]

    @property
    def kind(self) -> type[History]:
        """The kind of history: ordinary, with copied databases, with changing keys, or with both."""
        return _TURN[self.seed % len(_TURN)]


def plan_of(seed: int) -> Plan:
    """The whole of history number *seed*."""
    draw = Random(f"plan {seed}")
    return Plan(seed, draw.choice(_BRANCHES), tuple(range(1, draw.choice(_STEPS) + 1)))


def written(steps: Iterable[int]) -> str:
    """Numbers in ascending order as people write them: 3,7-12; "-" for none."""
    found = list(steps)
    ends = [0, *(place for place, (a, b) in enumerate(pairwise(found), 1) if b > a + 1), len(found)]
    runs = [(found[a], found[b - 1]) for a, b in pairwise(ends)] if found else []
    return ",".join(f"{a}" if a == b else f"{a}-{b}" for a, b in runs) or "-"


def read(text: str, last: int) -> tuple[int, ...]:
    """The numbers that ``written`` wrote, up to *last*.  Raises ValueError."""
    return tuple(sorted(set(_numbers(text, last)))) if text != "-" else ()


def _numbers(text: str, last: int) -> Iterator[int]:
    for part in text.split(","):
        first, dash, end = part.partition("-")
        a, b = int(first), int(end if dash else first)
        if not 1 <= a <= b <= last:
            raise ValueError(part)
        yield from range(a, b + 1)
