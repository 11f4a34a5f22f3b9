"""Everybody's own password and PIN (row H-12)."""

from collections.abc import Callable
from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from crm import users
from crm.errors import BusinessError
from crm.users import Credential
from ui import session
from ui.access import requires
from ui.explain import said
from ui.node import node
from ui.notices import say
from ui.pages.areas import session_area
from ui.session import find_person


def _page(errors: dict[str, str], status: int = 200) -> Response:
    credential = Credential.get_or_none(Credential.user == current_user.id)
    has_pin = bool(credential and credential.pin_hash)
    return make_response(render_template("session/password.html", errors=errors, has_pin=has_pin), status)


@session_area.route("/password", methods=["GET", "POST"])
@requires()
def password() -> Response:
    """Two small forms, each proved by the password of now; ``what`` says which was sent."""
    if request.method == "GET":
        return _page({})
    for_pin = request.form.get("what") == "pin"
    proof = "current_pin" if for_pin else "current"
    if not users.authenticate(current_user.username, request.form.get(proof, "")):
        return _page({proof: _("This is not your password.")}, 401)
    return _set_pin() if for_pin else _set_password()


def _set_password() -> Response:
    new = request.form.get("new", "")
    if new != request.form.get("again", ""):
        return _page({"again": _("The two do not match.")}, 422)
    return _save(users.set_password, new, "new", _("Your password is changed. Other screens must log in again."))


def _set_pin() -> Response:
    return _save(users.set_pin, request.form.get("pin", ""), "pin", _("Your PIN is changed."))


def _save(change: Callable[[Any, bytes, str], object], secret: str, field: str, done: str) -> Response:
    try:
        with node().journal.unit(actor=current_user.id) as unit:
            change(unit, current_user.id, secret)
    except BusinessError as error:
        return _page({field: said(error)}, 422)
    person = find_person(current_user.id)
    if person is not None:
        session.renew(person)
    say(done)
    return redirect(url_for("session.password"))
