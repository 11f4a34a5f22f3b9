"""Sale: a three-line sale in one unit, against a bare commit of one row, each after the other."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory

from bench.figure import Figure, compared
from bench.floor import ENTRY_TABLE, fresh_database, one_commit
from bench.nodes import Pair, make_pair, opened_branch
from bench.shop import actor_of, cash_for, ids_of, stock_shop, three_lines
from branch_node.node import BranchNode
from crm.selling import record_sale

ROUNDS, PRODUCTS, CUSTOMERS, TARGET = 500, 500, 500, 3.0
WITH_CUSTOMER = 0.7


def measure(runs: int, tell: Callable[[str], None], rounds: int = ROUNDS) -> list[Figure]:
    """Milliseconds of a sale's commit, median of *rounds* and of *runs*."""
    with TemporaryDirectory(prefix="cabang-bench-") as made:
        folder, rng = Path(made), Random(2)
        pair = make_pair(folder / "pair", lambda hub: stock_shop(hub, PRODUCTS, CUSTOMERS, rng))
        pairs = [_run(pair, folder / f"bare{run}.db", rounds, tell) for run in range(runs)]
    return [compared("sale", "ms", pairs, TARGET, against="bare commit")]


def _run(pair: Pair, bare: Path, rounds: int, tell: Callable[[str], None]) -> tuple[float, float]:
    tell(f"sale: {rounds} sales of three lines")
    rng = Random(3)
    with opened_branch(pair.branch) as branch, fresh_database(bare, ENTRY_TABLE) as connection:
        cashier, products, customers = actor_of(branch), ids_of(branch, "product"), ids_of(branch, "customer")
        both = []
        for seq in range(1, rounds + 1):
            buyer = rng.choice(customers) if rng.random() < WITH_CUSTOMER else None
            seconds = _sell(branch, cashier, buyer, products, rng)
            both.append((seconds * 1000, one_commit(connection, seq) * 1000))
    return median(sale for sale, _ in both), median(commit for _, commit in both)


def _sell(branch: BranchNode, cashier: bytes, customer: bytes | None, products: Sequence[bytes], rng: Random) -> float:
    lines = three_lines(rng, products)
    paid = cash_for(lines)
    began = time.perf_counter()
    with branch.journal.unit(actor=cashier) as unit:
        record_sale(unit, lines=lines, payments=[paid], customer=customer)
    return time.perf_counter() - began
