"""Choosing language and theme: kept in the browser, for people signed in or not."""

from urllib.parse import urlsplit

from flask import abort, redirect, request
from werkzeug.wrappers import Response

from ui.access import local_target, public
from ui.navigation import home
from ui.pages.areas import session_area, ui_area
from ui.preferences import THEMES, remember
from ui.translate import LANGUAGES


def _back() -> Response:
    came_from = urlsplit(request.referrer or "")
    return redirect(local_target(came_from.path + (f"?{came_from.query}" if came_from.query else "")) or home())


def _choose(name: str, allowed: tuple[str, ...]) -> Response:
    value = request.form.get(name, "")
    if value not in allowed:
        abort(400)
    answer = _back()
    remember(answer, name, value)
    return answer


@session_area.post("/language")
@public
def language() -> Response:
    """Indonesian or English from now on, on this browser."""
    return _choose("lang", tuple(LANGUAGES))


@ui_area.post("/theme")
@public
def theme() -> Response:
    """Light, dark, or as the device says."""
    return _choose("theme", THEMES)
