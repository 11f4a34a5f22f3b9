"""A node made for these tests alone (a real database and journal in a temporary folder) and an application on it."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import time_machine
from cabang_serving import serving
from cabang_visitor import PASSWORD, PIN, value_of
from flask import Flask
from flask.testing import FlaskClient

from crm import users
from sync.clock import Clock
from sync.database import using
from sync.feed import Feed
from sync.journal import Journal, open_epoch
from sync.keys import PrivateKeys
from sync.merger import Merger
from sync.store import Store
from ui import install
from ui.access import public, requires
from ui.clock import wall_ms
from ui.navigation import Entry, register
from ui.serve import WebServer

NOW_MS = 1_764_741_900_000  # Wednesday 3 December 2025, 13:05 in Pontianak
FILE = "hub.db"
KEYRING = PrivateKeys(bytes(64))


@dataclass
class FakeNode:
    """What ``ui.node.Node`` asks for."""

    folder: Path
    store: Store
    journal: Journal
    kind: str = "hub"
    code: str = "PTK"
    stream: int = 0
    zone: str = "WIB"
    branch_id: bytes | None = None
    secret_key: bytes = b"only for tests"
    line: tuple[str, str] = ("waiting", "12 catatan menunggu sejak 09.14")
    people: dict[str, bytes] = field(default_factory=dict)

    def line_status(self) -> tuple[str, str]:
        return self.line


def _add_people(node: FakeNode) -> None:
    with using(node.store), node.journal.unit() as unit:
        for username, name, role in (("sari", "Sari Wijayanti", "admin"), ("dewi", "Dewi Lestari", "cashier")):
            made = users.create_user(unit, username=username, name=name, role=role, password=PASSWORD, pin=PIN)
            node.people[username] = made
        node.people["budi"] = users.create_user(unit, username="budi", name="Budi", role="cashier", password=PASSWORD)


def _run(folder: Path, store: Store, people: dict[str, bytes]) -> FakeNode:
    journal = Journal(store, Clock(wall_ms), os.urandom, KEYRING, Merger(Feed(store)))
    return FakeNode(folder, store, journal, people=people)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bytes]]:
    """The node's file, made once, and who is in it."""
    folder = tmp_path_factory.mktemp("template")
    with time_machine.travel(NOW_MS / 1000, tick=False):
        store = Store.create(folder / FILE)
        open_epoch(store, 0, b"12345678", b"start1", bytes(32), NOW_MS, KEYRING)
        node = _run(folder, store, {})
        _add_people(node)
        store.close()
    return folder / FILE, node.people


@pytest.fixture
def node(tmp_path: Path, template: tuple[Path, dict[str, bytes]]) -> Iterator[FakeNode]:
    """A node with three people: sari (admin) and dewi (cashier) have a PIN, budi has none."""
    path, people = template
    store = Store(Path(shutil.copy(path, tmp_path / FILE)))  # its guards need not be put back
    yield _run(tmp_path, store, dict(people))
    store.close()


def _rooms(app: Flask) -> None:
    labels = ("Cashier", "Customers", "Orders", "On hand", "Cash", "Report")
    icons = ("cart3", "people", "bag", "box-seam", "cash-stack", "bar-chart")
    entries = []
    for number, (label, drawing) in enumerate(zip(labels, icons, strict=True)):
        endpoint = f"room{number}"
        app.add_url_rule(f"/room{number}", endpoint, requires()(lambda number=number: f"room {number}"))
        permission = "branches.manage" if label == "Report" else None
        entries.append(Entry(endpoint, label, drawing, permission, "F2" if number == 0 else ""))
    register(app, entries, line="room2")


@pytest.fixture
def app(node: FakeNode) -> Flask:
    """An application with six rooms and the shared pages."""
    made = Flask(__name__)
    made.config.update(TESTING=True, CABANG_GALLERY=True, PROPAGATE_EXCEPTIONS=False)
    made.extensions["cabang"] = node
    made.add_url_rule("/open", "open", public(lambda: "open"), methods=["GET", "POST"])
    made.add_url_rule("/manage", "manage", requires("branches.manage")(lambda: "managed"), methods=["GET", "POST"])
    install(made)
    _rooms(made)
    return made


class Visitor:
    """A browser without scripts: keeps cookies and finds the token every form needs."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def token(self, path: str = "/login") -> str:
        return value_of(self.client.get(path).get_data(as_text=True), "csrf_token")

    def send(self, path: str, page: str = "/login", headers: dict[str, str] | None = None, **form: str) -> Any:
        """POSTs *form* with the token taken from *page*."""
        return self.client.post(path, data={"csrf_token": self.token(page), **form}, headers=headers)

    def log_in(self, username: str, password: str = PASSWORD, next: str = "") -> Any:  # noqa: A002
        return self.send("/login", username=username, password=password, next=next)

    def speak(self, language: str) -> None:
        self.client.set_cookie("lang", language)


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    """Somebody at the door, not logged in."""
    return Visitor(app.test_client())


@pytest.fixture
def another(app: Flask) -> Visitor:
    """A second browser."""
    return Visitor(app.test_client())


@pytest.fixture
def moments() -> Iterator[Any]:
    """Stops the clock at NOW_MS; ``moments.shift(seconds)`` moves it."""
    with time_machine.travel(NOW_MS / 1000, tick=False) as traveller:
        yield traveller


@pytest.fixture
def server(app: Flask) -> Iterator[str]:
    """The application behind a real socket; gives the beginning of its addresses."""
    with serving(WebServer(app, "127.0.0.1", 0)) as served:
        yield served.url.rstrip("/")
