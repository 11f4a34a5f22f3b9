"""The branch in a real browser: a morning by keyboard alone, head office cut off, and every page looked at twice."""

import pytest
from cabang_branch import open_shop
from cabang_browser import let_in, type_login, watched
from cabang_looks import TARGETS, THEMES, WIDTHS, faults_of_pages
from cabang_looks import faults_of as faults_of_page
from cabang_serving import serving
from cabang_testing import record_browser
from cabang_two_versions import two_versions
from cabang_visitor import PIN
from playwright.sync_api import expect

from branch_node.app import create_app
from crm import settings
from crm.customers import Customer
from crm.messages import Message
from crm.selling import Sale
from sync.database import using
from sync.model import natural_id
from ui.serve import WebServer

WEIGHTS_OF_ROOMS = (
    "new Set(Array.from(document.querySelectorAll('.room'), one => getComputedStyle(one).fontWeight)).size"
)


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """A branch with goods, a customer of two versions, and head office cut off afterwards."""
    with open_shop(tmp_path_factory.mktemp("browser")) as made:
        made.people["buyer"] = two_versions(made)
        made.server.stop()
        made.node.sync.line.close()
        yield made


@pytest.fixture(scope="module")
def address(shop):
    """Where the branch's pages are served."""
    with serving(WebServer(create_app(shop.node), "127.0.0.1", 0)) as server:
        yield server.url.rstrip("/")


@pytest.fixture
def here(page, address):
    """A page that may ask nobody but the branch, whose scripts may not fail."""
    record_browser(page, {address: "branch"})
    with watched(page, address):
        yield page


def log_in(here, address) -> None:
    """Sari has signed in and is at the till."""
    let_in(here, address, "sari")
    here.goto(f"{address}/till")


def scan(here, *codes: str) -> None:
    """What a scanner does: characters and Enter, without waiting."""
    for code in codes:
        here.keyboard.type(f"{code}\n")


def faults_of(here) -> list[str]:
    """What axe finds, a page wider than its window, and targets lower than 44 px."""
    return faults_of_page(here, TARGETS)


@pytest.mark.journey
@pytest.mark.row("H-10", "H-20", "H-49", "C-17", "P-18", "P-32")
def test_a_morning_by_keyboard(shop, here, address) -> None:
    """Goal: a cashier needs neither mouse nor head office. Method: type as people and scanners do."""
    here.set_viewport_size({"width": 1280, "height": 800})
    type_login(here, address, "sari")
    here.wait_for_url("**/till")
    _sell(shop, here)
    _new_customer(here, address)
    _settle(shop, here, address)
    _write_sms(shop, here, address)
    assert [0, 0] == here.evaluate("[localStorage.length, sessionStorage.length]")


def _sell(shop, here) -> None:
    scan(here, "899001", "BAN-2", "oli-1", "BUSI")
    here.wait_for_selector("[data-lines] > li:nth-child(3)")
    here.keyboard.press("+")
    here.keyboard.press("+")
    here.keyboard.press("-")
    expect(here.locator("[data-quantity]").nth(2)).to_have_value("2")
    assert ["2", "1", "2"] == [box.input_value() for box in here.locator("[data-quantity]").all()]
    assert "Rp331.000" == here.inner_text(".till-total [data-total]")
    here.keyboard.press("F9")
    here.keyboard.type("350000")
    assert "Rp19.000" == here.inner_text("[data-change-amount]")
    here.keyboard.press("Escape")
    here.keyboard.press("F9")
    assert "350000" == here.input_value("[data-tendered]")
    here.keyboard.press("Enter")
    here.wait_for_url("**/sales/*")
    assert "Rp19.000" in here.inner_text(".give") and "PTK-1-000001" in here.inner_text(".receipt")
    with using(shop.node.store):
        assert [331_000] == [sale.total for sale in Sale.select()]
    here.keyboard.press("Enter")
    here.wait_for_url("**/till")


def _new_customer(here, address) -> None:
    here.goto(f"{address}/customers")
    here.keyboard.press("F4")
    here.wait_for_url("**/customers/new")
    here.keyboard.type("Budi Santoso")
    here.keyboard.press("Tab")
    here.keyboard.type("0812 3456 7890")
    here.wait_for_selector(".known")
    assert "Sari Dewi" in here.inner_text(".known")
    here.keyboard.press("Enter")
    here.wait_for_selector("#e-phone1")
    assert ("f-phone1", True) == (here.evaluate("document.activeElement.id"), "Sari" in here.inner_text(".known"))
    here.fill("#f-phone1", "")
    here.keyboard.type("0857 1111 2222\n")
    here.wait_for_selector("text=PTK-000002")
    here.goto(f"{address}/customers")
    expect(here.locator("#f-q")).to_be_focused()
    here.keyboard.press("Escape")
    here.keyboard.press("/")
    here.keyboard.type("11112222")
    here.wait_for_selector("#rows tbody tr:only-child")
    assert "Budi Santoso" in here.inner_text("#rows")
    assert "q=11112222" in here.url


def _settle(shop, here, address) -> None:
    here.goto(f"{address}/conflicts")
    assert "1" == here.inner_text(".room-count:visible")
    here.get_by_role("link", name="Pelanggan Sari").press("Enter")
    here.wait_for_selector("#decide")
    here.get_by_role("button", name="Pakai yang ini").press("Enter")
    here.wait_for_selector("text=Versi yang lain kini berlaku.")
    assert (0, True) == (here.locator("#decide, .room-count").count(), "Sari Lestari" in here.inner_text("h1"))
    with using(shop.node.store):
        assert "Sari Lestari" == Customer.get(Customer.id == shop.people["buyer"]).name


def _write_sms(shop, here, address) -> None:
    """Own words to a customer found by name, and Enter alone."""
    here.goto(f"{address}/sms/new")
    here.focus("#sms-q")
    here.keyboard.type("lestari\n")
    expect(here.locator("#f-to")).to_have_value("0812-3456-7890")
    assert "Kata sendiri" == here.locator("#f-template option:checked").inner_text()
    here.fill("#f-text", "Toko buka lagi besok.")
    here.get_by_role("button", name="Kirim").press("Enter")
    here.wait_for_url("**/sms")
    with using(shop.node.store):
        assert ["Toko buka lagi besok."] == [message.text for message in Message.select()]


def test_a_scan_nobody_knows_loses_no_other(here, address) -> None:
    """Goal: fast scanning loses nothing. Method: an unknown code between known ones; F9 waits; reload; name it."""
    log_in(here, address)
    scan(here, "BUSI", "X-99", "OLI-1", "OLI-1")
    here.wait_for_selector("[data-unknown]")
    assert 1 == here.locator("[data-lines] > li").count()
    expect(here.locator("[data-scans-wait]")).to_have_text("2 pindaian menunggu")
    here.keyboard.press("F9")
    expect(here.locator("[data-decide]")).to_be_visible()
    assert here.locator("[data-pay-step]").is_hidden()
    expect(here.locator("[data-unknown] #f-name")).to_be_focused()
    here.reload()
    expect(here.locator("[data-scans-wait]")).to_have_text("2 pindaian menunggu")
    expect(here.locator("[data-again]")).to_be_visible()
    here.keyboard.press("Tab")
    here.keyboard.type("Lampu depan")
    here.keyboard.press("Tab")
    here.keyboard.type("75000\n")
    here.wait_for_selector("[data-lines] > li:nth-child(3)")
    expect(here.locator(".till-total [data-total]")).to_have_text("Rp180.500")
    assert "scan" == here.evaluate("document.activeElement.id")


def test_words_are_chosen_by_arrows(here, address) -> None:
    """Goal: a name is a list, never a guess. Method: part of a name, arrows, Enter; Escape leaves it."""
    log_in(here, address)
    here.keyboard.type("ban")
    here.wait_for_selector("[data-hit]")
    here.keyboard.press("ArrowDown")
    here.keyboard.press("Enter")
    here.wait_for_selector("[data-lines] > li")
    here.keyboard.type("oli")
    here.wait_for_selector("[data-hit]")
    here.keyboard.press("Escape")
    here.wait_for_selector("[data-hit]", state="detached")
    assert ["oli", 1] == [here.input_value("#scan"), here.locator("[data-lines] > li").count()]
    here.keyboard.press("Escape")
    scan(here, "5*busi")
    expect(here.locator("[data-quantity]").nth(1)).to_have_value("5")
    here.keyboard.press("?")
    expect(here.locator("#keys")).to_contain_text("Delete")
    here.keyboard.press("Escape")
    here.keyboard.press("Delete")
    here.keyboard.press("Delete")
    assert here.locator("[data-pay]").is_disabled()


def test_a_mistake_keeps_the_basket(here, address) -> None:
    """Goal: nothing typed is lost. Method: too little money, then a silent branch computer, then it goes through."""
    log_in(here, address)
    scan(here, "BUSI")
    here.wait_for_selector("[data-lines] > li")
    here.keyboard.press("F9")
    here.keyboard.type("1000\n")
    here.wait_for_selector("#e-tendered")
    here.wait_for_timeout(100)  # what htmx does when it settles must not move the focus
    expect(here.locator("#f-tendered")).to_be_focused()
    expect(here.locator("#e-tendered")).to_be_in_viewport()
    assert here.locator(".till-right").is_hidden()
    here.fill("#f-tendered", "")
    here.route("**/till", lambda route: route.abort())
    here.keyboard.press("Enter")
    here.wait_for_selector("#notices .trouble")
    expect(here.locator("#line")).to_contain_text("Tidak ada jawaban")
    here.unroute("**/till")
    here.evaluate("htmx.ajax('GET', document.getElementById('line').getAttribute('hx-get'), '#line')")
    expect(here.locator("#line")).not_to_contain_text("Tidak ada jawaban")
    here.focus("#f-tendered")
    here.keyboard.press("Enter")
    here.wait_for_url("**/sales/*", wait_until="commit")  # the receipt has come; its styles are another test's


def test_an_unsent_list_and_the_ear_of_the_till(here, address) -> None:
    """Goal: nothing unsent is lost, the till is never deaf, and the page fits its window.

    Method: follow a link and come back; Esc in the customer search, PIN, a click beside, and scan; another person.
    """
    here.set_viewport_size({"width": 1280, "height": 700})
    log_in(here, address)
    assert 0 == here.evaluate("document.documentElement.scrollHeight - innerHeight")
    expect(here.locator("[data-pay] kbd")).to_be_visible()
    _hears(here, "1")
    here.goto(f"{address}/stock")
    here.go_back()
    expect(here.locator("[data-again]")).to_contain_text("kembali")
    _hears(here, "2")
    here.click(".buyer summary")
    here.focus("#buyer-q")
    here.keyboard.press("Escape")
    _hears(here, "3")
    here.evaluate("document.activeElement.blur()")
    _hears(here, "4")
    _lock(here)
    here.keyboard.type(f"{PIN}\n")
    expect(here.locator("#frame")).to_be_visible()
    _hears(here, "5")
    here.goto(f"{address}/stock/receive")
    _hears(here, "1")
    here.reload()
    _hears(here, "2")
    _lock(here)
    here.focus("#pad [name=user]:checked")
    here.keyboard.press("ArrowUp")
    assert "user" == here.evaluate("document.activeElement.name")
    here.keyboard.type(f"{PIN}\n")
    here.wait_for_url("**/till")
    assert [0, 0] == [here.locator("[data-line]").count(), here.evaluate("sessionStorage.length")]
    _hears(here, "1")
    here.click("summary.me")
    here.click("[data-leave] button")
    here.wait_for_url("**/login")
    assert 0 == here.evaluate("sessionStorage.length")


def _hears(here, quantity: str) -> None:
    """A scan arrives: the list's one line has *quantity* afterwards."""
    scan(here, "BUSI")
    expect(here.locator("[data-lines] [data-quantity]")).to_have_value(quantity)


def _lock(here) -> None:
    here.click("summary.me")
    here.click("[data-lock-form] button")
    here.wait_for_selector("#pad [data-pin]")


def test_a_printed_receipt_is_the_only_one(here, address) -> None:
    """Goal: the second print says it is a copy. Method: the page's own print event."""
    log_in(here, address)
    scan(here, "BUSI", "BUSI")
    here.keyboard.press("F9")  # before the branch has answered
    here.wait_for_selector("[data-pay-step]", state="visible")
    assert "Rp31.000" == here.inner_text(".pay-total")
    here.keyboard.press("Tab")
    here.keyboard.press("Enter")
    here.keyboard.press("Enter")
    here.wait_for_url("**/sales/*")
    assert here.locator("[data-copy]").is_hidden()
    here.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert here.locator("[data-copy]").is_visible()


def test_counting_by_scanner(here, address) -> None:
    """Goal: a shelf is counted without a mouse. Method: scan twice, save, read the list."""
    log_in(here, address)
    here.goto(f"{address}/stock/receive")
    scan(here, "BUSI", "BUSI", "BUSI")
    expect(here.locator("[data-quantity]")).to_have_value("3")
    here.keyboard.press("F9")
    here.wait_for_url("**/stock")
    assert "Barang diterima: 1 baris" in here.inner_text("#notices")


def test_settings_by_keyboard(shop, here, own_clock, address) -> None:
    """Goal: the branch sets its receipt and its lock on a phone, and both obey.

    Method: keys alone at 360 px; the page's own clock runs ahead for the badge and for the lock.
    """
    here.set_viewport_size({"width": 360, "height": 740})
    log_in(here, address)
    here.focus(".me")
    for key in ("Enter", "Tab", "Tab", "Tab", "Enter"):
        here.keyboard.press(key)
    here.wait_for_url("**/settings")
    _set_by_keyboard(here)
    here.keyboard.press("Shift")
    told = [_badge_asks(here).get("x-cabang-touched") for _ in range(2)]
    assert ["1", None] == told
    here.clock.fast_forward("01:01")
    expect(here.locator("#lock")).to_be_visible()
    with using(shop.node.store), shop.node.journal.unit() as unit:
        assert ["lock_minutes"] == settings.write(unit, {"receipt_head": "Jl. Merdeka 1", "lock_minutes": "10"})


def _set_by_keyboard(here) -> None:
    """Fills the form, looks at the paper beside it, saves."""
    for key in ("Tab", "Enter", "Tab"):  # over the rooms to the first field
        here.keyboard.press(key)
    here.keyboard.type("Jl. Merdeka 1")
    expect(here.locator("#paper header")).to_contain_text("Jl. Merdeka 1")
    here.keyboard.press("Tab")
    here.keyboard.type("Terima kasih")
    here.keyboard.press("Tab")
    here.keyboard.type("1")
    assert [] == faults_of(here)
    here.keyboard.press("Enter")
    here.wait_for_selector("text=Pengaturan disimpan.")


def _badge_asks(here) -> dict[str, str]:
    """The headers of the badge's next question."""
    with here.expect_request("**/line*") as asked:
        here.clock.fast_forward("00:21")
    return dict(asked.value.headers)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.timeout(400)
def test_every_page_is_accessible(shop, here, address, theme) -> None:
    """Goal: every page fits, is big enough and accessible. Method: axe, widths and heights, two widths, two themes."""
    let_in(here, address, "sari")
    buyer, oil = shop.people["buyer"].hex(), natural_id("product", "OLI-1").hex()
    pages = [
        *("/till", "/customers", "/customers?q=zzz", f"/customers/{buyer}", f"/customers/{buyer}/edit"),
        *("/customers/new", "/products", f"/products/{oil}", "/stock", "/stock/receive", "/stock/count"),
        *("/sales", "/sales?day=2020-01-01", "/conflicts", "/status", "/settings"),
        *("/reports/sales?by=method", "/reports/receipts"),
        *("/sms", "/sms?tab=unknown", "/sms?tab=inbox", "/sms/new?template=order_status"),
        "/vouchers",
    ]
    assert {} == faults_of_pages(here, address, pages, theme, TARGETS)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_till_in_every_state(here, address, width) -> None:
    """Goal: lists, the new code, the customer and paying are accessible too. Method: axe in each state."""
    here.set_viewport_size({"width": width, "height": 740})
    log_in(here, address)
    assert 1 == here.evaluate(WEIGHTS_OF_ROOMS)  # a heavier one would be cut on a phone
    scan(here, "BUSI", "BAN-2")
    here.wait_for_selector("[data-lines] > li:nth-child(2)")
    here.keyboard.type("ba")
    here.wait_for_selector("[data-hit]")
    assert [] == faults_of(here)
    here.keyboard.press("Escape")
    scan(here, "Y-1")
    here.wait_for_selector("[data-unknown]")
    assert [] == faults_of(here)
    here.keyboard.press("Escape")
    here.click(".buyer summary")
    here.fill("#buyer-q", "sari")
    here.wait_for_selector("[data-customer]")
    assert [] == faults_of(here)
    here.keyboard.press("Enter")
    assert "Sari" in here.inner_text("[data-buyer]")
    here.keyboard.press("F9")
    assert [] == faults_of(here)
    here.keyboard.type("999999\n")
    here.wait_for_url("**/sales/*")
    assert [] == faults_of(here)
