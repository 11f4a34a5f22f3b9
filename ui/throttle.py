"""How often a guess may be wrong.  Only refused tries count, so a busy shop never meets these limits."""

from typing import Any

from flask import Flask, Response, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

REFUSED = 401
_EXTENSION = "cabang_guard_pin"


def _refused(response: Response) -> bool:
    return response.status_code == REFUSED


def _chosen_person() -> str:
    return f"pin/{request.form.get('user', '')}"


def guard_pin(app: Flask, endpoint: str) -> None:
    """The same limits for one more route that takes a person and a PIN."""
    app.extensions[_EXTENSION](endpoint)


def install(app: Flask) -> None:
    """Ten wrong passwords or PINs a minute and address; five wrong PINs in five minutes for one person."""
    limiter = Limiter(get_remote_address, app=app, storage_uri="memory://")
    per_address = limiter.shared_limit("10 per minute", scope="guess", methods=["POST"], deduct_when=_refused)
    per_person = limiter.limit("5 per 5 minutes", key_func=_chosen_person, methods=["POST"], deduct_when=_refused)
    views: dict[str, Any] = app.view_functions
    for endpoint in ("session.login", "session.password"):
        views[endpoint] = per_address(views[endpoint])

    def by_pin(endpoint: str) -> None:
        views[endpoint] = per_address(per_person(views[endpoint]))

    by_pin("session.pin_check")
    app.extensions[_EXTENSION] = by_pin
