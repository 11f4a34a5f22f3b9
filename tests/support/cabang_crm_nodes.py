"""Head office and a branch for the tests of crm: each a store and a journal, without a line between them."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from crm.customers import Customer
from crm.search import BATCH, SEARCH_DDL
from sync.clock import Clock
from sync.database import using
from sync.feed import Feed
from sync.journal import Journal, open_epoch
from sync.keys import PrivateKeys
from sync.merger import Merger
from sync.overlay import Overlay
from sync.store import Store
from sync.unit import Unit

NOON = 1_767_243_600_000  # 1 January 2026, 12.00 in Jakarta
DOWNLINK = ("branch", "stock_location", "category", "product", "user")


def chance(first: int) -> Callable[[int], bytes]:
    """Different bytes at each call, the same in each run."""
    calls = iter(range(first, 1_000_000))
    return lambda n: next(calls).to_bytes(n, "big")


@dataclass
class Node:
    """A store and its journal; ``now[0]`` is the clock, in ms."""

    store: Store
    journal: Journal
    now: list[int]

    def unit(self, actor: bytes | None = None) -> AbstractContextManager[Unit]:
        return self.journal.unit(actor=actor)

    def count(self, table: str) -> int:
        (found,) = self.store.connection().execute(f"SELECT count(*) FROM {table}").fetchone()
        return int(found)


def keyring(stream: int) -> PrivateKeys:
    return PrivateKeys(bytes([stream + 1]) * 64)


def make_node(path: Path, stream: int) -> Node:
    """A new node: number 0 is head office."""
    store, draw = Store.create(path, SEARCH_DDL), chance(1)
    open_epoch(store, stream, b"epoch%03d" % stream, draw(6), draw(16), NOON, keyring(stream))
    return open_node(store, stream, draw)


def open_node(store: Store, stream: int, draw: Callable[[int], bytes]) -> Node:
    now = [NOON]
    writer = Overlay() if stream else Merger(Feed(store))
    return Node(store, Journal(store, Clock(lambda: now[0]), draw, keyring(stream), writer), now)


def send_down(hub: Node, branch: Node) -> None:
    """Copies what every branch holds of head office's rows, as the feed does."""
    with branch.store.write() as connection:
        for table in DOWNLINK:
            for row in hub.store.connection().execute(f"SELECT * FROM {table}").fetchall():
                connection.execute(f"INSERT INTO {table} VALUES ({','.join('?' * len(row))})", row)


def crowd(branch: Node) -> None:
    """Makes so many customers, archived ones, that all made before are in the search index."""
    with branch.unit() as unit:
        for place in range(BATCH):
            unit.insert(Customer, {"number": f"Z{place}", "name": "Sari Dewi", "archived": True})


@contextmanager
def run_copy(template: Path, path: Path, stream: int, first: int = 1_000) -> Iterator[Node]:
    """Inside, a node runs on a copy of *template*, and what is read is read there.

    Its guards need not be put back.  A copy of a copy draws other bytes, from *first* on.
    """
    shutil.copy(template, path)
    node = open_node(Store(path), stream, chance(first))
    with using(node.store):
        yield node
    node.store.close()
