"""Sif: the shifts of all branches with what was too much or too little, and the report of each."""

from flask import Response, render_template, request

from central_hub.pages.areas import shifts_area
from crm import money
from crm.money import Listed
from crm.periods import DURING
from ui import filter_chips, shift_rows, shift_words
from ui.access import requires
from ui.addresses import named_row
from ui.paging import PAGE_ROWS, paged, place_of
from ui.periods import Period, read_period

_WHERE = DURING + " AND (:stream IS NULL OR s.stream = :stream)"


def _found(period: Period, stream: int | None, after: str = "", limit: int = -1) -> list[Listed]:
    """Shifts opened in the period, the newest first, behind the cursor *after*."""
    return money.listed(_WHERE, {**period.days.params, "stream": stream}, place_of(after), limit)


@shifts_area.get("")
@requires("reports.view")
def show_all() -> str:
    """One page; branch and period stand in the address."""
    period, branch = read_period(request.args, "month"), filter_chips.chosen_branch()
    after = request.args.get("after", "")
    rows = shift_rows.rows(_found(period, branch.stream if branch else None, after, PAGE_ROWS + 1))
    filters = filter_chips.all_chips("shifts.show_all", period, branch)
    pages = paged(rows, after, lambda row: str(row["cursor"]), **filters["query"])
    return render_template("shifts/list.html", rows=rows[:PAGE_ROWS], **pages, **filters)


@shifts_area.get("/all.csv")
@requires("reports.view")
def all_csv() -> Response:
    """Every shift of the list."""
    period, branch = read_period(request.args, "month"), filter_chips.chosen_branch()
    name = "-".join(filter(None, ("shifts", *period.query.values(), branch.code if branch else "")))
    return shift_rows.csv_answer(name, _found(period, branch.stream if branch else None))


@shifts_area.get("/<ident>")
@requires("reports.view")
def show_one(ident: str) -> str:
    """The X or Z report of one shift, with the accounts behind it."""
    report = money.report(named_row(ident))
    paper, accounts = shift_words.paper(report, True), shift_words.accounts(report)
    return render_template("shifts/page.html", paper=paper, accounts=accounts)
