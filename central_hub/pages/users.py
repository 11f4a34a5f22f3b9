"""Pengguna: everybody who may log in, at head office and at the branches (row G-30)."""

from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _

from central_hub.pages.areas import users_area
from central_hub.people import may_manage
from crm.branches import Branch
from crm.users import Credential, User
from sync.errors import N_
from ui.access import requires
from ui.status import ROLES

SHELVES = {"": N_("All"), "archived": N_("Archived")}


@users_area.get("")
@requires("users.manage")
def show_all() -> str:
    """By name; those who left stand in the archive."""
    shelf = "archived" if request.args.get("show") == "archived" else ""
    people = User.select().where(User.archived == bool(shelf))
    chips = [(_(words), url_for("users.show_all", show=name or None), name == shelf) for name, words in SHELVES.items()]
    rows = sorted((_row(user) for user in people), key=lambda row: row["name"].casefold())
    return render_template("users/list.html", people=rows, chips_shown=chips)


def _row(user: User) -> dict[str, Any]:
    branch = Branch.get_or_none(Branch.id == user.branch) if user.branch else None
    held = Credential.get_or_none(Credential.user == user.id)
    hashes = {_("Password"): held and held.password_hash, _("PIN"): held and held.pin_hash}
    ways = [words for words, has in hashes.items() if has]
    return {
        "name": user.name or user.username,
        "username": user.username,
        "role": _(ROLES.get(user.role, user.role)),
        "branch": f"{branch.code} · {branch.name}" if branch else _("Head office"),
        "ways": ", ".join(ways) if ways else _("none yet"),
        "href": url_for("users.edit", ident=bytes(user.id).hex()) if may_manage(user.role) else "",
    }
