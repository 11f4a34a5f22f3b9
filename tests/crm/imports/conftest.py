"""Places to import at: the branch and the head office of the tests of crm, as commands see a node."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cabang_crm_nodes import NOON

from crm.imports import run
from crm.search import SEARCH_DDL
from sync.clock import Clock
from sync.journal import Journal, open_epoch
from sync.keys import PrivateKeys
from sync.overlay import Overlay
from sync.store import Store


@dataclass
class Place:
    """What an import needs of a node."""

    kind: str
    stream: int
    store: Store
    journal: Journal
    branch_id: bytes | None
    zone: str = "WIB"
    company_key: bytes = b"k" * 32

    def take(
        self, kind: str, path: Path, progress: Callable[[str, int, int], None] | None = None, **more: str
    ) -> dict[str, Any]:
        """Imports *path*."""
        args = {"kind": kind, "file": str(path), **more}
        return run(self, args, progress or (lambda text, done, total: None))

    def rows(self, sql: str, *params: object) -> list[tuple[Any, ...]]:
        """What a query finds here."""
        return self.store.connection().execute(sql, params).fetchall()


@pytest.fixture
def shop(branch) -> Place:
    """The branch PTK."""
    return Place("branch", 1, branch.store, branch.journal, b"ptk")


@pytest.fixture
def office(hub) -> Place:
    """Head office."""
    return Place("hub", 0, hub.store, hub.journal, None)


@pytest.fixture
def write(tmp_path) -> Callable[..., Path]:
    """Writes a small file and gives its path."""

    def make(text: str | bytes, name: str = "berkas.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return make


@pytest.fixture
def quirks() -> Path:
    """A small file of sales with every quirk we know."""
    return Path(__file__).parents[2] / "data" / "penjualan_quirks.csv"


@pytest.fixture
def another(tmp_path) -> Iterator[Callable[[int], Place]]:
    """Makes branches of their own, by number of the file, that know nothing yet."""
    made: list[Place] = []

    def make(number: int) -> Place:
        store = Store.create(tmp_path / f"another-{number}.db", SEARCH_DDL)
        keyring = PrivateKeys(bytes([number + 9]) * 64)
        open_epoch(store, 1, b"another!", b"start0", b"s" * 16, NOON, keyring)
        clock = Clock(lambda: NOON)
        made.append(Place("branch", 1, store, Journal(store, clock, os.urandom, keyring, Overlay()), b"ptk"))
        return made[-1]

    yield make
    for place in made:
        place.store.close()
