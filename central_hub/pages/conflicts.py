"""Perlu diputuskan: what two people wrote without seeing each other, and entries held for review."""

from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from central_hub import decisions
from central_hub.conflict_words import described
from central_hub.decisions import Held
from central_hub.forms import row_id
from ui.access import requires
from ui.node import node
from ui.notices import say
from ui.preferences import language
from ui.translate import translate_error

area = Blueprint("conflicts", __name__, url_prefix="/conflicts")


@area.get("")
@requires("conflicts.settle")
def show_all() -> str:
    """Each conflict with both values and one button for each; below, what is held and why."""
    return render_template(
        "conflicts/list.html",
        conflicts=[described(found) for found in decisions.open_conflicts()],
        held=[_held(entry) for entry in decisions.held_entries()],
    )


def _held(entry: Held) -> dict[str, Any]:
    happened, todo = translate_error(entry.error, language())
    return {"branch": entry.branch, "at": entry.at, "happened": happened, "todo": todo}


@area.post("/<ident>/<any(kept, lost):side>")
@requires("conflicts.settle")
def choose(ident: str, side: str) -> Response:
    """Lets one of the two values stand; the conflict is settled by that."""
    found = decisions.pair(row_id(ident))
    with node().journal.unit(actor=current_user.id) as unit:
        changed = decisions.choose(unit, found, side)
    decisions.settle(found.id)
    if changed:
        other = "kept" if side == "lost" else "lost"
        undo = url_for("conflicts.choose", ident=ident, side=other)
        say(_("The other value stands now; every branch gets it."), undo=undo)
    else:
        say(_("It stays as it is."))
    return redirect(url_for("conflicts.show_all"))
