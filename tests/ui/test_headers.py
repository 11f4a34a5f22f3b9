"""Headers of pages, files and errors."""

import pytest

from ui.headers import ALWAYS, CONTENT_SECURITY, FOR_EVER


@pytest.mark.parametrize("path", ["/login", "/nothing", "/room0", "/ui/cabang.css", "/vendor/htmx.min.js"])
def test_every_answer_is_dressed(visitor, path) -> None:
    """Goal: no answer without the strict headers. Method: page, error, redirect, own file, vendor's file."""
    answer = visitor.client.get(path)
    assert ALWAYS == {name: answer.headers[name] for name in ALWAYS}


def test_scripts_come_from_here_alone() -> None:
    """Goal: no inline script, no other host, no frame. Method: read the policy."""
    parts = CONTENT_SECURITY.split("; ")
    assert "default-src 'self'" in parts
    assert "frame-ancestors 'none'" in parts
    assert "script-src" not in CONTENT_SECURITY


def test_pages_are_not_kept(visitor) -> None:
    """Goal: no customer data in a cache. Method: a page says no-store, a versioned file may stay for ever."""
    visitor.log_in("sari")
    assert visitor.client.get("/password").headers["Cache-Control"] == "no-store"
    assert visitor.client.get("/ui/cabang.css?v=1").headers["Cache-Control"] == FOR_EVER
    assert visitor.client.get("/vendor/unknown.js?v=1").headers["Cache-Control"] == "no-store"


def test_the_session_cookie_is_kept_from_scripts(visitor) -> None:
    """Goal: cookie flags, a name of the node's own. Method: read what the login page sets."""
    cookie = visitor.client.get("/login").headers["Set-Cookie"]
    assert cookie.startswith("cabang_hub_PTK=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
