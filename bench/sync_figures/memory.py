"""Memory: what head office's process, and a branch's with its child, hold after 1, 3 and 10 times the same work.

The work waits on both sides until both run: entries of the branch to send, and entries of head office to take.  All
resident pages of a process and what is the child's alone, as the core's figure counts them.
"""

import sqlite3
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from typing import NamedTuple

from bench.figure import Figure, Skipped
from bench.memory import ALONE, PROC, children_of, megabytes
from bench.nodes import Pair, hurried, make_pair, opened_branch, opened_hub
from bench.process import Running
from bench.shop import add_customers
from bench.sync_figures.targets import MEMORY_GROWTH_MB, MEMORY_MB
from bench.till import ACKNOWLEDGED, CURSOR, reader_of

ENTRIES, TIMES = 3_000, (1, 3, 10)
LOOK_S, SYNC_S_MAX = 0.02, 600


class Held(NamedTuple):
    """Megabytes just now: head office's process, the branch's with its child."""

    hub: float
    branch: float


class Place(NamedTuple):
    """How far both ways are when so much of the work is done: the branch's last entry, the feed's position."""

    sent: int
    taken: int


def measure(
    runs: int, tell: Callable[[str], None], entries: int = ENTRIES, times: Sequence[int] = TIMES
) -> list[Figure | Skipped]:
    """MB after the most work, and what was added since the step before it, medians of *runs*."""
    if not (PROC / "self" / "smaps_rollup").exists():
        return [Skipped("memory", f"{sys.platform} does not tell a process's share of memory")]
    with TemporaryDirectory(prefix="cabang-bench-") as made:
        folder = Path(made)
        pair = make_pair(folder / "pair")
        tell(f"memory: committing {entries * times[-1]:,} customers at the branch, and as many at head office")
        places = _make(pair, entries, times)
        done = [_run(pair.copy(folder / f"{run}"), places, tell) for run in range(runs)]
    return [
        figure
        for side in Held._fields
        for figure in _figures(side, times, [[getattr(held, side) for held in one] for one in done])
    ]


def _figures(side: str, times: Sequence[int], done: Sequence[Sequence[float]]) -> list[Figure]:
    """*done*: for each run the megabytes at each of the *times*."""
    each: Mapping[str, float] = {
        f"after {count} x": median(one[place] for one in done) for place, count in enumerate(times)
    }
    growth = median(one[-1] - one[-2] for one in done)
    name = f"memory, {side}"
    return [
        Figure(name, "MB", median(max(one) for one in done), MEMORY_MB, details=each),
        Figure(f"{name}, growth", "MB", growth, MEMORY_GROWTH_MB),
    ]


def _make(pair: Pair, entries: int, times: Sequence[int]) -> list[Place]:
    """Writes the work on both sides; how far each is at each of the *times*."""
    count = entries * times[-1]
    with opened_branch(pair.branch) as branch, hurried(branch):
        sent = branch.journal.seq
        add_customers(branch, count, Random(15))
    with opened_hub(pair.hub) as hub, hurried(hub):
        taken = int(hub.store.get("position"))
        add_customers(hub, count, Random(16))
    return [Place(sent + one * entries, taken + one * entries) for one in times]


def _run(pair: Pair, places: Sequence[Place], tell: Callable[[str], None]) -> list[Held]:
    tell("memory: all of it goes over the line")
    with (
        pair.run_hub() as hub,
        Running("branch", pair.branch) as branch,
        closing(reader_of(pair.branch)) as reader,
    ):
        return [_held_at(place, reader, hub, branch) for place in places]


def _held_at(place: Place, reader: sqlite3.Connection, hub: Running, branch: Running) -> Held:
    """Waits until both ways are that far."""
    latest = time.monotonic() + SYNC_S_MAX
    while _is_before(place, reader):
        if time.monotonic() > latest:
            raise RuntimeError(f"the sync did not get so far within {SYNC_S_MAX} s")
        time.sleep(LOOK_S)
    children = sum(megabytes(one, *ALONE) for one in children_of(branch.pid))
    return Held(megabytes(hub.pid, "Rss"), megabytes(branch.pid, "Rss") + children)


def _is_before(place: Place, reader: sqlite3.Connection) -> bool:
    sent, taken = ((reader.execute(question).fetchone() or (0,))[0] for question in (ACKNOWLEDGED, CURSOR))
    return sent < place.sent or taken < place.taken
