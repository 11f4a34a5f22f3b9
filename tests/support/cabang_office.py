"""A real head office with two branches that speak to it over real HTTP, for the tests of head office's pages."""

import threading
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from branch_node.node import BranchNode
from central_hub.app import create_server_app
from central_hub.node import HubNode
from crm import catalogue, customers, selling, stock, users
from crm.catalogue import Product
from crm.customers import Customer
from crm.selling import Line, Paid
from crm.stock import Moved
from sync.database import using
from sync.folder import Folder
from ui.serve import WebServer

PASSWORD, PIN = "kata sandi panjang", "2580"
PEOPLE = {
    "wati": ("Wati Kusuma", "owner"),
    "sari": ("Sari Wijayanti", "admin"),
    "rudi": ("Rudi Hartono", "manager"),
    "dewi": ("Dewi Lestari", "cashier"),
}
GOODS = (("OLI-1", "Oli mesin", 45_000, "899001"), ("BAN-2", "Ban luar", 210_000, None), ("BUSI", "Busi", 15_500, None))


@dataclass
class Office:
    """Head office, its branches PTK (outlet, WIB) and DPS (spa, WITA), and the server between them."""

    hub: HubNode
    server: WebServer
    folder: Path
    branches: dict[str, BranchNode] = field(default_factory=dict)
    people: dict[str, bytes] = field(default_factory=dict)

    def sync(self, *codes: str) -> None:
        """Everything both ways, for the branches named or for all, twice so that all hear of each other."""
        for code in 2 * (codes or tuple(self.branches)):
            with using(self.branches[code].store):
                self.branches[code].sync.until_done()

    def enrol(self, code: str, secret: str) -> BranchNode:
        """The computer of branch *code* joins with its one-time code."""
        node = BranchNode.create(Folder(self.folder / code), self.server.url, secret)
        self.branches[code] = node
        self.sync(code)
        return node

    def sell(self, code: str, product: str, quantity: int = 1, price: int = 45_000, **more: Any) -> selling.Receipt:
        """A cash sale of one line at a branch, not yet sent."""
        node = self.branches[code]
        with using(node.store), node.journal.unit() as unit:
            found = catalogue.find(product)
            ident = found.id if found else catalogue.make_provisional(unit, product, "Barang baru", price)
            lines = [Line(ident, quantity, price)]
            return selling.record_sale(unit, lines=lines, payments=[Paid("cash", quantity * price)], **more)

    def receive(self, code: str, product: str, quantity: int) -> None:
        """Goods come in at a branch."""
        node = self.branches[code]
        with using(node.store), node.journal.unit() as unit:
            stock.record_document(unit, "receive", [Moved(self.product(product), quantity)])

    def product(self, code: str) -> bytes:
        """The id of the product with this code at head office."""
        with using(self.hub.store):
            found = catalogue.find(code)
        assert found is not None
        return found.id

    def customer(self, code: str, name: str, **more: Any) -> bytes:
        """A customer made at a branch and known everywhere."""
        node = self.branches[code]
        with using(node.store), node.journal.unit() as unit:
            made = customers.create_customer(unit, name=name, hash_key=node.company_key, **more)
        self.sync()
        return made

    def rename(self, node: BranchNode | HubNode, customer: bytes, name: str, actor: bytes | None = None) -> None:
        """Another name for a customer, at one node."""
        with using(node.store), node.journal.unit(actor=actor) as unit:
            customers.change_customer(unit, customer, {"name": name})

    def conflict(self, name: str) -> bytes:
        """A customer whose name PTK and head office changed without seeing each other."""
        made = self.customer("PTK", name)
        self.rename(self.hub, made, f"{name} Pusat", self.people.get("sari"))
        self.rename(self.branches["PTK"], made, f"{name} Cabang")
        self.sync()
        return made

    def overstep(self, code: str) -> None:
        """A branch with a changed program writes into the catalogue: the hub keeps that for review."""
        node = self.branches[code]
        with using(node.store), node.journal.unit() as unit:
            unit._may_write = lambda spec, row: None  # type: ignore[method-assign]
            values = {"code": "SELUNDUP", "name": "Selundupan", "price": 1}
            unit.insert(Product, values, key=("SELUNDUP",))
        self.sync(code)

    def name_of(self, customer: bytes) -> str:
        """What head office holds as the customer's name."""
        with using(self.hub.store):
            return str(Customer.get(Customer.id == customer).name)

    def count(self, table: str) -> int:
        """Rows of a table at head office."""
        (found,) = self.hub.store.connection().execute(f"SELECT count(*) FROM {table}").fetchone()
        return int(found)


def _fill(hub: HubNode) -> dict[str, bytes]:
    made = {}
    with using(hub.store), hub.journal.unit() as unit:
        for username, (name, role) in PEOPLE.items():
            made[username] = users.create_user(
                unit, username=username, name=name, role=role, password=PASSWORD, pin=PIN
            )
        oils = catalogue.make_category(unit, "Oli")
        for code, name, price, barcode in GOODS:
            values = {"code": code, "name": name, "price": price, "barcode": barcode}
            catalogue.create_product(unit, {**values, "category": oils if code == "OLI-1" else None})
        service = {"code": "PIJAT", "name": "Pijat bayi", "price": 90_000, "kind": "service"}
        catalogue.create_product(unit, {**service, "description": "Satu jam, dengan minyak telon"})
    return made


def open_office(folder: Path) -> Generator[Office]:
    """Makes head office and both branches in *folder*, with a few sales, and ends them afterwards."""
    hub = HubNode.create(Folder(folder / "hub"))
    people = _fill(hub)
    server = WebServer(create_server_app(hub), "127.0.0.1", 0)
    thread = threading.Thread(target=server.start, daemon=True)
    thread.start()
    office = Office(hub, server, folder, people=people)
    office.enrol("PTK", hub.add_branch("PTK", "Toko Pontianak", "outlet", "WIB"))
    office.enrol("DPS", hub.add_branch("DPS", "Spa Denpasar", "spa", "WITA"))
    office.receive("PTK", "OLI-1", 20)
    office.receive("DPS", "OLI-1", 5)
    office.sell("PTK", "OLI-1", 2)
    office.sell("DPS", "PIJAT", 1, 90_000)
    office.sync()
    yield office
    server.stop()
    thread.join()
    for node in office.branches.values():
        node.sync.line.close()
        node.close()
    hub.close()


class Visitor:
    """A browser without scripts: keeps cookies and the token every form needs."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self._token = ""

    def get(self, path: str, status: int = 200, **query: Any) -> str:
        """The page's text; its status must be *status*."""
        answer = self.client.get(path, query_string=query or None)
        text = answer.get_data(as_text=True)
        assert status == answer.status_code, f"{path}: {answer.status_code}\n{text[-2000:]}"
        return text

    def send(self, path: str, **form: str) -> Any:
        """POSTs *form* with the session's token."""
        self._token = self._token or value_of(self.get("/password"), "csrf_token")
        return self.client.post(path, data={"csrf_token": self._token, **form})

    def done(self, path: str, **form: str) -> str:
        """POSTs *form*, which must succeed, and gives the address it leads to."""
        answer = self.send(path, **form)
        assert 302 == answer.status_code, answer.get_data(as_text=True)[-3000:]
        return str(answer.headers["Location"])

    def refused(self, path: str, **form: str) -> str:
        """POSTs *form*, which must be refused beside a field, and gives the page."""
        answer = self.send(path, **form)
        text = str(answer.get_data(as_text=True))
        assert (422, True) == (answer.status_code, "field-error" in text), text[-3000:]
        return text

    def log_in(self, username: str, password: str = PASSWORD) -> "Visitor":
        """Through the real form."""
        form = {"csrf_token": value_of(self.get("/login"), "csrf_token"), "username": username, "password": password}
        assert 302 == self.client.post("/login", data=form).status_code
        return self

    def speak(self, language: str) -> None:
        """Chooses "id" or "en"."""
        self.client.set_cookie("lang", language)


def value_of(page: str, name: str) -> str:
    """The value of the first input called *name*."""
    return page.partition(f'name="{name}" value="')[2].partition('"')[0]
