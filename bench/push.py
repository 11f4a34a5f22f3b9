"""Push: how fast a branch brings 10,000 units of one customer each, or of several, to the hub, against the floor.

Until the last acknowledgement is stored at the branch.  The floor takes the very bodies that were sent.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from bench.figure import Figure, compared
from bench.floor import as_zstd, floor, medians
from bench.nodes import Pair, body_of, make_pair, opened_branch, segments_in
from bench.process import Running, read_frames
from bench.shop import add_customers
from bench.steps import shares

FLOORS = 3


class Load(NamedTuple):
    """What is brought over, as the figure is called, and what it should be of its floor."""

    name: str = "push"
    units: int = 10_000
    together: int = 1  # rows in one unit
    target: float = 0.2

    @property
    def rows(self) -> int:
        """Rows in all units."""
        return self.units * self.together


FULL = Load()


def measure(runs: int, tell: Callable[[str], None], load: Load = FULL) -> list[Figure]:
    """Rows a second, median of *runs*."""
    with TemporaryDirectory(prefix="cabang-bench-") as made:
        folder = Path(made)
        tell(f"{load.name}: committing {load.rows:,} customers at the branch")
        pair = make_pair(folder / "pair")
        with opened_branch(pair.branch) as branch:
            add_customers(branch, load.rows, Random(1), load.together)
        done = [_run(pair.copy(folder / f"{run}"), load, tell) for run in range(runs)]
    return [figure(load, done)]


def figure(load: Load, done: Sequence[Mapping[str, Any]]) -> Figure:
    """The figure of several runs; rounds and shares are those of the run in the middle."""
    pairs = [(one["rows"] / one["seconds"], one["rows"] / one["floor"]) for one in done]
    middle = sorted(done, key=lambda one: one["seconds"])[len(done) // 2]
    details = {name: middle[name] for name in ("rows", "bytes a row", "rounds", "shares")}
    return compared(load.name, "rows/s", pairs, load.target, against="floor", at_least=True, details=details)


def _run(pair: Pair, load: Load, tell: Callable[[str], None]) -> dict[str, Any]:
    tell(f"{load.name}: sending")
    done, at_hub, requests = played(pair, "push")
    segments = segments_in(requests)
    bodies = [as_zstd(*body_of(one)) for one in segments]
    return {
        **done,
        "rows": load.rows,
        "bytes a row": sum(map(len, segments)) / load.rows,
        "shares": shares(done["steps"], at_hub, done["seconds"]),
        "floor": medians(lambda turn: floor(bodies, path=pair.folder / f"floor{turn}.db"), FLOORS),
    }


def played(pair: Pair, role: str) -> tuple[dict[str, Any], dict[str, Any], list[bytes]]:
    """What the branch's process in this *role* and the hub's say at their end, and the frames the branch's left."""
    left = pair.folder / "frames"
    with pair.run_hub() as hub:
        with Running(role, pair.branch, left) as branch:
            done = branch.result()
        return done, hub.stop(), read_frames(left)
