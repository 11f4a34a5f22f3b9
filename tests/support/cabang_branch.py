"""A head office and one branch, enrolled over real HTTP, and somebody who uses the branch's pages."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from branch_node.node import BranchNode
from central_hub.app import create_server_app
from central_hub.node import HubNode
from crm import catalogue, users
from sync.database import using
from sync.folder import Folder
from ui.serve import WebServer

PASSWORD, PIN = "kata sandi panjang", "2580"
PEOPLE = {"sari": ("Sari Wijayanti", "supervisor"), "dewi": ("Dewi Lestari", "cashier"), "tuti": ("Tuti", "therapist")}
GOODS = (("OLI-1", "Oli mesin", 45_000, "899001"), ("BAN-2", "Ban luar", 210_000, None), ("BUSI", "Busi", 15_500, None))


@dataclass
class Shop:
    """A branch with its people and products, its head office, and the server between them."""

    hub: HubNode
    server: WebServer
    node: BranchNode
    people: dict[str, bytes] = field(default_factory=dict)

    def sync(self) -> None:
        """Everything both ways."""
        with using(self.node.store):
            self.node.sync.until_done()

    def count(self, table: str) -> int:
        (found,) = self.node.store.connection().execute(f"SELECT count(*) FROM {table}").fetchone()
        return int(found)


def _fill(hub: HubNode) -> None:
    with using(hub.store), hub.journal.unit() as unit:
        oils = catalogue.make_category(unit, "Oli")
        for code, name, price, barcode in GOODS:
            values = {"code": code, "name": name, "price": price, "barcode": barcode}
            catalogue.create_product(unit, {**values, "category": oils if code == "OLI-1" else None})
        service = {"code": "PASANG", "name": "Pasang ban", "price": 20_000, "kind": "service"}
        catalogue.create_product(unit, {**service, "description": "Termasuk balancing\nroda depan"})


def _people(node: BranchNode) -> dict[str, bytes]:
    made = {}
    with using(node.store), node.journal.unit() as unit:
        for username, (name, role) in PEOPLE.items():
            facts: dict[str, Any] = {"username": username, "name": name, "role": role, "branch": node.branch_id}
            made[username] = users.create_user(unit, **facts, password=PASSWORD, pin=PIN)
    return made


def open_shop(folder: Path) -> Iterator[Shop]:
    """Makes both nodes in *folder* and ends them afterwards."""
    hub = HubNode.create(Folder(folder / "hub"))
    _fill(hub)
    code = hub.add_branch("PTK", "Toko Pontianak", "outlet", "WIB")
    server = WebServer(create_server_app(hub), "127.0.0.1", 0)
    thread = threading.Thread(target=server.start, daemon=True)
    thread.start()
    node = BranchNode.create(Folder(folder / "branch"), server.url, code)
    shop = Shop(hub, server, node)
    shop.sync()
    shop.people = _people(node)
    shop.sync()
    yield shop
    server.stop()
    thread.join()
    node.sync.line.close()
    node.close()
    hub.close()


class Visitor:
    """A browser without scripts: keeps cookies and the token every form needs."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self._token = ""

    def get(self, path: str, status: int = 200, **query: Any) -> str:
        answer = self.client.get(path, query_string=query or None)
        assert status == answer.status_code, answer.get_data(as_text=True)[-2000:]
        return answer.get_data(as_text=True)

    def token(self) -> str:
        self._token = self._token or value_of(self.get("/password"), "csrf_token")
        return self._token

    def send(self, path: str, form: Any = None, headers: dict[str, str] | None = None) -> Any:
        """POSTs *form* (a dict whose values may be lists) with the session's token."""
        return self.client.post(path, data={"csrf_token": self.token(), **(form or {})}, headers=headers)

    def log_in(self, username: str) -> "Visitor":
        page = self.get("/login")
        form = {"csrf_token": value_of(page, "csrf_token"), "username": username, "password": PASSWORD}
        assert 302 == self.client.post("/login", data=form).status_code
        return self

    def speak(self, language: str) -> None:
        self.client.set_cookie("lang", language)


def value_of(page: str, name: str) -> str:
    """The value of the first input called *name*."""
    return page.partition(f'name="{name}" value="')[2].partition('"')[0]


def values_of(page: str, name: str) -> list[str]:
    """The values of all inputs called *name*."""
    return [part.partition('"')[0] for part in page.split(f'name="{name}" value="')[1:]]


class TillHand:
    """Sells through the till's form as its script does."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor

    def basket(self, *lines: tuple[str, str], **more: Any) -> dict[str, Any]:
        """A form: *lines* are (code, quantity)."""
        page = self.visitor.get("/till")
        offers = [values_of(self.visitor.get("/till/find", q=code), "offer")[0] for code, _ in lines]
        facts = {"token": value_of(page, "token"), "offer": offers, "quantity": [quantity for _, quantity in lines]}
        return {**facts, "method": "cash", "tendered": "1.000.000", **more}

    def sell(self, *lines: tuple[str, str], **more: Any) -> str:
        """Sells and gives the address of the receipt."""
        answer = self.visitor.send("/till", self.basket(*lines, **more))
        assert 303 == answer.status_code, answer.get_data(as_text=True)
        return str(answer.headers["Location"])
