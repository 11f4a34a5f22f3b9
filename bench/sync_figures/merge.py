"""Merge: what one entry costs head office with 1,000 branches instead of ten, and with 10⁶ rows instead of 10⁴.

CPU time of the thread that takes the same segments of one branch, door, merge and commit, at three hubs: new customers,
sales, and changes of cards that head office made.  Interleaved, so that a slow hour is slow for all of them.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from typing import NamedTuple

from bench.figure import Figure, compared
from bench.nodes import Pair, hurried, make_pair, opened_branch, opened_hub
from bench.shop import actor_of, cash_for, customer, ids_of, stock_shop, three_lines
from bench.steps import Steps
from bench.sync_figures.company import ROWS_A_UNIT, Units, add_branches, write_units
from bench.sync_figures.targets import MERGE_MORE_BRANCHES, MERGE_MORE_ROWS
from branch_node.node import BranchNode
from central_hub.node import HubNode
from crm.customers import change_customer, create_customer
from crm.selling import record_sale
from sync import uplink
from sync.database import using

PRODUCTS, CUSTOMERS = 200, 500
_SEALED = "SELECT first, last, secret, signature FROM segment WHERE epoch = ? AND first > ? ORDER BY first"


class Size(NamedTuple):
    """Entries to merge; branches and rows at a small hub, and how many times as many at the two large ones."""

    entries: int = 2_000
    branches: int = 10
    rows: int = 10_000
    more_branches: int = 100
    more_rows: int = 100


class Shape(NamedTuple):
    """How many branches a hub has, the units each has written, and how many times."""

    branches: int
    units: Units
    times: int = 1

    @property
    def rows(self) -> int:
        """Rows of all branches."""
        return self.branches * len(self.units) * self.times * ROWS_A_UNIT


class Cost(NamedTuple):
    """Microseconds of CPU an entry takes, and those of the steps."""

    entry: float
    steps: Mapping[str, float]


FULL = Size()


def measure(runs: int, tell: Callable[[str], None], size: Size = FULL) -> list[Figure]:
    """Microseconds an entry, median of *runs*: with more branches, with more rows, each against the small hub."""
    with TemporaryDirectory(prefix="cabang-bench-") as made:
        folder, rng = Path(made), Random(11)
        pair = make_pair(folder / "pair", lambda hub: stock_shop(hub, PRODUCTS, CUSTOMERS, rng))
        hubs, took = _make_hubs(pair, size, tell)
        turns = _batches(pair, size.entries, runs)
        small, branches, rows = _costs(hubs, turns, size.entries, tell)
    names = f"merge, {size.branches * size.more_branches:,} branches", f"merge, {size.rows * size.more_rows:,} rows"
    return [
        _figure(names[0], branches, small, MERGE_MORE_BRANCHES, took),
        _figure(names[1], rows, small, MERGE_MORE_ROWS, took),
    ]


def _figure(
    name: str, large: Sequence[Cost], small: Sequence[Cost], target: float, made: Mapping[str, float]
) -> Figure:
    pairs = [(one.entry, other.entry) for one, other in zip(large, small, strict=True)]
    details = {
        "steps there, µs": _middle(large),
        "steps at the small hub, µs": _middle(small),
        "seconds to make the hubs": made,
    }
    return compared(name, "µs/entry", pairs, target, against="small hub", details=details)


def _middle(costs: Sequence[Cost]) -> dict[str, float]:
    return {name: median(cost.steps[name] for cost in costs) for name in costs[0].steps}


# --- the hubs --------------------------------------------------------------------------------------------------


def _make_hubs(pair: Pair, size: Size, tell: Callable[[str], None]) -> tuple[list[Path], dict[str, float]]:
    """Folders of the small hub, of the one with more branches and of the one with more rows; seconds each took."""
    each = size.rows // size.branches // ROWS_A_UNIT  # units of a branch at the small hub
    units = _units(pair, each, tell)
    shapes = {
        "small": Shape(size.branches, units),
        "more branches": Shape(size.branches * size.more_branches, units[: max(each // size.more_branches, 1)]),
        "more rows": Shape(size.branches, units, size.more_rows),
    }
    folders, took = [], {}
    for name, shape in shapes.items():
        tell(f"merge: making a hub with {shape.branches:,} branches and {shape.rows:,} rows of theirs")
        began = time.perf_counter()
        folders.append(_make_hub(pair, name, shape))
        took[name] = time.perf_counter() - began
    return folders, took


def _units(pair: Pair, count: int, tell: Callable[[str], None]) -> Units:
    tell(f"merge: writing {count:,} units for the branches to send")
    with opened_branch(pair.copy(pair.folder.with_name("writer")).branch) as writer, hurried(writer):
        return write_units(writer, count, Random(12))


def _make_hub(pair: Pair, name: str, shape: Shape) -> Path:
    made = pair.copy(pair.folder.with_name(name))
    with opened_hub(made.hub) as hub, hurried(hub), using(hub.store):
        add_branches(hub, *shape, Random(13))
    return made.hub


# --- the entries -----------------------------------------------------------------------------------------------


def _batches(pair: Pair, entries: int, runs: int) -> list[list[bytes]]:
    """For each run, segments of so many entries of the branch; the first is one that warms the hub up."""
    rng, batches = Random(14), []
    with opened_branch(pair.branch) as branch, hurried(branch), using(branch.store):
        for _ in range(runs):
            before = branch.journal.seq
            _write(branch, 100, rng)
            branch.journal.seal()
            _write(branch, entries, rng)
            branch.journal.seal()
            batches.append(_segments(branch, before))
    return batches


def _write(branch: BranchNode, entries: int, rng: Random) -> None:
    """Sales, customers and changed cards in turn, each a unit."""
    cashier, products, cards = actor_of(branch), ids_of(branch, "product"), ids_of(branch, "customer")
    for number in range(entries):
        with branch.journal.unit(actor=cashier) as unit:
            if number % 4 == 0:
                create_customer(unit, hash_key=branch.company_key, **customer(rng))
            elif number % 4 == 1:
                change_customer(unit, rng.choice(cards), {"caution": customer(rng)["caution"]})
            else:
                lines = three_lines(rng, products)
                record_sale(unit, lines=lines, payments=[cash_for(lines)], customer=rng.choice(cards))


def _segments(branch: BranchNode, after: int) -> list[bytes]:
    """The segments of this branch that begin after entry *after*."""
    connection, epoch = branch.store.connection(), (branch.journal.epoch, branch.journal.epoch_name)
    found = connection.execute(_SEALED, (epoch[0], after)).fetchall()
    return [uplink.as_sent(connection, branch.stream, epoch, sealed) for sealed in found]


# --- merging ---------------------------------------------------------------------------------------------------


def _costs(
    hubs: Sequence[Path], turns: Sequence[Sequence[bytes]], entries: int, tell: Callable[[str], None]
) -> list[list[Cost]]:
    """For each hub the cost of each run."""
    costs: list[list[Cost]] = [[] for _ in hubs]
    for turn, segments in enumerate(turns):
        tell(f"merge: {entries:,} entries at each of {len(hubs)} hubs, run {turn + 1}")
        for folder, found in zip(hubs, costs, strict=True):
            with opened_hub(folder) as hub, using(hub.store):
                found.append(_cost(hub, segments, entries))
    return costs


def _cost(hub: HubNode, segments: Sequence[bytes], entries: int) -> Cost:
    (stream,) = hub.store.connection().execute("SELECT stream FROM stream ORDER BY stream LIMIT 1").fetchone()
    _take(hub, segments[:1], stream)
    steps = Steps(time.thread_time)
    for name, step in (("_take_group", "take"), ("_accept_all", "accept"), ("_store_and_apply", "apply")):
        steps.watch(hub.exchange, name, step)
    began = time.thread_time()
    _take(hub, segments[1:], stream)
    seconds = time.thread_time() - began
    took = steps.seconds
    parts = {
        "door": took["accept"] - took["apply"],
        "apply": took["apply"],
        "commit": took["take"] - took["accept"],
        "rest": seconds - took["take"],
    }
    return Cost(seconds / entries * 1e6, {name: part / entries * 1e6 for name, part in parts.items()})


def _take(hub: HubNode, segments: Sequence[bytes], stream: int) -> None:
    refusal = hub.exchange.take_segments(list(segments), stream, hub.exchange.registry)
    if refusal:
        raise RuntimeError(f"head office refused the entries: {refusal}")
