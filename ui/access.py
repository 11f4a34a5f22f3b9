"""Who may use a route.  Every route says so by ``public`` or ``requires``; one that does not is never served."""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from flask import Flask, Response, abort, current_app, make_response, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from sync.errors import invariant
from ui import session
from ui.render import is_fragment

TOUCHED = "X-Cabang-Touched"  # what a page asks by itself says so when a person touched it meanwhile
View = TypeVar("View", bound=Callable[..., Any])


class Access(NamedTuple):
    """``permission`` None: any signed-in person.  ``locked``: behind the lock too.  ``passive``: no sign of work."""

    public: bool
    permission: str | None = None
    locked: bool = False
    passive: bool = False


PUBLIC = Access(public=True)


def public(view: View) -> View:
    """Marks a route anybody on the network may use (login, styles, the machines' own endpoints)."""
    view.access = PUBLIC  # type: ignore[attr-defined]
    return view


def requires(permission: str | None = None, *, locked: bool = False, passive: bool = False) -> Callable[[View], View]:
    """Marks a route for signed-in people whose role has *permission* (None: everybody signed in)."""

    def mark(view: View) -> View:
        view.access = Access(False, permission, locked, passive)  # type: ignore[attr-defined]
        return view

    return mark


def access_of(app: Flask, endpoint: str) -> Access | None:
    """What the route's mark says; None when it has none."""
    if endpoint == "static" or endpoint.endswith(".static"):
        return PUBLIC
    return getattr(app.view_functions[endpoint], "access", None)


def unguarded(app: Flask) -> list[str]:
    """Endpoints of *app* without a mark; a node's tests expect none."""
    return sorted(name for name in app.view_functions if access_of(app, name) is None)


def local_target(target: str) -> str:
    """*target* when it is a path of this very node, else an empty text."""
    plain = target.startswith("/") and not target.startswith("//") and "\\" not in target
    return target if plain and target.isprintable() else ""


def here_again() -> str:
    """The path to come back to: this page, or the one a fragment was asked from."""
    if request.method == "GET" and not is_fragment():
        return request.full_path.rstrip("?")
    return ""


def send_to(endpoint: str) -> Answer:
    """Leads the browser to *endpoint*, with this page to come back to; a fragment's whole page follows."""
    address = url_for(endpoint, next=here_again() or None)
    if not is_fragment():
        return redirect(address)
    answer = make_response("", 401)
    answer.headers["HX-Redirect"] = address
    return answer


def _to_lock() -> Answer:
    if not session.pin_allowed():
        return send_to("session.login")
    if not is_fragment():
        return send_to("session.pin")
    answer: Response = make_response("", 401)
    answer.headers.update({"HX-Reswap": "none", "HX-Trigger": "cabang:locked"})
    return answer


def guard() -> Answer | None:
    """Before every request: who is it, is the screen locked, may this role do this."""
    if request.endpoint is None:
        return None
    access = access_of(current_app, request.endpoint)
    invariant(access is not None, f"the route {request.endpoint} says who may use it")
    if access is None or access.public:
        return None
    if not current_user.is_authenticated:
        return send_to("session.login")
    return _guard_person(access)


def _guard_person(access: Access) -> Answer | None:
    if session.is_locked():
        return None if access.locked else _to_lock()
    if access.permission and not current_user.may(access.permission):
        abort(403)
    if not access.passive or TOUCHED in request.headers:
        session.touch()
    return None


def install(app: Flask) -> None:
    """Guards every request of *app*."""
    app.before_request(guard)
