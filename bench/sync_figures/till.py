"""Till: the p95 of a sale over HTTP while 10,000 entries go up or come down, against the same till idle."""

from collections.abc import Callable

from bench import till
from bench.figure import Figure
from bench.sync_figures.targets import TILL_OF_IDLE
from bench.till import FULL, Size


def measure(runs: int, tell: Callable[[str], None], size: Size = FULL) -> list[Figure]:
    """Milliseconds of the slowest sale of twenty, median of *runs*, while sending and while receiving."""
    return till.measure(runs, tell, size, TILL_OF_IDLE)
