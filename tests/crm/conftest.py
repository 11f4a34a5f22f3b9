"""A head office and a branch, each with a real store and journal, without a line between them."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import pytest

from crm import branches, catalogue, customers
from crm.search import BATCH, SEARCH_DDL
from sync.clock import Clock
from sync.database import using
from sync.feed import Feed
from sync.journal import Journal, open_epoch
from sync.keys import PrivateKeys
from sync.merger import Merger
from sync.model import natural_id
from sync.overlay import Overlay
from sync.store import Store
from sync.unit import Unit

NOON = 1_767_243_600_000  # 1 January 2026, 12.00 in Jakarta
KEY = b"k" * 32
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


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of two databases made once: head office with two branches, and the branch PTK with three products."""
    folder = tmp_path_factory.mktemp("templates")
    hub, branch = make_node(folder / "hub.db", 0), make_node(folder / "branch.db", 1)
    with using(hub.store), hub.unit() as unit:
        branches.create_branch(unit, "PTK", "Pontianak", kind="outlet", stream=1, zone="WIB")
        branches.create_branch(unit, "BJM", "Banjarmasin", kind="spa", stream=2, zone="WITA")
    hub.store.connection().execute("VACUUM INTO ?", (str(folder / "empty.db"),))
    with using(hub.store), hub.unit() as unit:
        catalogue.create_product(unit, {"code": "OLI-1", "name": "Oli mesin", "price": 45_000, "barcode": "899001"})
        catalogue.create_product(unit, {"code": "BAN-2", "name": "Ban luar", "price": 210_000})
        catalogue.create_product(unit, {"code": "PIJAT", "name": "Pijat bayi", "price": 90_000, "kind": "service"})
    send_down(hub, branch)
    hub.store.close()
    branch.store.close()
    return folder


def run_copy(template: Path, path: Path, stream: int) -> Iterator[Node]:
    """A node on a copy of *template*, whose guards need not be put back; what is read while it runs is read there."""
    shutil.copy(template, path)
    node = open_node(Store(path), stream, chance(1_000))
    with using(node.store):
        yield node
    node.store.close()


@pytest.fixture
def hub(tmp_path: Path, templates: Path) -> Iterator[Node]:
    """Head office with two branches: PTK in WIB, BJM in WITA."""
    yield from run_copy(templates / "empty.db", tmp_path / "hub.db", 0)


@pytest.fixture
def branch(tmp_path: Path, templates: Path, hub: Node) -> Iterator[Node]:
    """The branch PTK with three products of head office."""
    yield from run_copy(templates / "branch.db", tmp_path / "branch.db", 1)


@pytest.fixture
def oil(branch: Node) -> bytes:
    """Id of a product of 45,000 rupiah."""
    return natural_id("product", "OLI-1")


@pytest.fixture
def massage(branch: Node) -> bytes:
    """Id of a service of 90,000 rupiah."""
    return natural_id("product", "PIJAT")


@pytest.fixture
def key() -> bytes:
    """The key under which phone numbers are hashed."""
    return KEY


@pytest.fixture
def sari(branch: Node) -> bytes:
    """Id of the customer PTK-000001, who has a phone."""
    with branch.unit() as unit:
        return customers.create_customer(unit, name="Sari Dewi", phones=["0812-3456-7890"], hash_key=KEY)


@pytest.fixture
def crowd(branch: Node) -> Callable[[], None]:
    """Makes so many customers, archived ones, that all made before are in the search index."""

    def make() -> None:
        with branch.unit() as unit:
            for place in range(BATCH):
                unit.insert(customers.Customer, {"number": f"Z{place}", "name": "Sari Dewi", "archived": True})

    return make
