"""What one browser prefers: language and theme, each in a cookie of its own."""

from flask import request
from werkzeug.wrappers import Response

from ui.translate import DEFAULT, LANGUAGES

YEAR_S = 31_536_000
THEMES = ("auto", "light", "dark")


def language() -> str:
    """The language of this page: "id" or "en"."""
    chosen = request.cookies.get("lang", DEFAULT)
    return chosen if chosen in LANGUAGES else DEFAULT


def theme() -> str:
    """Of THEMES; "auto" is as the device says."""
    chosen = request.cookies.get("theme", "auto")
    return chosen if chosen in THEMES else "auto"


def remember(response: Response, name: str, value: str) -> None:
    """Keeps a preference for a year; nothing about people is in it."""
    response.set_cookie(name, value, max_age=YEAR_S, httponly=True, samesite="Lax")
