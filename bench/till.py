"""Till: the p95 of a sale over HTTP while 10,000 entries go up or come down, against the same till idle.

The line is held until the idle till is measured, then let go: the same process, seconds later.
"""

import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from typing import NamedTuple

from bench.cashier import Cashier
from bench.figure import Figure, compared, percentile
from bench.nodes import Pair, make_pair, opened_branch, opened_hub
from bench.process import Running
from bench.relay import Relay
from bench.shop import add_customers, stock_shop

PRODUCTS, CUSTOMERS, TARGET = 200, 100, 3.0
BETWEEN_SALES_S = 0.01
SYNC_S_MAX = 300
CODES = ("10001", "10002", "10003")
ACKNOWLEDGED = "SELECT acknowledged FROM epoch WHERE closed = 0"
CURSOR = "SELECT value FROM node WHERE name = 'cursor'"


class Size(NamedTuple):
    """How many entries move, and how many sales are made before they do."""

    entries: int = 10_000
    idle_sales: int = 150


FULL = Size()


class Direction(NamedTuple):
    """One way entries go: how they are made, and the question whose answer tells how far they are."""

    name: str
    make: Callable[[Pair, int], int]
    question: str


class Times(NamedTuple):
    """Seconds of each sale: idle, and while the entries move."""

    idle: Sequence[float]
    meanwhile: Sequence[float]


def measure(runs: int, tell: Callable[[str], None], size: Size = FULL, target: float = TARGET) -> list[Figure]:
    """Milliseconds of the slowest sale of twenty, median of *runs*, while sending and while receiving."""
    with TemporaryDirectory(prefix="cabang-bench-") as made:
        folder, rng = Path(made), Random(8)
        shop = make_pair(folder / "shop", lambda hub: stock_shop(hub, PRODUCTS, CUSTOMERS, rng))
        done = [(way, _runs(way, shop, runs, size, tell)) for way in DIRECTIONS]
    return [_figure(way, times, target) for way, times in done]


def _runs(way: Direction, shop: Pair, runs: int, size: Size, tell: Callable[[str], None]) -> list[Times]:
    """Each run's times."""
    tell(f"till: {size.entries:,} entries to {way.name}")
    pair = shop.copy(shop.folder.parent / way.name)
    until = way.make(pair, size.entries)
    places = [pair.folder.with_name(f"{way.name}{run}") for run in range(runs)]
    return [_run(way, pair.copy(place), until, size.idle_sales, tell) for place in places]


def _figure(way: Direction, done: Sequence[Times], target: float) -> Figure:
    pairs = [(percentile(busy, 95) * 1000, percentile(idle, 95) * 1000) for idle, busy in done]
    details = {
        "median idle, ms": median(median(idle) for idle, _ in done) * 1000,
        "median meanwhile, ms": median(median(busy) for _, busy in done) * 1000,
        "sales meanwhile": sum(len(busy) for _, busy in done),
    }
    return compared(f"till, p95, {way.name}", "ms", pairs, target, against="idle", details=details)


def _run(way: Direction, pair: Pair, until: int, idle_sales: int, tell: Callable[[str], None]) -> Times:
    with pair.run_hub(), Relay(pair.port) as relay:
        _talk_to(pair, relay.url)
        relay.hold()
        with Running("branch", pair.branch) as branch, closing(reader_of(pair.branch)) as reader:
            cashier = Cashier(branch.said)
            offers = [cashier.offer(code) for code in CODES]
            tell("till: idle")
            idle = [_sell(cashier, offers) for _ in range(idle_sales)]
            tell(f"till: while it has to {way.name}")
            relay.let_go()
            return Times(idle, _while_moving(lambda: _sell(cashier, offers), reader, way.question, until))


def _sell(cashier: Cashier, offers: Sequence[str]) -> float:
    time.sleep(BETWEEN_SALES_S)
    return cashier.sell(offers)[0]


def _while_moving(sell: Callable[[], float], reader: sqlite3.Connection, question: str, until: int) -> list[float]:
    """Sells until the answer to *question* is *until*."""
    latest, times = time.monotonic() + SYNC_S_MAX, []
    while (reader.execute(question).fetchone() or (0,))[0] < until:
        if time.monotonic() > latest:
            raise RuntimeError(f"the sync did not end within {SYNC_S_MAX} s")
        times.append(sell())
    return times


def reader_of(folder: Path) -> sqlite3.Connection:
    """A connection that reads the database of the branch in *folder*, whoever runs it."""
    return sqlite3.connect(f"{(folder / 'branch.db').as_uri()}?mode=ro", uri=True, isolation_level=None)


def _talk_to(pair: Pair, url: str) -> None:
    """The branch finds the hub at *url* from now on."""
    with opened_branch(pair.branch) as branch, branch.store.write():
        branch.store.put("hub_url", url)


def _make_at_branch(pair: Pair, entries: int) -> int:
    """Units at the branch; the number of the last."""
    with opened_branch(pair.branch) as branch:
        add_customers(branch, entries, Random(9))
        return branch.journal.seq


def _make_at_hub(pair: Pair, entries: int) -> int:
    """Units at the hub; the feed's position after the last."""
    with opened_hub(pair.hub) as hub:
        add_customers(hub, entries, Random(9))
        return int(hub.store.get("position"))


DIRECTIONS = (Direction("send", _make_at_branch, ACKNOWLEDGED), Direction("receive", _make_at_hub, CURSOR))
