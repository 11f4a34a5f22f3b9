"""Head office in a real browser: every page at two widths, no stranger asked, no fault found, the keyboard alone."""

import pytest
from cabang_browser import let_in, type_login, watched
from cabang_looks import THEMES, WIDTHS, faults_of, faults_of_pages
from cabang_lost import hand_back
from cabang_office import Office, open_office
from cabang_testing import record_browser
from cabang_visitor import PASSWORD

from central_hub import duplicates
from crm import customers
from sync.database import using


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """Head office with two branches, a conflict, a held entry, a new code of two prices, and something lost."""
    with open_office(tmp_path_factory.mktemp("office")) as made:
        made.conflict("Anton")
        made.sell("DPS", "ZZ-9", 1, 12_500)
        made.sell("PTK", "ZZ-9", 1, 13_000)
        made.shift("PTK")
        made.sync()
        made.overstep("PTK")
        two_cards(made)
        made.voucher("PIJAT10", "PTK", 5)
        hand_back(made)
        yield made


def two_cards(office: Office) -> None:
    """One person with two cards that the hub links, a family on that phone, and somebody who was told apart."""
    about = {"phones": ["0812-7777-1234"], "street": "Jl. Imam Bonjol 12", "city": "Pontianak"}
    office.customer("PTK", "Komang Ayu Lestari", birth_date="1990-05-31", caution="Alergi kacang", **about)
    office.customer("DPS", "Ibu Komang Ayu Lestari, S.E.", **about)
    office.customer("DPS", "By. Ny. Komang Ayu Lestari", birth_date="2026-02-01", **about)
    other = office.customer("PTK", "Nyoman", **about)
    duplicates.look(office.hub)
    with using(office.hub.store), office.hub.journal.unit(actor=office.people["sari"]) as unit:
        customers.links.say(unit, linked_card(office), other, customers.links.FAMILY)
    duplicates.count(office.hub.store)


def linked_card(office: Office) -> bytes:
    """A card that the hub linked with another one."""
    (found,) = office.hub.store.connection().execute("SELECT first FROM customer_link LIMIT 1").fetchone()
    return bytes(found)


@pytest.fixture
def here(page, office):
    """A page that may ask nobody but head office, whose scripts may not fail."""
    server = office.server.url.rstrip("/")
    record_browser(page, {server: "hub"})
    with watched(page, server):
        yield page


def go(page, office: Office, path: str) -> None:
    """Opens a page of head office."""
    page.goto(office.server.url.rstrip("/") + path)


def log_in(page, office: Office) -> None:
    """Sari has signed in."""
    let_in(page, office.server.url.rstrip("/"), "sari")


def walk_to(page, selector: str) -> None:
    """Presses Tab until the element has the focus."""
    for _ in range(80):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard never reaches {selector}")


def fill(page, selector: str, text: str) -> None:
    """Walks to a field and types."""
    walk_to(page, selector)
    page.keyboard.type(text)


def pages(office: Office) -> list[str]:
    """Every page of head office, those of one thing included."""
    product, new = office.product("OLI-1").hex(), office.product("ZZ-9").hex()
    read = office.hub.store.connection().execute
    (sale,), (customer,) = (read(f"SELECT id FROM {table} LIMIT 1").fetchone() for table in ("sale", "customer"))
    ((voucher,), (shift,)) = (read(f"SELECT id FROM {table}").fetchone() for table in ("voucher", "shift"))
    return [
        "/",
        *("/vouchers", "/vouchers/new", f"/vouchers/{voucher.hex()}", f"/vouchers/{voucher.hex()}/edit"),
        *("/branches", "/branches/new", "/branches/PTK", "/branches/PTK/edit"),
        *("/sales", "/sales?period=yesterday", "/sales?branch=DPS&period=all", f"/sales/{sale.hex()}"),
        *(f"/reports/sales?by={by}" for by in ("product", "customer", "day", "branch", "cashier", "method")),
        *("/reports/receipts?by=product&key=ZZ-9", "/reports/movements"),
        *("/shifts", "/shifts?period=yesterday", f"/shifts/{shift.hex()}"),
        *("/stock", "/stock?q=zzz"),
        *("/products", "/products?show=new", "/products?show=archived", "/products/new"),
        *("/products/categories", "/products/categories/new", f"/products/labels?product={product}"),
        *(f"/products/{product}", f"/products/{product}/edit", f"/products/{new}", f"/products/{new}/adopt"),
        *("/customers", "/customers/new", f"/customers/{customer.hex()}", f"/customers/{customer.hex()}/edit"),
        *("/customers/duplicates", "/customers/duplicates?show=settled", f"/customers/{linked_card(office).hex()}"),
        *("/users", "/users?show=archived", "/users/new", f"/users/{office.people['dewi'].hex()}"),
        *(f"/users/{office.people['sari'].hex()}", "/conflicts", "/conflicts/codes", "/lost"),
    ]


@pytest.mark.journey
@pytest.mark.timeout(400)
@pytest.mark.parametrize("theme", THEMES)
def test_every_page_is_accessible(here, office, theme) -> None:
    """Goal: nobody is shut out, nothing sticks out. Method: axe and widths of each page, narrow and wide."""
    log_in(here, office)
    assert {} == faults_of_pages(here, office.server.url.rstrip("/"), pages(office), theme)


@pytest.mark.journey
@pytest.mark.row("H-10", "G-30")
@pytest.mark.parametrize("width", WIDTHS)
def test_adding_a_user_by_keyboard(here, office, width) -> None:
    """Goal: no mouse is needed. Method: log in, walk to the form, fill it in, send it with Enter."""
    here.set_viewport_size({"width": width, "height": 800})
    type_login(here, office.server.url.rstrip("/"), "sari")
    here.wait_for_selector("h1:has-text('Beranda')")
    go(here, office, "/users")
    walk_to(here, ".actions .b-main")
    here.keyboard.press("Enter")
    here.wait_for_url("**/users/new")
    fill(here, "#f-name", f"Papan Ketik {width}")
    fill(here, "#f-username", "dewi")
    fill(here, "#f-password", PASSWORD)
    here.keyboard.press("Enter")
    here.wait_for_selector("#e-username")
    assert "f-username" == here.evaluate("document.activeElement.id")
    here.keyboard.press("Control+a")
    here.keyboard.type(f"ketik{width}")
    fill(here, "#f-password", PASSWORD)
    here.keyboard.press("Enter")
    here.wait_for_url("**/users")
    assert "sekarang bisa masuk" in here.inner_text("#notices")
    assert f"ketik{width}" in here.inner_text("main")


@pytest.mark.journey
@pytest.mark.row("H-23")
@pytest.mark.parametrize("width", WIDTHS)
def test_adding_a_product_by_keyboard(here, office, width) -> None:
    """Goal: no mouse is needed, a mistake keeps what was typed. Method: a negative price first, then a right one."""
    here.set_viewport_size({"width": width, "height": 800})
    log_in(here, office)
    go(here, office, "/products/new")
    fill(here, "#f-code", f"TUTS-{width}")
    fill(here, "#f-name", "Tuts")
    fill(here, "#f-price", "-500")
    here.keyboard.press("Enter")
    here.wait_for_selector("#e-price")
    assert f"TUTS-{width}" == here.input_value("#f-code")
    assert [] == faults_of(here)
    walk_to(here, "#f-price")
    here.keyboard.press("Control+a")
    here.keyboard.type("12.500")
    here.keyboard.press("Enter")
    here.wait_for_selector("h1:has-text('Tuts')")
    assert "Rp12.500" in here.inner_text("main")


@pytest.mark.journey
@pytest.mark.parametrize("width", WIDTHS)
def test_adding_a_branch_by_keyboard(here, office, width) -> None:
    """Goal: no mouse is needed; the code is big and whole. Method: fill in the form; a computer joins with the code."""
    here.set_viewport_size({"width": width, "height": 800})
    code = f"K{width}"
    log_in(here, office)
    go(here, office, "/branches/new")
    fill(here, "#f-code", code)
    fill(here, "#f-name", "Cabang Papan Ketik")
    here.keyboard.press("Enter")
    here.wait_for_selector("#secret")
    assert [] == faults_of(here)
    secret = here.inner_text("#secret")
    assert secret in here.inner_text("#command")
    assert code == office.enrol(code, secret).code
    go(here, office, f"/branches/{code}")
    assert "Tersambung" in here.inner_text("main")


@pytest.mark.journey
@pytest.mark.row("H-20")
def test_search_as_one_types(here, office) -> None:
    """Goal: rows follow the letters, the address too, the cursor stays. Method: / and letters, then back to all."""
    here.set_viewport_size({"width": 1280, "height": 800})
    log_in(here, office)
    go(here, office, "/products")
    here.keyboard.press("/")
    here.keyboard.type("oli me")
    here.wait_for_url("**/products?q=oli*")
    here.wait_for_function("!document.querySelector('#rows').innerText.includes('Ban luar')")
    assert "Oli mesin" in here.inner_text("#rows")
    assert here.evaluate("document.activeElement.matches('[data-search]')")


@pytest.mark.journey
def test_taking_over_what_was_lost_by_keyboard(here, office) -> None:
    """Goal: no mouse is needed. Method: from the list of what is to decide to the page; take one over with Enter."""
    log_in(here, office)
    go(here, office, "/conflicts")
    walk_to(here, "a[href='/lost']")
    here.keyboard.press("Enter")
    here.wait_for_selector("h1:has-text('Yang hilang di pusat')")
    before = here.locator("article").count()
    walk_to(here, "article form[action='/lost/take'] button")
    here.keyboard.press("Enter")
    here.wait_for_selector("#notices:has-text('Diambil alih: 1')")
    assert before - 1 == here.locator("article").count()


@pytest.mark.journey
@pytest.mark.row("H-61")
def test_restoring_the_other_version(here, office) -> None:
    """Goal: two versions side by side, one press restores. Method: press it, see the notice with its way back."""
    here.set_viewport_size({"width": 360, "height": 740})
    office.conflict("Susi")
    log_in(here, office)
    go(here, office, "/conflicts")
    here.locator("article", has_text="Susi Cabang").get_by_role("button", name="Pakai yang ini").click()
    here.wait_for_selector("#notices button:has-text('Batalkan'), #notices .notice form")
    assert "Versi yang lain kini berlaku" in here.inner_text("#notices")
    settled = here.locator("section", has_text="Sudah diputuskan").locator("article", has_text="Susi Cabang")
    assert (1, 1) == (settled.count(), settled.get_by_role("button").count())
    settled.get_by_role("button", name="Ganti: pakai yang ini").press("Enter")
    here.wait_for_url("**/conflicts?show=settled")
    stands = here.locator("article", has_text="Susi Cabang").locator(".version-stands")
    assert "Susi Pusat" in stands.inner_text() or "Susi Cabang" in stands.inner_text()
