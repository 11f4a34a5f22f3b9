"""The till in a real browser: discounts with a PIN, a basket held and gone on with, payment in parts; by keyboard."""

import pytest
from cabang_branch import open_shop
from cabang_browser import type_login, watched
from cabang_looks import TARGETS, faults_of
from cabang_serving import serving
from cabang_testing import record_browser
from cabang_visitor import PIN

from branch_node.app import create_app
from ui.serve import WebServer


@pytest.fixture
def here(page, tmp_path):
    """A cashier's page at a branch whose head office is cut off; no script may fail."""
    with open_shop(tmp_path) as shop:
        shop.server.stop()
        shop.node.sync.line.close()
        with serving(WebServer(create_app(shop.node), "127.0.0.1", 0)) as server:
            address = server.url.rstrip("/")
            record_browser(page, {address: "branch"})
            with watched(page, address):
                type_login(page, address, "dewi")
                page.wait_for_url("**/till")
                yield page


def fine(here) -> None:
    """Accessible, no wider than the window, high enough, in either width."""
    found = []
    for width in (360, 1280):
        here.set_viewport_size({"width": width, "height": 740})
        found += faults_of(here, TARGETS)
    assert [] == found


def sums(here) -> dict[str, str]:
    """The sums on the receipt."""
    return dict(one.locator("span").all_inner_texts() for one in here.locator(".receipt-sum").all())


@pytest.mark.journey
@pytest.mark.timeout(300)
def test_discounts_parts_and_a_held_basket(here) -> None:
    """Goal: all of it by keyboard. Method: hold, go on; ten percent, approved; a part by QRIS, the rest in cash."""
    here.keyboard.type("2*899001\n")
    here.wait_for_selector("[data-lines] > li")
    here.keyboard.type("%")
    here.keyboard.type("10\n")
    here.keyboard.press("F7")
    here.wait_for_selector("[data-held-name]:focus")
    here.keyboard.type("Ibu Rina\n")
    here.wait_for_selector("text=Keranjang ditahan.")
    fine(here)
    here.get_by_role("button", name="Lanjut", exact=True).press("Enter")
    here.wait_for_selector("[data-lines] > li")
    here.keyboard.press("F4")
    here.wait_for_selector("[data-sale-off]:focus")
    here.keyboard.type("1000\n")
    fine(here)
    here.keyboard.press("F9")
    here.wait_for_selector("[data-approval-pin]:focus")
    fine(here)
    here.keyboard.type(f"{PIN}\n")
    here.wait_for_selector("[data-approved]", state="attached")
    here.check("[name=method][value=qris]", force=True)
    here.keyboard.press("F6")
    here.wait_for_selector("[data-part-amount]:focus")
    here.keyboard.type("30000\n")
    here.wait_for_selector(".part:has-text('QRIS')")
    fine(here)
    here.focus("[data-tendered]")
    here.keyboard.type("60000\n")
    here.wait_for_url("**/sales/*")
    expected = {"Total": "Rp80.000", "QRIS": "Rp30.000", "Tunai": "Rp60.000", "Kembalian": "Rp10.000"}
    assert expected.items() <= sums(here).items()
    fine(here)
