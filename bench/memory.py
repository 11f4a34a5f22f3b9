"""Memory: what a branch's process and its child hold after 1,000 mixed requests on a real shop's imported file.

All resident pages of the process and what is the child's alone: the libraries they share count once, and whatever
else runs on this computer makes the figure no smaller.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from bench import real_file
from bench.cashier import Cashier
from bench.figure import Figure, Skipped
from bench.nodes import Pair, make_pair, opened_branch
from bench.process import Running
from bench.shop import add_cashier, ids_of
from crm import imports
from sync.database import using

REQUESTS, TARGET_MB = 1_000, 120
PROC = Path("/proc")
ALONE = ("Private_Clean", "Private_Dirty")
LISTS = ("/till", "/customers", "/stock", "/sales", "/products", "/status", "/conflicts")
WORDS = ("17", "PTK", "heart", "lantern", "bag red", "85")


def measure(runs: int, tell: Callable[[str], None], count: int = REQUESTS) -> list[Figure | Skipped]:
    """MB, once: a second run would say the same, whatever *runs* says."""
    path = real_file.find()
    if path is None:
        return [Skipped("memory", real_file.ABSENT)]
    if not (PROC / "self" / "smaps_rollup").exists():
        return [Skipped("memory", f"{sys.platform} does not tell a process's share of memory")]
    with TemporaryDirectory(prefix="cabang-bench-") as made:
        pair = make_pair(Path(made) / "pair", add_cashier)
        tell("memory: importing the real file")
        customers, products = _import(pair, path)
        return [_figure(pair, count, customers, products, tell)]


def _import(pair: Pair, path: Path) -> tuple[list[str], list[str]]:
    """Takes the file at the branch; addresses of customers and products there."""
    with opened_branch(pair.branch) as branch, using(branch.store):
        imports.run(branch, {"kind": "sales", "file": str(path)}, lambda what, done, total: None)
        customers = [f"/customers/{one.hex()}" for one in ids_of(branch, "customer")]
        return customers, [f"/products/{one.hex()}" for one in ids_of(branch, "provisional_product")]


def _figure(pair: Pair, count: int, customers: list[str], products: list[str], tell: Callable[[str], None]) -> Figure:
    tell(f"memory: {count:,} requests while the file goes to the hub")
    with pair.run_hub(), Running("branch", pair.branch) as branch:
        cashier, rng = Cashier(branch.said), Random(7)
        for number in range(count):
            _one_request(cashier, number, rng, customers, products)
        children = children_of(branch.pid)
        held = {"branch": megabytes(branch.pid, "Rss"), "child": sum(megabytes(one, *ALONE) for one in children)}
        shared = sum(megabytes(one, "Pss") for one in [branch.pid, *children])
    details = {**held, "shared pages divided among all who share them just now": shared}
    return Figure("memory", "MB", sum(held.values()), TARGET_MB, details=details)


def _one_request(cashier: Cashier, number: int, rng: Random, customers: list[str], products: list[str]) -> None:
    """The *number*-th of the mixed requests: lists, searches, cards, and every tenth a sale with its receipt."""
    kind = number % 10
    if kind == 0:
        offers = [cashier.offer(code) for code in ("85123A", "71053", "22423")]
        cashier.get(cashier.sell(offers)[1])
    elif kind < 4:
        cashier.get(rng.choice(LISTS))
    elif kind < 6:
        cashier.get(rng.choice(customers))
    elif kind < 8:
        cashier.get(rng.choice(products))
    else:
        cashier.get(rng.choice(("/customers", "/stock", "/products", "/till/customers")), q=rng.choice(WORDS))


def children_of(pid: int) -> list[int]:
    """The processes started by *pid*."""
    tasks = (PROC / str(pid) / "task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


def megabytes(pid: int, *kinds: str) -> float:
    """A process's pages of these *kinds* in MB: Rss all resident ones, Pss its part of the shared ones."""
    lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.partition(":")[0] in kinds) / 1024
