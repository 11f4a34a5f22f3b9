"""Two versions: what two people changed without seeing each other, and taking the other one."""

from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from branch_node.pages.areas import conflicts_area
from branch_node.pages.conflict_words import lost_values, tell
from branch_node.pages.here import PAGE_ROWS, branch, me, named_row, row_id
from sync import stamps
from sync.model import TABLES
from sync.records import Conflict
from ui.access import requires
from ui.notices import say


@conflicts_area.get("/conflicts")
@requires("sync.view")
def browse() -> str:
    """Newest first; each told once, with what stands and what else was written."""
    at, _dot, last = request.args.get("after", "").partition(".")
    query = Conflict.select().order_by(Conflict.noted_at.desc(), Conflict.id.desc()).limit(PAGE_ROWS + 1)
    place = row_id(last)
    if place and at.isascii() and at.isdecimal() and len(at) < 16:
        earlier = (Conflict.noted_at < int(at)) | ((Conflict.noted_at == int(at)) & (Conflict.id < place))
        query = query.where(earlier)
    found = list(query)
    told = [tell(conflict) for conflict in found[:PAGE_ROWS]]
    return render_template(
        "conflicts/page.html",
        open_ones=[one for one in told if not one.settled],
        settled=[one for one in told if one.settled],
        next_href=url_for(".browse", after=f"{told[-1].noted_at}.{told[-1].id}") if len(found) > PAGE_ROWS else "",
        first_href=url_for(".browse") if place else "",
    )


@conflicts_area.post("/conflicts/<conflict>")
@requires("conflicts.settle")
def use_other(conflict: str) -> Response:
    """Puts the other version in force, as an ordinary change; one that is settled stays as it is."""
    found = Conflict.get_or_none(Conflict.id == named_row(conflict))
    if found is None:
        abort(404)
    with branch().journal.unit(actor=me()) as unit:
        restored = _restore(unit, found)
    if restored:
        say(_("The other version stands now."))
    else:
        say(_("This was settled already; nothing was changed."), "info")
    return redirect(url_for("conflicts.browse"), 303)


def _restore(unit: Any, conflict: Conflict) -> bool:
    spec = TABLES[conflict.table]
    row = unit.get(spec.model, bytes(conflict.row))
    group = next(one for one in spec.groups if one.name == conflict.group)
    if row is None or stamps.standing(row["stamps"], group.number).op != bytes(conflict.kept_op):
        return False
    return bool(unit.set(spec.model, bytes(conflict.row), lost_values(conflict)))
