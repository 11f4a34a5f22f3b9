"""Another client, which shares no line with the product, works as a branch of a real hub over real HTTP."""

import copy
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit

import pytest
from cabang_inside import cabang
from cabang_nodes import digest, start
from cabang_source import ROOT
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from other_bytes import INSERT, KEYED, PERSON, SET, pack, unpack
from other_client import (
    Client,
    Code,
    Line,
    Refused,
    call,
    enrol,
    read_code,
    reminder,
    signed_request,
    write_code,
)
from other_rows import HELD, Rows, Unit, read_tables

from branch_node.node import BranchNode
from crm import customers
from crm.customers import Customer
from sync.database import using
from sync.folder import Folder

pytestmark = pytest.mark.journey
CUSTOMER, PROVISIONAL, SALE, LINE, PAYMENT = 20, 12, 40, 41, 42
TRANSFER, TRANSFER_LINE, EVENT, EVENT_LINE, TIPS = 33, 34, 35, 36, 37
TABLES = read_tables((ROOT / "docs" / "PROTOCOL.md").read_text(encoding="utf-8"))


class CutLine(Line):
    """A line on which the answer to what is sent while ``cut`` never arrives."""

    cut = False

    def post(self, path: str, body: bytes, timeout: float = 20) -> tuple[int, bytes]:
        """Status and body of the answer."""
        answer = super().post(path, body, timeout)
        if self.cut:
            raise ConnectionError("the line was cut")
        return answer


@dataclass
class Desk:
    """The other client at work at branch PTK: what it writes and what it holds."""

    hub: Path
    client: Client
    rows: Rows
    line: CutLine
    code: str

    def write(self, *ops: list[Any], actor: bytes | None = None) -> bytes:
        """One unit of work; PERSON ops and those in a list of their own are personal.  Its first op's name."""
        log = self.client.log
        plain = [op[0] if isinstance(op[0], list) else op for op in ops]
        personal = [op[0] == PERSON or isinstance(op[0], list) for op in ops]
        items = [[pack(op)] if own else pack(op) for op, own in zip(plain, personal, strict=True)]
        log.unit(time.time_ns() // 1_000_000, items, actor)
        unit = Unit(log.stream, log.place.start, log.place.n, log.place.stamp >> 16, actor)
        self.rows.wrote(log.place.seq, unit, plain)
        return unit.name(0)

    def exchange(self) -> None:
        """Everything both ways; afterwards this client holds what head office says it should."""
        self.client.seal()
        self.client.until_done()
        assert digest(self.hub, "--for", "PTK") == f"{self.rows.digest()}\n"

    def values(self, table: int, row: bytes) -> list[Any]:
        """What the client holds of a row."""
        return self.rows.rows[table, row].values


@dataclass
class Company:
    """A hub that runs as a process, a branch of the product's own (DPS), and the other client's desk."""

    hub: Path
    branch: BranchNode
    desk: Desk

    def sync(self) -> None:
        """The product's branch exchanges everything."""
        with using(self.branch.store):
            self.branch.sync.until_done()

    def rename(self, customer: bytes, name: str) -> None:
        """Another name for a customer, at the product's branch, and sent."""
        with using(self.branch.store), self.branch.journal.unit() as unit:
            customers.change_customer(unit, customer, {"name": name})
        self.sync()

    def name(self, customer: bytes) -> str:
        """The customer's name at the product's branch."""
        self.sync()
        with using(self.branch.store):
            return str(Customer.get(Customer.id == customer).name)


def desk(hub: Path, url: str, code: str) -> Desk:
    """The other client, enrolled as PTK."""
    rows, place = Rows(TABLES), urlsplit(url)
    assert place.hostname and place.port
    line = CutLine(place.hostname, place.port)
    client = enrol(line, code, Random("another client").randbytes, rows.take_page)
    rows.epoch = client.log.epoch
    return Desk(hub, client, rows, line, code)


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    """All of it, with one product of head office's."""
    hub, goods = tmp_path / "hub", tmp_path / "products.csv"
    goods.write_text("code,name,price\nOLI-1,Oli mesin,45000\n")
    assert 0 == cabang("hub", "init", hub).exit_code
    assert 0 == cabang("import", "products", hub, goods).exit_code
    theirs, ours = (cabang("hub", "add-branch", hub, code, "--name", code).stdout.strip() for code in ("PTK", "DPS"))
    running = start("hub", hub)
    branch = BranchNode.create(Folder(tmp_path / "dps"), running.url, ours)
    yield Company(hub, branch, desk(hub, running.url, theirs))
    branch.sync.line.close()
    branch.close()
    assert 0 == running.stop()


def test_another_client_is_a_branch_like_any_other(company) -> None:
    """Goal: PROTOCOL.md is enough to write a client.

    Method: customer, changes, a product nobody knew, a sale, a cut, a conflict, the doorbell, entries held for review,
    other keys; after each step the client's own digest must be the one head office tells.
    """
    desk, client = company.desk, company.desk.client
    client.seal()
    assert ["stale_nonce", {}] == client.exchange().refusal
    desk.exchange()

    customer = desk.write([INSERT, CUSTOMER, ["K-1", "individual", None, False]], [PERSON, CUSTOMER, 0, ["Siti"]])
    desk.exchange()
    desk.write(
        [SET, CUSTOMER, [1, 0], [0, [1, 0], "K-2"], [1, [1, 0], "family"]],
        [[SET, CUSTOMER, [1, 0], [5, [1, 0], "Jalan Baru 7", "Pontianak"]]],
    )
    desk.write([KEYED, PROVISIONAL, "BARU-1", ["BARU-1", "Kampas rem", None, "goods", 35_000]])
    sold = [[LINE, ["OLI-1", 2, 45_000, 4_000, 1], ["BARU-1", 1, 35_000, 0, 1]], [PAYMENT, ["cash", 121_000, 150_000]]]
    sale = desk.write([INSERT, SALE, [1, 1, "sale", [3, 0], 121_000], *sold])
    desk.exchange()
    assert "Siti" == company.name(customer)

    send_goods(desk)
    cut(desk)
    company.rename(customer, "Siti Denpasar")
    assert b"\1" == client.wait_for_bell()
    name = desk.write([[SET, CUSTOMER, customer, [4, customer, "Siti Pontianak"]]])
    desk.exchange()
    assert (company.name(customer), "Siti Pontianak") == (desk.values(CUSTOMER, customer)[4], company.name(customer))
    assert [["customer", "name"]] == [
        [row.values[1], row.values[3]] for (table, _), row in desk.rows.rows.items() if table == 200
    ]
    held(desk, customer)
    restored(company)

    desk, client = company.desk, company.desk.client
    refused_enrolments(desk)
    old, certificate = client.key, client.rotate(Random("other keys").randbytes(64))
    refused_calls(client, old, certificate)
    assert ["stale_nonce", {}] == client.exchange().refusal
    desk.write([[SET, CUSTOMER, customer, [4, name, "Siti Aminah"]]])
    desk.exchange()
    assert "Siti Aminah" == company.name(customer)
    assert desk.values(SALE, sale)[:2] == [1, 1]
    assert 0 == cabang("verify", company.hub).exit_code


def send_goods(desk: Desk) -> None:
    """Goods leave for the other branch; head office's stamp of the event comes back, and counts in the digest."""
    desk.write([INSERT, TRANSFER, ["PTK", "DPS"], [TRANSFER_LINE, ["OLI-1", 2]]])
    sent = desk.write([INSERT, EVENT, [[1, 0], "send"], [EVENT_LINE, ["OLI-1", 2]]])
    desk.exchange()
    first = desk.rows.rows[EVENT, sent].effective
    later = desk.write([INSERT, EVENT, [[2, 0], "put_back"], [EVENT_LINE, ["OLI-1", 1]], [TIPS, [sent]]])
    desk.exchange()
    second = desk.rows.rows[EVENT, later].effective
    assert first is not None and second is not None and first < second


def cut(desk: Desk) -> None:
    """What was sent and not answered is asked for, then sent again, and counts once."""
    made = desk.write([INSERT, CUSTOMER, ["K-9", "individual", None, False]])
    desk.client.seal()
    desk.line.cut = True
    with pytest.raises(ConnectionError):
        desk.client.exchange()
    desk.line.cut = False
    answer = desk.client.exchange()
    assert (["stale_nonce", {}], desk.client.log.place.seq) == (answer.refusal, answer.held)
    desk.exchange()
    assert [made] == [row for table, row in desk.rows.rows if table == CUSTOMER and row == made]


def restored(company: Company) -> None:
    """A copy of the past goes on: one unit was not sealed when it was made, and the original went on meanwhile."""
    desk = company.desk
    both = desk.write([INSERT, CUSTOMER, ["K-10", "individual", None, False]], [PERSON, CUSTOMER, 0, ["Dua kali"]])
    past = copy.deepcopy(desk)
    parent = past.client.log.parent[1]
    desk.write([[SET, CUSTOMER, both, [6, both, "1990-04-21"]]])
    desk.exchange()
    past.client.taken = past.rows.take_page
    numbers = past.client.restored(time.time_ns() // 1_000_000)
    past.rows.carried(past.client.log.epoch, parent, numbers)
    unheard(past)
    past.exchange()
    assert (1, "1990-04-21") == (len(numbers), past.values(CUSTOMER, both)[7])
    assert "epoch_closed" == replaced(desk.client)
    company.desk = past


def unheard(desk: Desk) -> None:
    """What head office tells before it knows the epoch of its listener is not taken."""
    client, waiting = desk.client, desk.client.unsent
    client.unsent, before = [], (client.cursor, client.complete, desk.rows.digest())
    assert ["stale_nonce", {}] == client.exchange().refusal
    answer = client.exchange()
    assert (None, 0, True) == (answer.refusal, answer.held, answer.page is not None)
    assert before == (client.cursor, client.complete, desk.rows.digest())
    client.unsent = waiting


def refused_enrolments(desk: Desk) -> None:
    """A code serves one computer; that one gets its answer again."""
    draw = Random("another client").randbytes
    again = enrol(desk.line, desk.code, draw, desk.rows.take_page)
    assert (desk.client.me.stream, desk.client.me.company_key) == (again.me.stream, again.me.company_key)
    with pytest.raises(Refused, match="used_enrolment_code"):
        enrol(desk.line, desk.code, Random("a thief").randbytes, desk.rows.take_page)
    code = read_code(desk.code)
    with pytest.raises(Refused, match="bad_enrolment_code"):
        enrol(desk.line, write_code(Code(code.fingerprint, bytes(10))), draw, desk.rows.take_page)


def refused_calls(client: Client, old: Ed25519PrivateKey, certificate: bytes) -> None:
    """What the old key asks, who is nobody, what was said before: each gets its code, as a body alone."""
    line, stream = client.line, client.me.stream
    asked = [1, stream, client.log.epoch, bytes(8), 0, 0, b"", 0, 0, None, [], 0]
    for code, path, body in (
        ("key_replaced", "/sync/1", signed_request(old, asked)),
        ("unknown_sender", "/sync/1", signed_request(client.key, [1, 99, *asked[2:]])),
        ("bad_signature", "/sync/1", signed_request(client.key, asked)[:-64] + bytes(64)),
        ("unknown_version", "/sync/1", signed_request(client.key, [2, *asked[1:]])),
        ("stale_nonce", "/sync/1/doorbell", call(client.key, stream, bytes(8), 1)),
        ("malformed", "/sync/1/nothing", b""),
    ):
        with pytest.raises(Refused, match=code):
            line.ask(path, body)
    assert [1, 2] == unpack(line.ask("/sync/1/certificate", reminder(client.key, certificate)))


def replaced(client: Client) -> str:
    """What a copy hears that somebody else goes on for."""
    client.exchange()
    answer = client.exchange()
    assert answer.refusal and answer.page is None
    return str(answer.refusal[0])


def held(desk: Desk, customer: bytes) -> None:
    """What cannot be applied is taken, held with its reason, and stops nothing."""
    other = (2).to_bytes(2, "big") + bytes(12)
    wrong: list[list[Any]] = [
        [INSERT, CUSTOMER, ["K-3"]],
        [INSERT, 21, [other, "phone", False]],
        [KEYED, 11, "SAYA", ["SAYA", "Punya saya", None, None, None, "goods", "pcs", 1, 0, None, False]],
        [KEYED, PROVISIONAL, "SATU", ["DUA", "Dua", None, "goods", 1]],
        [9, CUSTOMER, []],
        [SET, CUSTOMER, customer, [4, customer, "terbuka"]],
        [INSERT, SALE, [1, 2, "sale", None, 5], [LINE, ["OLI-1", 1, 6, 0, 1]], [PAYMENT, ["cash", 6]]],
    ]
    for op in wrong:
        desk.write(op)
    desk.exchange()
    reasons = ["bad_value", "missing_row", "not_yours", "bad_value", "unknown_kind", "unreadable_payload", "bad_value"]
    told = sorted((row.values[1], row.values[3]) for (table, _), row in desk.rows.rows.items() if table == HELD)
    assert reasons == [reason for _, reason in told]
    with pytest.raises(Refused, match="malformed"):
        desk.line.ask("/sync/1", b"")
