"""Pull: how fast a branch takes what head office wrote, in units of one customer each and of fifty, against the floor.

From the first request until nothing is left to take, each row durable at the branch.  The floor takes the very pages
that came: inflate, decode, one SHA-256 a page, upsert each row, one fsync a page.  It keeps no log, since a branch
keeps none of what others wrote, and it lets nobody at the till go first, so that it commits less often than a branch.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from bench.figure import Figure
from bench.floor import floor_of_pages, medians
from bench.nodes import Pair, make_pair, opened_hub
from bench.push import FLOORS, Load, figure, played
from bench.shop import add_customers
from bench.steps import pull_shares
from bench.sync_figures.targets import MANY_OF_FLOOR, SINGLE_OF_FLOOR

LOADS = (Load("pull, single rows", 10_000, 1, SINGLE_OF_FLOOR), Load("pull, 50 rows a unit", 1_000, 50, MANY_OF_FLOOR))


def measure(runs: int, tell: Callable[[str], None], loads: Sequence[Load] = LOADS) -> list[Figure]:
    """Rows a second, median of *runs*, for each load."""
    return [_measure(load, runs, tell) for load in loads]


def _measure(load: Load, runs: int, tell: Callable[[str], None]) -> Figure:
    with TemporaryDirectory(prefix="cabang-bench-") as made:
        folder = Path(made)
        tell(f"{load.name}: committing {load.rows:,} customers at head office")
        pair = make_pair(folder / "pair")
        with opened_hub(pair.hub) as hub:
            add_customers(hub, load.rows, Random(1), load.together)
        return figure(load, [_run(pair.copy(folder / f"{run}"), load, tell) for run in range(runs)])


def _run(pair: Pair, load: Load, tell: Callable[[str], None]) -> dict[str, Any]:
    tell(f"{load.name}: taking")
    done, at_hub, pages = played(pair, "pull")
    return {
        **done,
        "rows": load.rows,
        "bytes a row": sum(map(len, pages)) / load.rows,
        "shares": pull_shares(done["steps"], at_hub, done["seconds"]),
        "floor": medians(lambda turn: floor_of_pages(pages, path=pair.folder / f"floor{turn}.db"), FLOORS),
    }
