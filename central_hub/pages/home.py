"""Beranda: are all branches alive, how is today, what needs me."""

from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from central_hub import branch_health, branch_rows, copy_tasks, duplicates, held, provisional
from central_hub.pages.areas import home_area
from crm import conflicts, sales_list, transfers
from ui.access import requires
from ui.clock import now_ms
from ui.node import node
from ui.periods import named


@home_area.get("/")
@requires("sync.view")
def show() -> str:
    """The three answers, each leading on to its own page."""
    known = branch_health.branches(now_ms())
    sold = sales_list.by_branch(named("today").days) if current_user.may("reports.view") else {}
    needs = _needs()
    return render_template(
        "home/page.html",
        branches=[branch_rows.with_sales(branch, sold.get(branch.stream)) for branch in known],
        online=sum(branch.level == "ok" for branch in known),
        worst=branch_health.worst(known),
        receipts=sum(row["receipts"] for row in sold.values()),
        total=sum(row["total"] for row in sold.values()),
        needs=needs,
        waiting=sum(row["count"] for row in needs if row["needs_person"]),
    )


def _needs() -> list[dict[str, Any]]:
    """What waits for somebody who may do it: words, how many, where, and whether it needs a person's decision."""
    found = []
    if current_user.may("conflicts.settle"):
        page, counts = url_for("conflicts.browse"), conflicts.counts()
        found.append((_("Two versions of one thing"), counts.decisions, page, True))
        found.append((_("Entries held for review"), len(held.held_entries()), f"{page}#held", True))
        copied = len(copy_tasks.tasks(node()))
        found.append((_("Computers and receipts to compare"), copied, f"{page}#copies", True))
        doubled = duplicates.waiting(node().store)
        found.append((_("Customers who may have two cards"), doubled, url_for("customers.review"), True))
        unequal = transfers.unequal()
        found.append((_("Transfers with a difference"), unequal, url_for("stock.transfers_list"), True))
        found.append((_("New codes with two names or prices"), counts.codes, url_for("conflicts.codes"), False))
    if current_user.may("catalogue.edit"):
        found.append((_("New product codes"), provisional.count(), url_for("products.show_all", show="new"), False))
    return [dict(zip(("words", "count", "href", "needs_person"), one, strict=True)) for one in found if one[1]]
