"""A head office and one branch, enrolled over real HTTP, and somebody who uses the branch's pages."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cabang_goods import create_goods
from cabang_serving import serving
from cabang_visitor import PASSWORD, PIN, Visitor, value_of, values_of

from branch_node.node import BranchNode
from central_hub.app import create_server_app
from central_hub.node import HubNode
from crm import users
from sync.database import using
from sync.folder import Folder
from ui.serve import WebServer

PEOPLE = {"sari": ("Sari Wijayanti", "supervisor"), "dewi": ("Dewi Lestari", "cashier"), "tuti": ("Tuti", "therapist")}


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
        text = "Termasuk balancing\nroda depan"
        create_goods(unit, code="PASANG", name="Pasang ban", price=20_000, description=text)


def _people(node: BranchNode) -> dict[str, bytes]:
    made = {}
    with using(node.store), node.journal.unit() as unit:
        for username, (name, role) in PEOPLE.items():
            facts: dict[str, Any] = {"username": username, "name": name, "role": role, "branch": node.branch_id}
            made[username] = users.create_user(unit, **facts, password=PASSWORD, pin=PIN)
    return made


@contextmanager
def open_shop(folder: Path) -> Iterator[Shop]:
    """Inside, both nodes run in *folder*."""
    hub = HubNode.create(Folder(folder / "hub"))
    _fill(hub)
    code = hub.add_branch("PTK", "Toko Pontianak", "outlet", "WIB")
    with serving(WebServer(create_server_app(hub), "127.0.0.1", 0)) as server:
        node = BranchNode.create(Folder(folder / "branch"), server.url, code)
        shop = Shop(hub, server, node)
        shop.sync()
        shop.people = _people(node)
        shop.sync()
        yield shop
    node.sync.line.close()
    node.close()
    hub.close()


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
