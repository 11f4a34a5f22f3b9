"""Pengguna: making a user, changing role and workplace, a new password or PIN, archiving."""

from collections.abc import Callable
from typing import Any

from flask import abort, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from central_hub.pages.areas import users_area
from central_hub.people import may_manage, roles_to_give, workplaces
from crm import users
from crm.errors import UnknownUser, UsernameTaken
from crm.users import User
from sync.unit import Unit
from ui.access import requires
from ui.addresses import named_row
from ui.beside import Beside
from ui.forms import Reading
from ui.node import node
from ui.notices import say
from ui.render import form_page


def _known(ident: str) -> User:
    """The user an address names; 403 for one whose role stands above the person's own."""
    user = User.get_or_none(User.id == named_row(ident))
    if user is None:
        raise UnknownUser
    if not may_manage(user.role):
        abort(403)
    return user


def _workplace(form: Reading) -> bytes | None:
    chosen = form.choice("branch", workplaces(_("Head office")))
    return bytes.fromhex(chosen) if chosen else None


@users_area.route("/new", methods=["GET", "POST"])
@requires("users.manage")
def add() -> Response:
    """A new member of staff; the password may be set later."""
    form = Reading(request.form)
    if request.method == "POST" and _made(form):
        say(_("%(name)s may log in now.", name=form.values["name"].strip()))
        return redirect(url_for("users.show_all"))
    start = {"role": "cashier", "branch": ""}
    return form_page("users/new.html", form, start, roles=roles_to_give(), branches=workplaces(_("Head office")))


def _made(form: Reading) -> bytes | None:
    values: dict[str, Any] = {name: form.text(name, required=True) for name in ("username", "name")}
    values |= {"role": form.choice("role", roles_to_give()), "branch": _workplace(form)}
    values |= {name: form.values.get(name, "") or None for name in ("password", "pin")}
    if not values["password"]:
        form.errors["password"] = _("Fill this in.")
    if form.errors:
        return None
    with Beside(form), node().journal.unit(actor=current_user.id) as unit:
        return users.create_user(unit, **values)
    return None


@users_area.route("/<ident>", methods=["GET", "POST"])
@requires("users.manage")
def edit(ident: str) -> Response:
    """Name, role and workplace; the user name stays.  Nobody changes the own role."""
    user = _known(ident)
    form = Reading(request.form)
    if request.method == "POST" and _changed(form, user):
        say(_("User saved."))
        return redirect(url_for("users.show_all"))
    return _page(form, user)


def _page(form: Reading, user: User) -> Response:
    start = {"name": user.name, "role": user.role, "branch": bytes(user.branch).hex() if user.branch else ""}
    values = {**start, **{name: value for name, value in form.values.items() if name in start}}
    return form_page(
        "users/edit.html",
        Reading({}) if not form.errors else form,
        values,
        user=user,
        ident=bytes(user.id).hex(),
        own=bytes(user.id) == current_user.id,
        roles=roles_to_give(),
        branches=workplaces(_("Head office")),
        start=values,
    )


def _changed(form: Reading, user: User) -> bool:
    values: dict[str, Any] = {"name": form.text("name", required=True)}
    if bytes(user.id) != current_user.id:
        values |= {"role": form.choice("role", roles_to_give()), "branch": _workplace(form)}
    if form.errors:
        return False
    with Beside(form), node().journal.unit(actor=current_user.id) as unit:
        users.change_user(unit, bytes(user.id), values)
    return not form.errors


@users_area.post("/<ident>/password")
@requires("users.manage")
def set_password(ident: str) -> Response:
    """A new password for somebody who forgot it; the own one is changed under the name."""
    return _secret(ident, "password", users.set_password, _("The password is set. Older sessions end."))


@users_area.post("/<ident>/pin")
@requires("users.manage")
def set_pin(ident: str) -> Response:
    """A new PIN for the quick change of person."""
    return _secret(ident, "pin", users.set_pin, _("The PIN is set."))


def _secret(ident: str, name: str, change: Callable[[Unit, bytes, str], None], done: str) -> Response:
    user = _known(ident)
    if bytes(user.id) == current_user.id:
        return redirect(url_for("session.password"))
    form = Reading(request.form)
    with Beside(form), node().journal.unit(actor=current_user.id) as unit:
        change(unit, bytes(user.id), request.form.get(name, ""))
    if form.errors:
        return _page(form, user)
    say(done)
    return redirect(url_for("users.edit", ident=ident))


@users_area.post("/<ident>/<any(archive, restore):step>")
@requires("users.manage")
def archive(ident: str, step: str) -> Response:
    """Shuts somebody out who left, or lets them in again."""
    user = _known(ident)
    if bytes(user.id) == current_user.id:
        abort(403)
    if step == "restore":
        _check_free(user)
    with node().journal.unit(actor=current_user.id) as unit:
        users.change_user(unit, bytes(user.id), {"archived": step == "archive"})
    name = user.name or user.username
    if step == "archive":
        undo = url_for("users.archive", ident=ident, step="restore")
        say(_("%(name)s can no longer log in.", name=name), undo=undo)
    else:
        say(_("%(name)s may log in again.", name=name))
    return redirect(url_for("users.show_all"))


def _check_free(user: User) -> None:
    """Somebody else may have got the user name meanwhile."""
    if User.select().where((User.username == user.username) & ~User.archived & (User.id != user.id)).exists():
        raise UsernameTaken(username=user.username)
