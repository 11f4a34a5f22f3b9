"""A page in a real browser that may ask nobody but its own node, and somebody at its keyboard."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from cabang_visitor import PASSWORD


@contextmanager
def watched(page: Any, node: str) -> Iterator[Any]:
    """Inside, *page* is used; nobody but *node*, an address, was asked, no script failed, and no rule was broken."""
    asked: list[str] = []
    faults: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None)
    yield page
    assert ([], []) == ([url for url in asked if not url.startswith((node, "data:"))], faults)


def type_login(page: Any, node: str, username: str) -> None:
    """Opens the login of *node* and sends it by keyboard: the cursor is in the first field."""
    page.goto(f"{node}/login")
    page.keyboard.type(username)
    page.keyboard.press("Tab")
    page.keyboard.type(f"{PASSWORD}\n")
