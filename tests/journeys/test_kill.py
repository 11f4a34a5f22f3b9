"""kill −9 of a branch, of the hub and of the SMS program: no printed receipt is lost, and no SMS goes out twice.

(A killed process is not a power cut: what the disk had not kept is not lost here.)
"""

import json
import random
import socket
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests
from cabang_testing import good, start_cli
from modem import Modem

from branch_node.node import BranchNode
from crm import customers
from sync.database import using
from sync.folder import Folder
from ui.story.browser import Browser, Sold
from ui.story.errors import PageRefused

ROUNDS, MANY = 60, 2_000
BRANCH, HUB, SMS = "branch", "hub", "SMS program"
SELLING, AT_REST, SENDING = "while somebody sells", "just after a sale", "while the modem sends"
SITUATIONS = ((BRANCH, SELLING), (SMS, SENDING), (HUB, SELLING), (BRANCH, AT_REST), (SMS, AT_REST), (HUB, AT_REST))
PASSWORD = "rahasia-toko"
PRODUCTS = "code,name,barcode,price\nBUSI,Busi,8990001000012,25000\nOLI,Oli,8990001000029,52000\nKAMPAS,Kampas,,41500\n"
GOODS, TOTAL = ["BUSI", "OLI", "KAMPAS"], 118_500
SMS_TOML = """[[modem]]
name = "meja"
connection = "at115200"
device = {device}
parts_per_minute = 60
parts_per_hour = 100000
parts_per_day = 100000
"""
SOON_S = 60


class Program:
    """A program of the company as a process that may be killed and started again; ``url``: where a node answers."""

    def __init__(self, *words: str | Path, talks: bool = True) -> None:
        self._words, self._talks, self.url = words, talks, ""
        self.start()

    def start(self) -> None:
        """Begins; a node is waited for."""
        self._process = start_cli(*self._words, stdout=-1 if self._talks else -3, stderr=-3)
        if self._talks:
            assert self._process.stdout is not None
            self.url = self._process.stdout.readline().strip().rstrip("/")
            assert self.url.startswith("http://"), "the node tells its address"

    def kill(self) -> None:
        """kill −9."""
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """SIGTERM, in order."""
        self._process.terminate()
        assert self._process.wait(timeout=30) == 0


def free_port() -> int:
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@dataclass
class Company:
    """A hub, a branch with a cashier, and its SMS program with an emulated modem; all run."""

    folder: Path
    modem: Modem
    programs: dict[str, Program]
    printed: list[Sold] = field(default_factory=list)

    @property
    def sms(self) -> Path:
        """The SMS program's ledger."""
        return self.folder / "ptk" / "sms.db"

    def till(self) -> Browser:
        """The cashier at the till, signed in."""
        browser = Browser(self.programs[BRANCH].url)
        browser.log_in("sari", PASSWORD)
        return browser

    def sell(self, customer: bytes) -> None:
        """A sale to a customer who wants the receipt by SMS."""
        self.printed.append(self.till().sell(GOODS, TOTAL, customer.hex()))

    @contextmanager
    def selling(self) -> Iterator[None]:
        """Inside, a cashier sells until the branch is cut off; each receipt that was shown is remembered."""
        till, is_over = self.till(), threading.Event()

        def sell_until_cut() -> None:
            with suppress(requests.RequestException, PageRefused):
                while not is_over.is_set():
                    self.printed.append(till.sell(GOODS, TOTAL))

        seller = threading.Thread(target=sell_until_cut, daemon=True)
        seller.start()
        try:
            self.more_receipts()
            yield
        finally:
            is_over.set()
            seller.join(SOON_S)

    def more_receipts(self) -> None:
        """Returns when one more receipt than now was shown."""
        wanted = len(self.printed) + 1
        soon(lambda: len(self.printed) >= wanted, "the till prints receipts")

    def states(self) -> Counter[str]:
        """How many messages are in each state."""
        return Counter(dict(rows(self.sms, "SELECT state, count(*) FROM message GROUP BY state")))


def soon(holds: Callable[[], bool], what: str) -> None:
    """Returns when *holds* does."""
    until = time.monotonic() + SOON_S
    while not holds():
        assert time.monotonic() < until, what
        time.sleep(0.01)


def rows(path: Path, sql: str) -> list[tuple[Any, ...]]:
    """What a file holds, read beside its program."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        return connection.execute(sql).fetchall()


def number_of(place: int) -> str:
    """The phone number of a customer."""
    return f"+6281200{place:06d}"


def open_company(folder: Path, modem: Modem) -> Company:
    """All of it, with three products."""
    products, hub, ptk = folder / "products.csv", folder / "hub", folder / "ptk"
    products.write_text(PRODUCTS)
    good("hub", "init", hub)
    good("import", "products", hub, products)
    code = good("hub", "add-branch", hub, "PTK", "--name", "Pontianak").splitlines()[-1]
    office = Program("hub", "run", hub, "--port", str(free_port()))
    good("branch", "init", ptk, "--hub", office.url, "--code", code)
    good("add-user", ptk, "sari", "--role", "cashier", "--password-stdin", stdin=PASSWORD + "\n")
    (ptk / "sms.toml").write_text(SMS_TOML.format(device=json.dumps(str(modem.link))))
    branch = Program("branch", "run", ptk, "--port", str(free_port()))
    sms = Program("sms", "run", ptk, talks=False)
    return Company(folder, modem, {BRANCH: branch, HUB: office, SMS: sms})


def customers_of(company: Company, count: int) -> list[bytes]:
    """Customers who agreed to receipts by SMS, made while the branch is stopped; the n-th has ``number_of(n)``."""
    company.programs[BRANCH].stop()
    node = BranchNode.open(Folder(company.folder / "ptk"))
    made = []
    for place in range(count):
        with using(node.store), node.journal.unit() as unit:
            phones = [number_of(place)]
            one = customers.create_customer(unit, name=f"Sari {place}", phones=phones, hash_key=node.company_key)
            customers.set_consent(unit, one, "receipt", True)
            made.append(one)
    node.sync.line.close()
    node.close()
    company.programs[BRANCH].start()
    return made


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    """All of it; whatever happens, it ends."""
    (tmp_path / "modem").mkdir()
    modem = Modem(tmp_path / "modem")
    made = open_company(tmp_path, modem)
    yield made
    for program in made.programs.values():
        program.kill()
    modem.stop()


def play(company: Company, place: int, customer: bytes, chance: random.Random) -> tuple[str, str]:
    """One round: who is killed when, and is started again."""
    victim, situation = SITUATIONS[place % len(SITUATIONS)]
    program = company.programs[victim]
    if situation == SELLING:
        with company.selling():
            time.sleep(chance.uniform(0, 0.3))
            program.kill()
            if victim == HUB:
                company.more_receipts()  # selling goes on without it
    elif situation == SENDING:
        company.modem.fault("delay", 2, number=number_of(place))
        company.sell(customer)
        soon(lambda: aired_to(company, place) > 0, "the modem sends")
        program.kill()
        assert "sending" in company.states(), "killed while the modem had not answered"
        company.modem.clear_faults()
    else:
        company.sell(customer)
        time.sleep(chance.uniform(0, 0.3))
        program.kill()
    program.start()
    return victim, situation


def aired_to(company: Company, place: int) -> int:
    """How many SMS left the modem for a customer."""
    return sum(one.number == number_of(place) for one in company.modem.aired())


def sales_at(folder: Path) -> dict[str, tuple[int, int]]:
    """Receipt number → (total, how often it is there) in the hub's own file."""
    found = rows(folder / "hub.db", "SELECT till, number, total, count(*) FROM sale GROUP BY till, number")
    return {f"PTK-{till}-{number:06d}": (total, times) for till, number, total, times in found}


@pytest.mark.proof
@pytest.mark.journey
@pytest.mark.parametrize(
    "rounds",
    [
        pytest.param(ROUNDS, marks=pytest.mark.timeout(600)),
        pytest.param(MANY, marks=(pytest.mark.long, pytest.mark.timeout(0))),
    ],
)
def test_nothing_is_lost_and_nothing_sent_twice(company: Company, rounds: int) -> None:
    """Goal I2, I5, G4. Method: rounds, in each kill −9 one program in one situation; then every receipt the screen
    showed against the hub's file, and every SMS that left the modem against the SMS program's ledger.
    """
    chance, happened = random.Random(20), Counter[tuple[str, str]]()
    for place, customer in enumerate(customers_of(company, rounds)):
        happened[play(company, place, customer, chance)] += 1
    print({f"{victim} killed {situation}": happened[victim, situation] for victim, situation in SITUATIONS})
    assert min(happened[one] for one in SITUATIONS) >= rounds // len(SITUATIONS) > 0
    check_receipts(company)
    check_messages(company, rounds)


def check_receipts(company: Company) -> None:
    """Each receipt that was shown is at the hub once; every file verifies; both sides hold the same."""
    folder = company.folder
    good("sync", folder / "ptk")
    held = sales_at(folder / "hub")
    assert {sold.receipt: (sold.total, 1) for sold in company.printed}.items() <= held.items()
    for node in ("hub", "ptk"):
        good("verify", folder / node)
    ours, theirs = good("digest", folder / "ptk"), good("digest", folder / "hub", "--for", "PTK")
    assert ours.splitlines()[-1] == theirs.splitlines()[-1]


def check_messages(company: Company, rounds: int) -> None:
    """Each SMS aired at most once; what is known to be sent did; what nobody can know is shown, not sent again."""
    wanted = sum(situation != SELLING for _, situation in (SITUATIONS[place % 6] for place in range(rounds)))
    ends = ("sent", "unknown")
    soon(lambda: sum(company.states()[end] for end in ends) == wanted, f"the queue drains: {company.states()}")
    aired = Counter((one.number, one.text) for one in company.modem.aired())
    states = company.states()
    print(f"{wanted} SMS: {dict(states)}; {aired.total()} aired")
    assert {1} == set(aired.values())
    assert states["sent"] <= len(aired) <= wanted
    assert states["unknown"] <= sum(SITUATIONS[place % 6][0] == SMS for place in range(rounds))
    assert states["unknown"] > 0
