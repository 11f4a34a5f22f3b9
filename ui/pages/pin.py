"""Changing the cashier in two seconds: a name, four to six digits."""

from flask import make_response, redirect, request
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from crm import users
from ui import session
from ui.access import local_target, requires, send_to
from ui.navigation import home
from ui.pages.areas import session_area
from ui.render import is_fragment, page
from ui.session import Person, find_person, people_with_pin


def _pad(status: int = 200, wrong: str = "") -> Response:
    people = {bytes(user.id).hex(): user.name or user.username for user in people_with_pin()}
    here = current_user.id.hex()
    shown = page(
        "session/pin.html",
        "session/pad.html",
        people=people,
        chosen=request.form.get("user", here),
        by_password=here not in people,
        wrong=wrong,
        target=local_target(request.values.get("next", "")),
    )
    return make_response(shown, status)


@session_area.get("/pin")
@requires(locked=True)
def pin() -> Response:
    """The people who have a PIN here, and the pad."""
    if not session.pin_allowed():
        return send_to("session.login")
    return _pad()


@session_area.post("/pin")
@requires(locked=True)
def pin_check() -> Response:
    """Takes a PIN, or the password of one who has none; the same person finds the page as it was left."""
    if not session.pin_allowed():
        return send_to("session.login")
    person = _proved()
    if person is None:
        return _pad(401, _("That is not right. Try again."))
    same = person.id == current_user.id
    session.change(person)
    return _go_on(same)


def _proved() -> Person | None:
    if "password" in request.form:
        user = users.authenticate(current_user.username, request.form["password"])
    else:
        chosen = request.form.get("user", "")
        user = next((user for user in people_with_pin() if bytes(user.id).hex() == chosen), None)
        user = user if user and users.authenticate_pin(bytes(user.id), request.form.get("pin", "")) else None
    return find_person(bytes(user.id)) if user else None


def _go_on(same: bool) -> Response:
    target = local_target(request.form.get("next", ""))
    if not is_fragment():
        return redirect((target if same else "") or home())
    answer = make_response("", 204)
    if same:
        answer.headers["HX-Trigger"] = "cabang:unlocked"
    else:
        answer.headers["HX-Redirect"] = home()
    return answer
