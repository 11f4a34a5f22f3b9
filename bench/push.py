"""Push: how fast a branch brings 10,000 units of one customer each to the hub, against the floor.

Until the last acknowledgement is stored at the branch.  The floor takes the very bodies that were sent.
"""

from collections.abc import Callable
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from bench.figure import Figure, compared
from bench.floor import as_zstd, floor, medians
from bench.nodes import Pair, body_of, make_pair, opened_branch, segments_in
from bench.process import Running
from bench.shop import add_customers
from bench.steps import shares

UNITS, FLOORS, TARGET = 10_000, 3, 0.2


def measure(runs: int, tell: Callable[[str], None], units: int = UNITS) -> list[Figure]:
    """Rows a second, median of *runs*."""
    with TemporaryDirectory(prefix="cabang-bench-") as made:
        folder = Path(made)
        tell(f"push: committing {units:,} customers at the branch")
        pair = make_pair(folder / "pair")
        with opened_branch(pair.branch) as branch:
            add_customers(branch, units, Random(1))
        done = [_run(pair.copy(folder / f"{run}"), tell) for run in range(runs)]
    pairs = [(one["entries"] / one["seconds"], one["entries"] / one["floor"]) for one in done]
    middle = sorted(done, key=lambda one: one["seconds"])[len(done) // 2]
    details = {name: middle[name] for name in ("rows", "bytes a row", "rounds", "shares")}
    return [compared("push", "rows/s", pairs, TARGET, against="floor", at_least=True, details=details)]


def _run(pair: Pair, tell: Callable[[str], None]) -> dict[str, Any]:
    tell("push: sending")
    sent = pair.folder / "sent"
    with pair.run_hub() as hub:
        with Running("push", pair.branch, sent) as branch:
            done = branch.result()
        at_hub = hub.stop()
    segments = segments_in(_read(sent))
    bodies = [as_zstd(*body_of(one)) for one in segments]
    return {
        **done,
        "rows": done["entries"],
        "bytes a row": sum(map(len, segments)) / done["entries"],
        "shares": shares(done["steps"], at_hub, done["seconds"]),
        "floor": medians(lambda turn: floor(bodies, path=pair.folder / f"floor{turn}.db"), FLOORS),
    }


def _read(path: Path) -> list[bytes]:
    """The requests in the file: four bytes of length, then the bytes."""
    data, requests = path.read_bytes(), []
    while data:
        size = int.from_bytes(data[:4], "big")
        requests.append(data[4 : 4 + size])
        data = data[4 + size :]
    return requests
