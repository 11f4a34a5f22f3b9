"""Beranda: are all branches alive, how is today, what needs me."""

from typing import Any

from flask import Blueprint, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from central_hub import branch_health, branch_rows, decisions, provisional, sales_list
from central_hub.periods import named
from ui.access import requires
from ui.clock import now_ms

area = Blueprint("home", __name__)


@area.get("/")
@requires("sync.view")
def show() -> str:
    """The three answers, each leading on to its own page."""
    known = branch_health.branches(now_ms())
    sold = sales_list.by_branch(named("today")) if current_user.may("reports.view") else {}
    return render_template(
        "home/page.html",
        branches=[branch_rows.with_sales(branch, sold.get(branch.stream)) for branch in known],
        online=sum(branch.level == "ok" for branch in known),
        worst=branch_health.worst(known),
        receipts=sum(row["receipts"] for row in sold.values()),
        total=sum(row["total"] for row in sold.values()),
        needs=_needs(),
    )


def _needs() -> list[dict[str, Any]]:
    """What waits for a person who may do it: words, how many, where."""
    found = []
    if current_user.may("conflicts.settle"):
        conflicts = url_for("conflicts.show_all")
        found.append((_("Two versions of one thing"), len(decisions.open_conflicts()), conflicts))
        found.append((_("Entries held for review"), len(decisions.held_entries()), f"{conflicts}#held"))
    if current_user.may("catalogue.edit"):
        found.append((_("New product codes"), provisional.count(), url_for("products.show_all", show="new")))
    return [{"words": words, "count": count, "href": href} for words, count, href in found if count]
