"""A cashier's day in a real browser, head office cut off: from the float to the Z report, by keyboard alone."""

import pytest
from cabang_branch import open_shop
from cabang_browser import type_login, watched
from cabang_looks import SCHEMES, TARGETS, faults_of, faults_of_pages
from cabang_serving import serving
from cabang_testing import record_browser

from branch_node.app import create_app
from ui.serve import WebServer


@pytest.fixture
def address(tmp_path):
    """Where a branch serves its pages whose head office does not answer any more."""
    with open_shop(tmp_path) as shop:
        shop.server.stop()
        shop.node.sync.line.close()
        with serving(WebServer(create_app(shop.node), "127.0.0.1", 0)) as server:
            yield server.url.rstrip("/")


@pytest.fixture
def here(page, address):
    """A page that may ask nobody but the branch, whose scripts may not fail."""
    record_browser(page, {address: "branch"})
    with watched(page, address):
        yield page


def press(here, role: str, name: str) -> None:
    """Enter on the one thing of this name."""
    here.get_by_role(role, name=name, exact=True).press("Enter")


def fine(here) -> None:
    """Accessible, no wider than the window, high enough, in either width."""
    found = []
    for width in (360, 1280):
        here.set_viewport_size({"width": width, "height": 740})
        found += faults_of(here, TARGETS)
    assert [] == found


@pytest.mark.journey
@pytest.mark.row("S-21")
@pytest.mark.timeout(300)
def test_a_cashiers_day(here, address) -> None:
    """Goal: a day at the till needs neither head office nor a mouse. Method: keys alone; each page is looked at."""
    type_login(here, address, "dewi")
    here.wait_for_url("**/till")
    fine(here)
    press(here, "link", "Buka sif")
    here.wait_for_selector("#f-opening:focus")
    fine(here)
    here.keyboard.type("200000\n")
    here.wait_for_selector("text=Sif sudah dibuka.")
    _sell(here)
    press(here, "link", "Sif")
    _take_out(here)
    fine(here)
    press(here, "link", "Laporan X")
    here.wait_for_selector("text=ditampilkan setelah Anda menghitungnya")
    fine(here)
    assert "290.000" not in here.inner_text("main")
    press(here, "link", "Kembali")
    press(here, "link", "Tutup kasir")
    here.wait_for_selector("#f-counted:focus")
    fine(here)
    assert "290.000" not in here.inner_text("main") and "275.000" not in here.inner_text("main")
    here.keyboard.type("274500\n")
    here.wait_for_selector("text=Kasir sudah ditutup.")
    assert ["Rp275.000", "Rp274.500", "−Rp500"] == _amounts(here, "Seharusnya ada", "Dihitung", "Selisih")
    fine(here)
    pages = ["/shifts", "/shift", here.url.removeprefix(address)]
    here.context.clear_cookies()
    type_login(here, address, "sari")
    here.wait_for_url("**/till")
    assert {} == faults_of_pages(here, address, pages, SCHEMES[0], TARGETS)


def _sell(here) -> None:
    """Two bottles of oil for cash."""
    here.keyboard.press("F2")
    here.wait_for_url("**/till")
    here.keyboard.type("2*899001\n")
    here.wait_for_selector("[data-lines] > li")
    here.keyboard.press("F9")
    here.keyboard.type("100000\n")
    here.wait_for_url("**/sales/*")


def _take_out(here) -> None:
    """15,000 for water, typed from the first field to the last."""
    here.wait_for_selector("#f-amount")
    here.focus("#f-amount")
    here.keyboard.type("15000")
    here.keyboard.press("Tab")
    here.keyboard.type("Galon air\n")
    here.wait_for_selector("text=Dicatat.")
    assert "Galon air" in here.inner_text("main table")


def _amounts(here, *labels: str) -> list[str]:
    """What the report says beside each of these."""
    told = dict(one.locator("span").all_inner_texts() for one in here.locator(".receipt-sum").all())
    return [told[label] for label in labels]
