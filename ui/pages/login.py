"""Coming and going: login by name and password, logout, lock."""

from flask import make_response, redirect, render_template, request, url_for
from flask import session as cookie
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from crm import users
from ui import session
from ui.access import local_target, public, requires
from ui.navigation import home
from ui.pages.areas import session_area
from ui.session import Person, find_person

NAME_CHARACTERS_MAX = 64
PASSWORD_CHARACTERS_MAX = 200


def _authenticated() -> Person | None:
    username = request.form.get("username", "").strip().lower()
    password = request.form.get("password", "")
    if len(username) > NAME_CHARACTERS_MAX or len(password) > PASSWORD_CHARACTERS_MAX:
        return None
    user = users.authenticate(username, password)
    return find_person(bytes(user.id)) if user else None


@session_area.route("/login", methods=["GET", "POST"])
@public
def login() -> Response:
    """Asks for name and password; an unknown name and a wrong password get the same answer."""
    target = local_target(request.values.get("next", ""))
    if request.method == "GET":
        return make_response(render_template("session/login.html", target=target))
    person = _authenticated()
    if person is None:
        return _refuse(target)
    session.begin(person)
    return redirect(target or home())


def _refuse(target: str) -> Response:
    typed = request.form.get("username", "")
    wrong = _("Name or password is not right.")
    return make_response(render_template("session/login.html", target=target, username=typed, wrong=wrong), 401)


@session_area.post("/logout")
@requires(locked=True)
def logout() -> Response:
    """Ends the session on this browser."""
    cookie.clear()
    return redirect(url_for("session.login"))


@session_area.post("/lock")
@requires(locked=True)
def lock() -> Response:
    """Locks the screen; the page asks for the PIN pad by itself, a plain form is sent there."""
    session.lock()
    return redirect(url_for("session.pin"), code=303)
