"""A branch at work, for cuts of its power and faults of its disk: the production node, a head office within reach."""

import contextlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest
from cabang_pair import NOON, seeded

import branch_node.node
import central_hub.node
from branch_node.node import BranchNode
from central_hub.node import HubNode
from crm import balances, catalogue, customers, messages, stock
from crm.commands import back_up
from crm.customers import Customer
from crm.selling import record_sale
from crm.selling.rules import Line, Paid
from sync import audit, enrol, epochs, exchange, keys, wire
from sync import store as store_module
from sync.branch import Progress
from sync.database import using
from sync.folder import Folder
from sync.node import new_keys
from sync.store import Store

URL = "https://hub.example"
CODES = ("OLI", "BAN", "BUSI", "KAMPAS")
CHECKPOINT_PAGES = 120  # so that a dozen checkpoints fall into a morning
BACKUP = "backup"

Printed = tuple[int, int]  # a receipt: its number, its total in rupiah


@dataclass
class Promises:
    """What the outside has been told so far, and may rely on."""

    printed: list[Printed] = field(default_factory=list)
    heard: int = 0  # entries of the branch that head office has signed for
    position: int = 0  # how far head office has told its feed
    begun: int = 1  # epochs of the branch that may have begun


@dataclass
class Shop:
    """A branch's node in ``folder / "branch"``, and head office."""

    folder: Path
    hub: HubNode
    node: BranchNode
    draw: Random
    told: Callable[[], None] = lambda: None
    promises: Promises = field(default_factory=Promises)

    # --- deeds -----------------------------------------------------------------------------------------------

    def sell(self) -> None:
        """One sale; its receipt is printed once the unit is behind us."""
        found = [row for (row,) in self._query("SELECT id FROM item ORDER BY id")]
        lines = [
            Line(row, self.draw.randint(1, 3), 1000 * self.draw.randint(1, 9))
            for row in self.draw.sample(found, self.draw.randint(1, 3))
        ]
        total = sum(line.quantity * line.price for line in lines)
        cards = [None, *(row for (row,) in self._query("SELECT id FROM customer ORDER BY id"))]
        with self.node.journal.unit() as unit:
            made = record_sale(unit, lines=lines, payments=[Paid("cash", total)], customer=self.draw.choice(cards))
        self.promises.printed.append((made.number, made.total))
        self.told()

    def customer(self) -> None:
        """A new card with a phone and a consent."""
        phones = [f"0812-{self.draw.randint(1000, 9999)}-{self.draw.randint(100, 999)}"]
        with using(self.node.store), self.node.journal.unit() as unit:
            card = customers.create_customer(unit, name="Sari Dewi", phones=phones, hash_key=self.node.company_key)
            customers.set_consent(unit, card, customers.PURPOSES[0], True)

    def sell_to_somebody_new(self) -> None:
        """Card, sale and the message about it in one unit, as the till does it."""
        with using(self.node.store), self.node.journal.unit() as unit:
            product = unit.query("SELECT id FROM item ORDER BY id LIMIT 1", ())[0][0]
            card = customers.create_customer(unit, name="Agus", phones=[], hash_key=self.node.company_key)
            made = record_sale(unit, lines=[Line(product, 1, 500)], payments=[Paid("qris", 500)], customer=card)
            messages.queue(unit, kind="receipt", cause=made.id.hex(), recipient="0812-3456-7890", text="Terima kasih")
        self.promises.printed.append((made.number, made.total))
        self.told()

    def change(self) -> None:
        """The card made first moves."""
        card = self._query("SELECT id FROM customer ORDER BY id LIMIT 1")[0][0]
        with self.node.journal.unit() as unit:
            unit.set(Customer, card, {"street": f"Jl. Melati {self.draw.randint(1, 99)}", "city": "Pontianak"})

    def goods(self) -> None:
        """A delivery."""
        found = [row for (row,) in self._query("SELECT id FROM item ORDER BY id")]
        with self.node.journal.unit() as unit:
            stock.record_document(unit, "receive", [stock.Moved(row, 20) for row in found])

    def seal(self) -> None:
        """As at the end of a shift; the canary follows."""
        self.node.journal.seal()

    def price(self) -> None:
        """Head office says something new."""
        with using(self.hub.store), self.hub.journal.unit() as unit:
            product = unit.query("SELECT id FROM product ORDER BY id LIMIT 1", ())[0][0]
            catalogue.change_product(unit, product, {"price": 1000 * self.draw.randint(1, 99)})
        self.hub.journal.seal()

    def sync(self) -> None:
        """Everything both ways."""
        while self._round().more:
            pass

    def _round(self) -> Progress:
        link = self.node.link
        answer = self._answer()
        if answer.refusal and answer.refusal.code == "stale_nonce":
            link.take(answer, None)
            answer = self._answer()
        page = answer.page
        return link.take(
            answer, exchange.open_page(page, self.node.stream, link.nonce, link.hub_public) if page else None
        )

    def _answer(self) -> exchange.Answer:
        asked = self.node.link.ask(0)
        answer = exchange.read_answer(wire.encode(self.hub.exchange.answer(asked)), "hub")
        query = "SELECT coalesce(max(seq), 0) FROM entry WHERE stream = ?"
        self.promises.heard = self.hub.store.connection().execute(query, (self.node.stream,)).fetchone()[0]
        self.promises.position = answer.page.until if answer.page else self.promises.position
        self.told()
        return answer

    def new_epoch(self) -> None:
        """The log goes on in a new epoch, as after a database was put back."""
        self.promises.begun += 1
        self.told()
        epochs.go_on(self.node.journal, epochs.OLDER)

    def back_up(self) -> None:
        """A backup into a folder beside the node's."""
        target = self.folder / BACKUP / "one.cabang"
        target.unlink(missing_ok=True)
        back_up(self.node, {"file": str(target)}, lambda *_: None)

    def restart(self) -> None:
        """The process ends in order (SQLite writes its log into the file) and another begins."""
        self.node.close()
        self.node = open_branch(self.folder / "branch")

    def _query(self, sql: str) -> list[tuple[bytes]]:
        return self.node.store.connection().execute(sql).fetchall()


def open_branch(folder: Path) -> BranchNode:
    """The node as a process that starts opens it, with a clock that stands still."""
    home = Folder(folder)
    return BranchNode(home, Store.open(home.database()), device=lambda: NOON)


def open_hub(folder: Path) -> HubNode:
    """The same for head office."""
    return HubNode.open(Folder(folder), device=lambda: NOON)


def create(folder: Path) -> None:
    """Makes head office and an enrolled branch that have heard from each other."""
    (folder / BACKUP).mkdir()
    hub = HubNode.create(Folder(folder / "hub"), device=lambda: NOON)
    with using(hub.store), hub.journal.unit() as unit:
        for code in CODES:
            catalogue.create_product(unit, {"code": code, "name": code.title(), "price": 20_000})
    enrolment = keys.read_code(hub.add_branch("PTK", "Toko Pontianak"))
    home = Folder(folder / "branch")
    home.create()
    ring = new_keys(home)
    welcome = enrol.admit(hub.store, hub.keyring, enrol.apply(enrolment, ring), hub.company_key, NOON)
    node = BranchNode._make(home, URL, *enrol.read_welcome(welcome, enrolment, ring, URL), ring)
    node.clock = type(node.clock)(lambda: NOON)
    shop = Shop(folder, hub, node, Random(0))
    shop.sync()
    shop.customer()
    shop.goods()
    shop.node.recovery_secret()
    shop.sync()
    node.close()
    hub.close()


@contextlib.contextmanager
def opened(folder: Path, seed: str = "power", checkpoint_pages: int = CHECKPOINT_PAGES) -> Iterator[Shop]:
    """Inside, both nodes of a copy of what ``create`` made work in *folder*; chance is seeded, checkpoints frequent."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(branch_node.node, "draw", seeded(seed))
        patch.setattr(central_hub.node, "draw", seeded(f"hub {seed}"))
        pragmas = (*store_module._PRAGMAS[:-1], f"PRAGMA wal_autocheckpoint = {checkpoint_pages}")
        patch.setattr(store_module, "_PRAGMAS", pragmas)
        hub = open_hub(folder / "hub")
        shop = Shop(folder, hub, open_branch(folder / "branch"), Random(seed))
        yield shop
        shop.node.close()
        hub.close()


def copy(template: Path, folder: Path) -> Path:
    """A copy of the folder that ``create`` filled."""
    return shutil.copytree(template, folder)


def check_branch(node: BranchNode, promises: Promises) -> None:
    """Every promise is kept by this branch, and everything in it verifies."""
    connection = node.store.connection()
    held = set(connection.execute("SELECT number, total FROM sale WHERE stream = ?", (node.stream,)))
    lost = set(promises.printed) - held
    assert not lost, f"receipts {sorted(lost)} were printed and are gone"
    assert promises.heard <= node.journal.seq, "head office holds what the branch has forgotten"
    ((begun,),) = connection.execute("SELECT count(*) FROM epoch WHERE stream = ?", (node.stream,))
    assert begun <= promises.begun, "the node takes itself for an older copy"
    _verify(node, node.link.hub_public)


def check_hub(node: HubNode, promises: Promises) -> None:
    """Everything head office has signed for and told is there, and verifies."""
    ((heard,),) = node.store.connection().execute("SELECT coalesce(max(seq), 0) FROM entry WHERE stream > 0")
    assert promises.heard <= heard, "head office has forgotten what it signed for"
    assert promises.position <= node.store.get("position"), "head office has forgotten what it told"
    ((begun,),) = node.store.connection().execute("SELECT count(*) FROM epoch WHERE stream = 0")
    assert 1 == begun, "head office takes itself for an older copy"
    _verify(node, node.keyring.sign_public)


def _verify(node: BranchNode | HubNode, hub_public: bytes) -> None:
    connection = node.store.connection()
    audit.verify(connection, node.keyring.sign_public, hub_public, lambda done, total: None)
    balances.verify(connection)
