"""Push: a branch brings units of one customer each, then units of fifty, to the hub, each against the floor."""

from collections.abc import Callable, Sequence

from bench import push
from bench.figure import Figure
from bench.push import Load
from bench.sync_figures.targets import MANY_OF_FLOOR, SINGLE_OF_FLOOR

LOADS = (Load("push, single rows", 10_000, 1, SINGLE_OF_FLOOR), Load("push, 50 rows a unit", 1_000, 50, MANY_OF_FLOOR))


def measure(runs: int, tell: Callable[[str], None], loads: Sequence[Load] = LOADS) -> list[Figure]:
    """Rows a second, median of *runs*, for each load."""
    return [figure for load in loads for figure in push.measure(runs, tell, load)]
