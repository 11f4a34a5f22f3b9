"""Goods from one branch to another in real browsers: head office is gone in the middle, and one piece never arrives."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from cabang_browser import let_in
from cabang_looks import TARGETS, faults_of
from cabang_office import Office, open_office
from cabang_serving import serving
from cabang_testing import record_browser
from cabang_visitor import PASSWORD
from playwright.sync_api import Page, expect

from branch_node.app import create_app
from central_hub.app import create_server_app
from crm import stock, transfers, users
from crm.locations import shop_of
from sync.database import using
from ui.serve import WebServer


@pytest.fixture
def office(tmp_path) -> Iterator[Office]:
    """Head office and two branches, each with a supervisor of its own."""
    with open_office(tmp_path) as made:
        for code, name in (("PTK", "sri"), ("DPS", "putu")):
            node = made.branches[code]
            with using(node.store), node.journal.unit() as unit:
                users.create_user(unit, username=name, name=name.title(), role="supervisor", branch=node.branch_id,
                                  password=PASSWORD)  # fmt: skip
        made.sync()
        yield made


@pytest.fixture
def screens(office, page, browser) -> Iterator[dict[str, Page]]:
    """A screen at each branch, somebody signed in, at the stock."""
    second = browser.new_context(locale="id-ID")
    with ExitStack() as stack:
        shown = {}
        for code, name, screen in (("PTK", "sri", page), ("DPS", "putu", second.new_page())):
            server = stack.enter_context(serving(WebServer(create_app(office.branches[code]), "127.0.0.1", 0)))
            record_browser(screen, {server.url: "branch"})
            let_in(screen, server.url.rstrip("/"), name)
            screen.goto(f"{server.url}stock")
            shown[code] = screen
        yield shown
        second.close()


def on_hand(office: Office, code: str) -> dict[str, int]:
    """What the shop's own books say, by code of product."""
    node = office.branches[code]
    with using(node.store):
        return {row.code: row.quantity for row in stock.on_hand(location=shop_of(node.stream))}


@pytest.mark.journey
@pytest.mark.row("H-44")
def test_one_piece_never_arrives(office, screens) -> None:
    """Goal: asked for, sent and received without head office; the difference is settled, and nothing is lost.

    Method: both branches in a browser; head office ends after it passed the request on, and comes back at the end.
    """
    ptk, dps = screens["PTK"], screens["DPS"]
    before = [on_hand(office, code)["OLI-1"] for code in ("PTK", "DPS")]
    _ask(dps)
    office.sync()
    office.server.stop()
    for node in office.branches.values():
        node.sync.line.close()
    _send(ptk)
    _receive(dps)
    assert [before[0] - 5, before[1] + 4] == [on_hand(office, code)["OLI-1"] for code in ("PTK", "DPS")]
    with serving(WebServer(create_server_app(office.hub), "127.0.0.1", 0)) as again:
        for node in office.branches.values():
            node.sync.line.url = again.url.rstrip("/")
        office.sync()
        _settle(ptk)
        office.sync()
    dps.reload()
    expect(dps.locator("#goods")).to_contain_text("Hilang")
    for node in (office.hub, *office.branches.values()):
        with using(node.store):
            (one,) = transfers.listed(False, 9)
            assert ("received", [(5, 5, 4, 1, 0)]) == (one.status, [
                (a.requested, a.sent, a.received, a.written_off, a.rest) for a in one.accounts
            ])  # fmt: skip


def _ask(dps: Page) -> None:
    """From the stock to the other branch's list, by scanner and keyboard."""
    dps.get_by_role("link", name="Mutasi").click()
    assert [] == faults_of(dps, TARGETS)
    dps.get_by_role("link", name="Minta dari cabang").click()
    dps.select_option("[name=partner]", label="PTK · Toko Pontianak")
    dps.focus("#scan")
    dps.keyboard.type("899001\n")
    dps.locator("[data-quantity]").fill("5")
    assert [] == faults_of(dps, TARGETS)
    dps.keyboard.press("F9")
    dps.wait_for_url("**/stock/transfers")
    expect(dps.locator("#main")).to_contain_text("Diminta")


def _send(ptk: Page) -> None:
    """The quantities are those asked for."""
    ptk.get_by_role("link", name="Mutasi").click()
    ptk.get_by_role("link", name="PTK → DPS").click()
    expect(ptk.get_by_label("Oli mesin")).to_have_value("5")
    assert [] == faults_of(ptk, TARGETS)
    ptk.get_by_role("button", name="Kirim", exact=True).click()
    expect(ptk.locator("#main")).to_contain_text("belum terkirim ke kantor pusat")
    expect(ptk.locator("#main")).to_contain_text("Dalam perjalanan")


def _receive(dps: Page) -> None:
    """The courier is faster than the line; one piece is missing."""
    dps.get_by_role("link", name="PTK → DPS").click()
    expect(dps.locator("#main")).to_contain_text("belum mencatat barang ini dikirim")
    dps.get_by_label("Oli mesin").fill("4")
    assert [] == faults_of(dps, TARGETS)
    dps.get_by_role("button", name="Diterima").click()
    expect(dps.locator("#notices")).to_contain_text("Sudah diterima.")


def _settle(ptk: Page) -> None:
    """The list says what does not tally; the sender writes it off."""
    ptk.reload()
    expect(ptk.locator("#main")).to_contain_text("Oli mesin: 1 tidak sampai")
    assert [] == faults_of(ptk, TARGETS)
    ptk.get_by_role("button", name="Catat hilang").click()
    expect(ptk.locator("#notices")).to_contain_text("Selisih sudah diselesaikan.")
    expect(ptk.locator(".head")).to_contain_text("Sudah diterima")
