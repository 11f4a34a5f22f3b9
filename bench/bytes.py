"""Bytes: what 300 sales drawn from a real shop's file, an idle round and a lone sale cost on the wire."""

from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import NamedTuple

from bench import real_file
from bench.figure import Figure, Skipped
from bench.nodes import make_pair, opened_branch, record_line, segments_in
from bench.real_file import FileSale
from bench.relay import Relay
from bench.shop import actor_of, add_cashier, cash_for
from branch_node.node import BranchNode
from branch_node.pages.baskets import new_token
from central_hub.node import HubNode
from crm.catalogue.edit import create_product
from crm.customers import customer_numbered
from crm.selling import record_sale
from crm.selling.rules import Line
from sync.database import using
from sync.model import natural_id
from sync.node import device_ms

SALES = 300
BETWEEN_SALES_MS = 4 * 60_000  # on average: stamps are as far apart as in a real shop


class Targets(NamedTuple):
    """Bytes at most: of a sale, of an idle round, of a lone sale's request."""

    sale: int = 70
    idle: int = 700
    lone: int = 450


CORE = Targets()


class Counted(NamedTuple):
    """Bytes: of all segments, of the requests that brought them, of an idle round, of a lone sale's request."""

    segments: int
    requests: int
    idle_up: int
    idle_down: int
    lone: int


class ShopClock:
    """The branch's clock, which runs ahead as the shop's day goes on, ms UTC."""

    def __init__(self) -> None:
        self._ahead = 0
        self._rng = Random(5)

    def __call__(self) -> int:
        return device_ms() + self._ahead

    def some_minutes(self) -> None:
        """Until the next customer."""
        self._ahead += round(self._rng.expovariate(1 / BETWEEN_SALES_MS))

    def next_day(self) -> None:
        """Past all that was sold, even when the hub has put the clock right since."""
        self._ahead += self._ahead


def measure(
    runs: int, tell: Callable[[str], None], sales: int = SALES, targets: Targets = CORE
) -> list[Figure | Skipped]:
    """Counts, not times: one run is enough, whatever *runs* says."""
    path = real_file.find()
    if path is None:
        return [Skipped("bytes", real_file.ABSENT)]
    tell(f"bytes: {sales} sales of the real file")
    counted = _count(real_file.draw(path, sales))
    idle = counted.idle_up + counted.idle_down
    with_requests = {"with the requests around them": counted.requests / sales}
    ways = {"request": counted.idle_up, "response": counted.idle_down}
    return [
        Figure("bytes of a sale", "bytes", counted.segments / sales, targets.sale, details=with_requests),
        Figure("bytes of an idle round", "bytes", idle, targets.idle, details=ways),
        Figure("bytes of a lone sale", "bytes", counted.lone, targets.lone),
    ]


def _count(sales: Sequence[FileSale]) -> Counted:
    clock = ShopClock()
    with TemporaryDirectory(prefix="cabang-bench-") as made:
        pair = make_pair(Path(made) / "pair", lambda hub: _fill(hub, sales))
        with pair.run_hub(), Relay(pair.port) as relay, opened_branch(pair.branch, clock) as branch:
            requests = record_line(branch, relay.url)
            branch.sync.until_done()
            requests.clear()
            for sale in sales:
                clock.some_minutes()
                _sell(branch, sale)
            branch.sync.until_done()
            carrying = [data for data in requests if segments_in([data])]
            up, down = _idle(branch, relay)
            lone = _lone(branch, clock, sales[0], requests)
            return Counted(sum(map(len, segments_in(carrying))), sum(map(len, carrying)), up, down, lone)


def _lone(branch: BranchNode, clock: ShopClock, sale: FileSale, requests: list[bytes]) -> int:
    """Bytes of the request that brings one sale."""
    clock.next_day()
    requests.clear()
    _sell(branch, sale)
    branch.sync.round()
    return len(requests[0])


def _idle(branch: BranchNode, relay: Relay) -> tuple[int, int]:
    """Bytes of a round with nothing to say on a line that is open."""
    branch.sync.round()
    relay.reset()
    branch.sync.round()
    return relay.up, relay.down


def _fill(hub: HubNode, sales: Sequence[FileSale]) -> None:
    """Head office knows the products and customers of *sales*."""
    with using(hub.store):
        add_cashier(hub)
        products = {line.code: line for sale in sales for line in sale.lines}
        for line in products.values():
            with hub.journal.unit() as unit:
                create_product(unit, {"code": line.code, "name": line.name, "price": line.price})
        for number in {sale.customer for sale in sales} - {""}:
            with hub.journal.unit() as unit:
                customer_numbered(unit, number)


def _sell(branch: BranchNode, sale: FileSale) -> None:
    """Sells as the till does; its basket token stays at the branch."""
    lines = [Line(natural_id("product", line.code), line.quantity, line.price) for line in sale.lines]
    customer = natural_id("customer", sale.customer) if sale.customer else None
    with using(branch.store), branch.journal.unit(actor=actor_of(branch)) as unit:
        made = record_sale(unit, lines=lines, payments=[cash_for(lines)], customer=customer)
        unit.remember(new_token(), made.id)
