"""Bytes: what a customer's record of 300 bytes, a sale, a lone sale and an idle round cost on the wire."""

from collections.abc import Callable
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import NamedTuple

from bench import bytes as core
from bench.bytes import SALES, Targets
from bench.figure import Figure, Skipped
from bench.nodes import hurried, make_pair, opened_branch, record_line, segments_in
from bench.shop import add_customers
from bench.sync_figures.targets import IDLE_BYTES, LONE_BYTES, RECORD_BYTES, SALE_BYTES


class Size(NamedTuple):
    """How many customers' records and how many sales are counted."""

    records: int = 5_000
    sales: int = SALES


FULL = Size()


def measure(runs: int, tell: Callable[[str], None], size: Size = FULL) -> list[Figure | Skipped]:
    """Counts, not times: one run is enough, whatever *runs* says."""
    tell(f"bytes: {size.records:,} records of customers")
    record = Figure("bytes of a record", "bytes", _of_a_record(size.records), RECORD_BYTES)
    return [record, *core.measure(runs, tell, size.sales, Targets(SALE_BYTES, IDLE_BYTES, LONE_BYTES))]


def _of_a_record(count: int) -> float:
    """Bytes of the segments that bring customers, each a unit, divided among them."""
    with TemporaryDirectory(prefix="cabang-bench-") as made:
        pair = make_pair(Path(made) / "pair")
        with pair.run_hub(), opened_branch(pair.branch) as branch:
            with hurried(branch):
                add_customers(branch, count, Random(1))
            requests = record_line(branch)
            branch.sync.until_done()
            return sum(map(len, segments_in(requests))) / count
