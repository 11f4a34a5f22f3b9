"""Shifts looked at: the X or Z report of one, and all past ones with what was too much or too little."""

from flask import Response, render_template, request, url_for
from flask_login import current_user

from branch_node.pages.areas import shifts_area
from branch_node.pages.here import branch
from branch_node.pages.paper import on_paper
from crm import money
from crm.money import Listed, Span
from ui import shift_rows, shift_words
from ui.access import requires
from ui.addresses import named_row
from ui.paging import PAGE_ROWS, paged, place_of


def _listed(after: str = "", limit: int = -1) -> list[Listed]:
    return money.listed("s.stream = :stream", {"stream": branch().stream}, place_of(after), limit)


@shifts_area.get("/shifts")
@requires("reports.view")
def browse() -> str:
    """The newest first; a difference is seen at a glance."""
    after = request.args.get("after", "")
    rows = shift_rows.rows(_listed(after, PAGE_ROWS + 1))
    pages = paged(rows, after, lambda row: str(row["cursor"]))
    return render_template("shifts/page.html", rows=rows[:PAGE_ROWS], **pages)


@shifts_area.get("/shifts.csv")
@requires("reports.view")
def browse_csv() -> Response:
    """All of them."""
    return shift_rows.csv_answer(f"shifts-{branch().code}", _listed())


def _close_href(shift: Span) -> str:
    """Where a shift is closed that was left open behind the newest one, as a copy of a database leaves it."""
    left_open = shift.closing is None and money.last(shift.stream, shift.till) != shift.id
    return url_for("shifts.count", ident=shift.id.hex()) if left_open else ""


@shifts_area.get("/shifts/<ident>")
@requires("sell")
def show_one(ident: str) -> Response:
    """The report on paper as wide as the receipts; while the drawer is still to be counted, without its cash."""
    report = money.report(named_row(ident))
    leads = current_user.may("reports.view")
    return on_paper(
        "shifts/report.html",
        paper=shift_words.paper(report, leads or report.span.closing is not None),
        accounts=shift_words.accounts(report) if leads else [],
        close_href=_close_href(report.span),
    )
