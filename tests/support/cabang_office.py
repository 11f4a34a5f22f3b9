"""A real head office with two branches that speak to it over real HTTP, for the tests of head office's pages."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cabang_goods import create_goods
from cabang_serving import serving
from cabang_visitor import PASSWORD, PIN

from branch_node.node import BranchNode
from central_hub.app import create_server_app
from central_hub.node import HubNode
from crm import catalogue, customers, money, selling, stock, users, vouchers
from crm.catalogue import Product
from crm.customers import Customer
from crm.selling import Line, Paid
from crm.stock import Moved
from sync.database import using
from sync.folder import Folder
from ui.serve import WebServer

PEOPLE = {
    "wati": ("Wati Kusuma", "owner"),
    "sari": ("Sari Wijayanti", "admin"),
    "rudi": ("Rudi Hartono", "manager"),
    "dewi": ("Dewi Lestari", "cashier"),
}


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

    def shift(self, code: str) -> bytes:
        """A shift at a branch with cash taken out, closed 500 too little; not yet sent."""
        node = self.branches[code]
        with using(node.store), node.journal.unit() as unit:
            made = money.open_shift(unit, 100_000)
            money.move_cash(unit, made, money.OUT, 10_000, "Galon air")
            money.close_shift(unit, made, 89_500)
        return made

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

    def voucher(self, code: str, branch: str, granted: int) -> bytes:
        """A voucher of ten uses, of which one branch was granted some."""
        node = self.branches[branch]
        with using(self.hub.store), self.hub.journal.unit() as unit:
            made = vouchers.issue(unit, code, f"Voucher {code}", 10)
            vouchers.grant(unit, made, node.stream, granted)
        self.sync()
        return made

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
        text = "Satu jam, dengan minyak telon"
        create_goods(unit, code="PIJAT", name="Pijat bayi", price=90_000, description=text)
    return made


@contextmanager
def open_office(folder: Path) -> Iterator[Office]:
    """Inside, head office and both branches, with a few sales, run in *folder*."""
    hub = HubNode.create(Folder(folder / "hub"))
    people = _fill(hub)
    with serving(WebServer(create_server_app(hub), "127.0.0.1", 0)) as server:
        office = Office(hub, server, folder, people=people)
        office.enrol("PTK", hub.add_branch("PTK", "Toko Pontianak", "outlet", "WIB"))
        office.enrol("DPS", hub.add_branch("DPS", "Spa Denpasar", "spa", "WITA"))
        office.receive("PTK", "OLI-1", 20)
        office.receive("DPS", "OLI-1", 5)
        office.sell("PTK", "OLI-1", 2)
        office.sell("DPS", "PIJAT", 1, 90_000)
        office.sync()
        yield office
    for node in office.branches.values():
        node.sync.line.close()
        node.close()
    hub.close()
