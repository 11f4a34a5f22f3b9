"""A real shop's sales over two branches, a line that breaks, and the totals everywhere against a second opinion."""

import json
import random
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any, NamedTuple

import independent_sums as sums
import pytest
from cabang_serving import serving
from cabang_testing import run_cli, start_cli
from cutting_line import CuttingLine

from branch_node.node import BranchNode
from central_hub.app import create_server_app
from central_hub.node import HubNode
from crm import reports, stock
from crm.imports import run
from crm.locations import shop_of
from sync import digest
from sync.database import using
from sync.errors import CabangError
from sync.folder import Folder
from sync.node import Node
from ui.serve import WebServer

SEED = 20101201
CUTS = 12
ROUNDS_MAX = 200
BRANCHES = (("PTK", "Pontianak", "outlet"), ("BJM", "Banjarmasin", "spa"))

pytestmark = pytest.mark.journey


class Company(NamedTuple):
    """A hub, two branches on a breaking line, and the lines of the file each branch imported."""

    hub: HubNode
    branches: list[BranchNode]
    lines: list[dict[str, str]]
    parts: list[list[dict[str, str]]]
    files: list[Path]
    line: CuttingLine
    results: list[dict[str, Any]]


def quiet(text: str, done: int, total: int) -> None:
    """Progress that nobody watches."""


def take(node: Node, path: Path) -> dict[str, Any]:
    """Imports a file of sales."""
    return run(node, {"kind": "sales", "file": str(path)}, quiet)


def sync_until_done(node: BranchNode) -> int:
    """Syncs over the breaking line until nothing is left either way; returns how often it broke."""
    for broken in range(ROUNDS_MAX):
        try:
            node.sync.until_done()
        except CabangError:
            continue
        return broken
    raise AssertionError("the sync never came to an end")


def start_hub(folder: Path, stack: ExitStack) -> tuple[HubNode, str]:
    """A hub that serves over HTTP until the stack is left."""
    hub = HubNode.create(Folder(folder))
    stack.callback(hub.close)
    server = stack.enter_context(serving(WebServer(create_server_app(hub), "127.0.0.1", 0)))
    return hub, server.url


def split_file(path: Path, folder: Path) -> tuple[list[dict[str, str]], list[list[dict[str, str]]], list[Path]]:
    """The file's lines, and their parts by invoice, drawn; the second part's lines lie in any order."""
    chance = random.Random(SEED)
    lines = sums.read(path)
    share = {invoice: chance.randrange(2) for invoice in sorted({line["InvoiceNo"] for line in lines})}
    parts = [list(sums.split(lines, share, part)) for part in range(2)]
    chance.shuffle(parts[1])
    files = [folder / f"part-{part}.csv" for part in range(2)]
    for file, part in zip(files, parts, strict=True):
        sums.write(file, part, lines[0])
    return lines, parts, files


@pytest.fixture(scope="module")
def company(shop_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """Both parts imported, everything synced over a line that broke."""
    folder = tmp_path_factory.mktemp("company")
    with ExitStack() as stack:
        hub, url = start_hub(folder / "hub", stack)
        line = CuttingLine(url, SEED, CUTS)
        stack.callback(line.stop)
        branches = []
        for code, name, kind in BRANCHES:
            node = BranchNode.create(Folder(folder / code), line.url, hub.add_branch(code, name, kind, "WIB"))
            stack.callback(node.close)
            stack.callback(node.sync.stop)
            node.sync.until_done()
            branches.append(node)
        lines, parts, files = split_file(shop_file, folder)
        results = [take(node, file) for node, file in zip(branches, files, strict=True)]
        line.arm()
        for node in (*branches, *branches):
            sync_until_done(node)
        yield Company(hub, branches, lines, parts, files, line, results)


def reported(node: Node, by: str, stream: int | None = None) -> sums.Sums:
    """The node's own report."""
    with using(node.store):
        return {key: (quantity, rupiah, lines) for key, quantity, rupiah, lines in reports.sales(by, stream=stream)}


def on_hand(node: Node, stream: int) -> dict[str, int]:
    """What the node says lies in a branch's shop."""
    with using(node.store):
        return {row.code: row.quantity for row in stock.on_hand(location=shop_of(stream), limit=100_000)}


def test_the_line_really_broke(company: Company) -> None:
    """Goal: the journey is what it claims. Method: count the connections that were dropped."""
    assert CUTS == company.line.cuts


@pytest.mark.parametrize("by", ["product", "customer", "day"])
def test_head_office_has_the_totals_of_the_file(company: Company, by: str) -> None:
    """Goal: nothing is lost, doubled or rounded. Method: the hub's report against sums of the whole file."""
    assert sums.sales(company.lines, by) == reported(company.hub, by)


@pytest.mark.parametrize("by", ["branch", "cashier", "method"])
def test_the_other_cuts_add_up_to_the_file(company: Company, by: str) -> None:
    """Goal: what the file does not know sums to the same money. Method: each cut's rupiah, of branches and whole."""
    streams = [None, *(node.stream for node in company.branches)]
    expected = [sum(row[1] for row in sums.sales(part, "day").values()) for part in (company.lines, *company.parts)]
    with using(company.hub.store):
        assert expected == [sum(row[2] for row in reports.sales(by, stream=stream)) for stream in streams]


@pytest.mark.parametrize("by", ["product", "customer", "day"])
def test_each_branch_has_the_totals_of_its_part(company: Company, by: str) -> None:
    """Goal: the same at each branch. Method: each branch's report against sums of its own file."""
    expected = [sums.sales(part, by) for part in company.parts]
    assert expected == [reported(node, by) for node in company.branches]
    assert expected == [reported(company.hub, by, node.stream) for node in company.branches]


def test_the_stock_is_what_was_sold_and_written_off(company: Company) -> None:
    """Goal: stock follows sales, returns and write-offs. Method: stock on hand, at home and at the hub, by sums."""
    expected = [sums.stock(part) for part in company.parts]
    assert expected == [on_hand(node, node.stream) for node in company.branches]
    assert expected == [on_hand(company.hub, node.stream) for node in company.branches]


def test_two_branches_make_one_product_and_one_customer(company: Company) -> None:
    """Goal: natural keys meet. Method: count products and customers at the hub and in the file."""
    products = {sums.product(line) for line in company.lines}
    customers = {sums.customer(line) for line in company.lines} - {""}
    counts = [
        company.hub.store.connection().execute(f"SELECT count(*), count(DISTINCT {name}) FROM {table}").fetchone()
        for table, name in (("provisional_product", "code"), ("customer", "number"))
    ]
    assert [(len(products),) * 2, (len(customers),) * 2] == counts


def test_digests_are_equal(company: Company) -> None:
    """Goal: both sides hold the same. Method: the branch's digest against the hub's for it."""
    hub = [digest.of_hub(company.hub.store, company.hub.feed, node.stream) for node in company.branches]
    assert hub == [digest.of_branch(node.store) for node in company.branches]


def test_every_invoice_is_in_the_reports(company: Company) -> None:
    """Goal: the import says what it did. Method: its counts, added, against the file's."""
    invoices = {line["InvoiceNo"] for line in company.lines}
    assert len(invoices) == sum(result["made"] for result in company.results)
    assert len(company.lines) == sum(result["rows"] for result in company.results)
    off = sum(map(sums.is_write_off, company.lines))
    assert off == sum(kind["count"] for result in company.results for kind in result["oddities"]
                      if kind["kind"] == "write_off")  # fmt: skip


def test_a_second_import_changes_nothing(company: Company) -> None:
    """Goal: a file may be imported twice. Method: again at each branch; log, digest and totals stay."""
    for node, file, part in zip(company.branches, company.files, company.parts, strict=True):
        before = (node.journal.seq, digest.of_branch(node.store))
        result = take(node, file)
        invoices = len({line["InvoiceNo"] for line in part})
        assert (0, invoices, []) == (result.get("made", 0), result["repeated"], result["oddities"])
        assert before == (node.journal.seq, digest.of_branch(node.store))


@pytest.mark.row("H-62")
def test_an_import_killed_in_the_middle_is_run_again(shop_file: Path, tmp_path: Path) -> None:
    """Goal: kill -9 loses and doubles nothing. Method: kill the command after some invoices, run it again, compare."""
    with ExitStack() as stack:
        hub, url = start_hub(tmp_path / "hub", stack)
        node = BranchNode.create(Folder(tmp_path / "ptk"), url, hub.add_branch("PTK", "Pontianak", "outlet", "WIB"))
        node.sync.until_done()
        node.sync.stop()
        node.close()
    words = ("import", "sales", tmp_path / "ptk", shop_file)
    with start_cli(*words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        wait_for_sales(tmp_path / "ptk" / "branch.db", 40)
        process.kill()
    again = run_cli(*words, "--json")
    assert 0 == again.returncode
    counts = json.loads(again.stdout)
    invoices = len({line["InvoiceNo"] for line in sums.read(shop_file)})
    assert 40 <= counts["repeated"] < invoices == counts["repeated"] + counts["made"]
    node = BranchNode.open(Folder(tmp_path / "ptk"))
    lines = sums.read(shop_file)
    assert sums.sales(lines, "product") == reported(node, "product")
    assert sums.stock(lines) == on_hand(node, node.stream)
    node.close()


def wait_for_sales(path: Path, count: int) -> None:
    """Returns when the database at *path* holds *count* sales."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        for _ in range(6_000):
            if connection.execute("SELECT count(*) FROM sale").fetchone()[0] >= count:
                return
            time.sleep(0.01)
    raise AssertionError("the import never got that far")
