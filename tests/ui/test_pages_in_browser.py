"""The shared pages in a real browser: every component, two widths, light and dark, keyboard, lock in place."""

import pytest
from cabang_browser import let_in, watched
from cabang_looks import SCHEMES, TARGETS, faults_of, faults_of_pages
from cabang_visitor import PASSWORD, PIN


@pytest.fixture
def here(page, server):
    """A page that may ask nobody but our own server, whose scripts may not fail."""
    with watched(page, server):
        yield page


def log_in(page, server) -> None:
    """Sari has signed in."""
    let_in(page, server, "sari")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_gallery(here, server, scheme) -> None:
    """Goal: every component is accessible, fits and is big enough. Method: axe, widths and heights of the gallery."""
    log_in(here, server)
    assert {} == faults_of_pages(here, server, ["/_ui"], scheme, TARGETS)
    assert scheme == here.evaluate("document.documentElement.dataset.bsTheme")


def test_the_session_pages(here, server) -> None:
    """Goal: login, PIN pad, own password and errors are accessible too. Method: axe on each, narrow and wide."""
    assert {} == faults_of_pages(here, server, ["/login"], SCHEMES[0])
    here.fill("#f-username", "sari")
    here.fill("#f-password", PASSWORD)
    here.click("form.sheet .b-main")
    here.wait_for_url("**/room0")
    assert {} == faults_of_pages(here, server, ["/pin", "/password", "/nothing"], SCHEMES[0])


def test_a_planted_fault_is_found(here, server) -> None:
    """Goal: a page without faults really has none. Method: a low button without a name, and something too wide."""
    here.set_viewport_size({"width": 360, "height": 740})
    here.goto(f"{server}/login")
    here.evaluate(
        """() => {
            const button = document.createElement("button"), wide = document.createElement("div");
            button.className = "chip";
            Object.assign(button.style, {height: "20px", minHeight: "0"});
            Object.assign(wide.style, {width: "400px", height: "1px"});
            document.querySelector("form").append(button, wide);
        }"""
    )
    found = " ".join(faults_of(here, TARGETS))
    assert [True] * 3 == [word in found for word in ("button-name: <button", "px too wide", '<button class="chip"')]


def test_on_a_phone_the_rest_lies_behind_more(here, server) -> None:
    """Goal: five places in the bar, the rest under the last. Method: open it, go to the last room."""
    here.set_viewport_size({"width": 360, "height": 740})
    log_in(here, server)
    here.goto(f"{server}/password")
    shown = here.locator(".rooms > :visible")
    assert shown.count() == 5
    here.click(".rooms-more summary")
    here.click(".rooms-more .menu-item >> nth=-1")
    here.wait_for_url("**/room5")


def test_keys(here, server) -> None:
    """Goal: the keyboard of the till. Method: / searches, ? helps, Esc goes back and keeps what was typed, F2 sells."""
    here.set_viewport_size({"width": 1280, "height": 800})
    log_in(here, server)
    here.goto(f"{server}/_ui")
    here.keyboard.press("/")
    here.keyboard.type("sari/")
    here.keyboard.press("Escape")
    assert here.input_value("#f-q") == "sari/"
    here.keyboard.press("?")
    assert here.locator("#keys").is_visible()
    here.keyboard.press("Escape")
    assert here.locator("#keys").is_hidden()
    here.keyboard.press("F2")
    here.wait_for_url("**/room0")


def test_what_was_typed_survives_the_lock(here, server) -> None:
    """Goal: locking loses nothing for the same person. Method: type, lock, a wrong PIN, the right one."""
    log_in(here, server)
    here.goto(f"{server}/_ui")
    here.fill("#f-name", "Nama yang belum disimpan")
    here.click("summary.me")
    here.click("[data-lock-form] button")
    here.wait_for_selector("#pad [data-pin]")
    assert here.locator("#frame").is_hidden()
    here.keyboard.type("0000\n")
    here.wait_for_selector("#pad .field-error")
    for digit in PIN:
        here.click(f"[data-digit='{digit}']")
    here.click("#pad .b-main")
    here.wait_for_selector("#frame", state="visible")
    assert here.input_value("#f-name") == "Nama yang belum disimpan"


def test_the_page_locks_itself(here, own_clock, server) -> None:
    """Goal: an idle page covers itself. Method: eleven idle minutes on the page's clock."""
    log_in(here, server)
    here.goto(f"{server}/_ui")
    here.clock.fast_forward("11:00")
    here.wait_for_selector("#pad")
    assert here.locator("#frame").is_hidden()


def test_a_silent_computer_is_told_in_words(here, server) -> None:
    """Goal: a lost connection says what to do. Method: cut the line, then ask for a part of a page."""
    log_in(here, server)
    here.goto(f"{server}/_ui")
    here.route("**/pin", lambda route: route.abort())
    here.evaluate("htmx.ajax('GET', '/pin', '#main').catch(() => null)")
    here.wait_for_selector("#notices .trouble")
    assert "tidak menjawab" in here.inner_text("#notices")


def test_nothing_is_kept_in_the_browser(here, server) -> None:
    """Goal: no customer data stays on a shared tablet. Method: look into both storages after use."""
    log_in(here, server)
    here.goto(f"{server}/_ui")
    assert [0, 0] == here.evaluate("[localStorage.length, sessionStorage.length]")


@pytest.mark.parametrize(("width", "millimetres"), [("58", 48), ("80", 72)])
def test_a_receipt_on_paper(here, server, width, millimetres) -> None:
    """Goal: a receipt fits its roll, without the page around it. Method: print media, measured."""
    log_in(here, server)
    here.goto(f"{server}/_ui")
    here.emulate_media(media="print")
    box = here.locator(f".receipt-{width}").bounding_box()
    assert millimetres == round(box["width"] / 96 * 25.4)
    assert here.locator(".top").is_hidden()
