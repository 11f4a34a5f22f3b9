"""The browser's one window, a page in it that may ask nobody but its own node, and somebody at its keyboard."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests
from cabang_visitor import PASSWORD, value_of

SIZE = {"width": 1280, "height": 720}
FORGET = "() => [localStorage, sessionStorage].forEach(one => one.clear())"


class Window:
    """One window for all tests of a process: a new one for each costs half a second."""

    def __init__(self, browser: Any) -> None:
        self._browser = browser
        self._page: Any = None

    def page(self) -> Any:
        """A page that knows nothing."""
        if self._page is None:
            self._page = self._browser.new_context(viewport=SIZE).new_page()
        return self._page

    def forget(self) -> None:
        """Cookies, what was typed, size and looks are as in a new window."""
        page = self._page
        if page is None:
            return
        page.unroute_all()
        page.evaluate(FORGET)
        page.goto("about:blank")
        page.context.clear_cookies()
        page.set_viewport_size(SIZE)
        page.emulate_media(media="null", color_scheme="null")

    def close(self) -> None:
        """The next test has another window."""
        if self._page is not None:
            self._page.context.close()
            self._page = None


@contextmanager
def watched(page: Any, node: str) -> Iterator[Any]:
    """Inside, *page* is used; nobody but *node*, an address, was asked, no script failed, and no rule was broken."""
    asked: list[str] = []
    faults: list[str] = []
    hear = {
        "request": lambda request: asked.append(request.url),
        "pageerror": lambda error: faults.append(str(error)),
        "console": lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None,
    }
    for event, heard in hear.items():
        page.on(event, heard)
    yield page
    for event, heard in hear.items():
        page.remove_listener(event, heard)
    assert ([], []) == ([url for url in asked if not url.startswith((node, "data:"))], faults)


def type_login(page: Any, node: str, username: str) -> None:
    """Opens the login of *node* and sends it by keyboard: the cursor is in the first field."""
    page.goto(f"{node}/login")
    page.wait_for_function("document.activeElement.name === 'username'")
    page.keyboard.type(username)
    page.keyboard.press("Tab")
    page.keyboard.type(f"{PASSWORD}\n")


def let_in(page: Any, node: str, username: str) -> None:
    """Gives *page* the cookies of somebody who signed in at *node*: the form is another test's."""
    with requests.Session() as session:
        form = {"csrf_token": value_of(session.get(f"{node}/login").text, "csrf_token")}
        form |= {"username": username, "password": PASSWORD}
        assert 302 == session.post(f"{node}/login", form, allow_redirects=False).status_code
        cookies = [{"name": one.name, "value": str(one.value), "url": node} for one in session.cookies]
    page.context.add_cookies(cookies)
