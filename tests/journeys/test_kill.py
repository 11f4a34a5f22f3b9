"""kill −9 of a branch and of the hub in the middle of selling: no printed receipt is lost.

(A killed process is not a power cut: what the disk had not kept is not lost here.)
"""

import random
import socket
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import requests
from cabang_testing import good, start_cli

from ui.story.browser import Browser, Sold
from ui.story.errors import PageRefused

ROUNDS = 20
PASSWORD = "rahasia-toko"
PRODUCTS = "code,name,barcode,price\nBUSI,Busi,8990001000011,25000\nOLI,Oli,8990001000028,52000\nKAMPAS,Kampas,,41500\n"


class Node:
    """A node of the company as a process that may be killed and started again."""

    def __init__(self, kind: str, folder: Path, port: int) -> None:
        self._words = (kind, "run", folder, "--port", str(port))
        self.url = ""
        self.start()

    def start(self) -> None:
        self._process = start_cli(*self._words, stdout=-1, stderr=-3)
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip().rstrip("/")
        assert self.url.startswith("http://"), "the node tells its address"

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        self._process.terminate()
        assert self._process.wait(timeout=30) == 0


def free_port() -> int:
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture
def company(tmp_path: Path) -> Iterator[tuple[Path, Node, Node]]:
    """A hub with three products and one branch with a cashier, both running."""
    products = tmp_path / "products.csv"
    products.write_text(PRODUCTS)
    good("hub", "init", tmp_path / "hub")
    good("import", "products", tmp_path / "hub", products)
    code = good("hub", "add-branch", tmp_path / "hub", "PTK", "--name", "Pontianak").splitlines()[-1]
    hub = Node("hub", tmp_path / "hub", free_port())
    good("branch", "init", tmp_path / "ptk", "--hub", hub.url, "--code", code)
    good("add-user", tmp_path / "ptk", "sari", "--role", "cashier", "--password-stdin", stdin=PASSWORD + "\n")
    branch = Node("branch", tmp_path / "ptk", free_port())
    yield tmp_path, hub, branch
    for node in (hub, branch):
        node.stop()


def sell_until_cut(browser: Browser, printed: list[Sold]) -> None:
    """Sells again and again; each receipt that was shown is remembered, the rest is the cut's."""
    while True:
        try:
            printed.append(browser.sell(["BUSI", "OLI", "KAMPAS"], 118_500))
        except (requests.RequestException, PageRefused):
            return


def wait_for_receipts(printed: list[Sold], more: int) -> None:
    """Returns when *more* receipts than now have been shown."""
    wanted, until = len(printed) + more, time.monotonic() + 30
    while len(printed) < wanted:
        assert time.monotonic() < until, "the till prints receipts"
        time.sleep(0.01)


def signed_in(url: str) -> Browser:
    browser = Browser(url)
    browser.log_in("sari", PASSWORD)
    return browser


def sales_at(folder: Path) -> dict[str, tuple[int, int]]:
    """Receipt number → (total, how often it is there) in the hub's own file."""
    with closing(sqlite3.connect(f"{(folder / 'hub.db').as_uri()}?mode=ro", uri=True)) as connection:
        rows = connection.execute("SELECT till, number, total, count(*) FROM sale GROUP BY till, number").fetchall()
    return {f"PTK-{till}-{number:06d}": (total, times) for till, number, total, times in rows}


@pytest.mark.proof
@pytest.mark.journey
def test_no_printed_receipt_is_lost(company: tuple[Path, Node, Node]) -> None:
    """Goal I2, G4.  Method: 20 rounds, in each kill −9 branch or hub while a cashier sells, then compare every receipt
    the screen showed with the hub's file.
    """
    folder, hub, branch = company
    chance = random.Random(20)
    printed: list[Sold] = []
    for number in range(ROUNDS):
        victim = (branch, hub)[number % 2]
        seller = threading.Thread(target=sell_until_cut, args=(signed_in(branch.url), printed), daemon=True)
        seller.start()
        wait_for_receipts(printed, 1)
        seller.join(chance.uniform(0, 0.4))
        victim.kill()
        if victim is hub:
            wait_for_receipts(printed, 1)  # selling goes on without the hub
            branch.kill()
            branch.start()
        seller.join(30)
        victim.start()
    good("sync", folder / "ptk")
    held = sales_at(folder / "hub")
    assert {sold.receipt: (sold.total, 1) for sold in printed}.items() <= held.items()
    for node in ("hub", "ptk"):
        good("verify", folder / node)
    ours, theirs = good("digest", folder / "ptk"), good("digest", folder / "hub", "--for", "PTK")
    assert ours.splitlines()[-1] == theirs.splitlines()[-1]
