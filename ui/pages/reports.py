"""Laporan: sales summed by product, customer, day …, on the screen and as files; behind each row its receipts."""

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

from flask import Response, abort, render_template, request, url_for
from flask_babel import gettext as _

from crm import reports, sales_list
from crm.branches import Branch, by_code
from crm.sales_list import WITH_ROWS, Behind
from sync.errors import N_
from ui import filter_chips, report_chart, report_file, report_names, report_sheets, report_tables
from ui.access import requires
from ui.filter_chips import Chip
from ui.node import node
from ui.pages.areas import reports_area
from ui.paging import PAGE_ROWS, cursor_in_time, paged, place_of
from ui.periods import Period, read_period
from ui.preferences import language
from ui.report_file import Sheet
from ui.report_sheets import Wanted

BY = {
    "product": N_("By product"),
    "customer": N_("By customer"),
    "day": N_("By day"),
    "branch": N_("By branch"),
    "cashier": N_("By cashier"),
    "method": N_("By payment"),
}
SHOWN = 100
KEY_CHARACTERS_MAX = 200
_RUPIAH = 2  # the place of the money in every row

Row = Sequence[Any]


def _cuts() -> list[str]:
    return [by for by in BY if by != "branch" or filter_chips.of_all()]


def _by() -> str:
    asked = request.args.get("by", "product")
    return asked if asked in _cuts() else "product"


def _rows(by: str, period: Period) -> list[Row]:
    return list(reports.sales(by, period.days, filter_chips.chosen_stream()))


@reports_area.get("/sales")
@requires("reports.view")
def sales() -> str:
    """The biggest sums (days: the latest); the files hold them all."""
    by, period = _by(), read_period(request.args, "month")
    rows, columns = _rows(by, period), reports.columns(by)
    largest = sorted(rows, key=itemgetter(0 if by == "day" else _RUPIAH), reverse=True)[:SHOWN]
    filters = filter_chips.all_chips("reports.sales", period, filter_chips.chosen_branch(), by=by)
    query = {name: value for name, value in filters["query"].items() if name != "by"}
    named, sums = report_names.named(by, largest, query), sums_of(columns, rows)
    return render_template(
        "reports/sales.html",
        by=by,
        chart=report_chart.of(by, named, [(row[0], row[_RUPIAH]) for row in rows], sums["rupiah"]),
        shown=report_tables.on_screen(by, columns),
        rows=named,
        count=len(rows),
        sums={"name": _("Total"), **sums},
        by_chips=_by_chips(by, query),
        of_all=filter_chips.of_all(),
        **filters,
    )


def sums_of(columns: Sequence[str], rows: list[Row]) -> dict[str, int]:
    """What each column of figures adds up to, by its name."""
    return {name: sum(row[place] for row in rows) for place, name in enumerate(columns) if place}


def _by_chips(by: str, query: dict[str, Any]) -> list[Chip]:
    return [(_(BY[name]), url_for("reports.sales", **{**query, "by": name}), name == by) for name in _cuts()]


def _sales_sheet() -> Sheet:
    """Every row of the report, to keep."""
    by, period, branch = _by(), read_period(request.args, "month"), filter_chips.chosen_branch()
    name = file_name("sales", by, period, branch)
    return report_sheets.sales(by, _rows(by, period), Wanted(name, about(period, branch), _, language()))


def file_name(report: str, by: str, period: Period, branch: Branch | None) -> str:
    """Without its ending; two downloads do not hide each other."""
    return "-".join(filter(None, (report, by, *period.query.values(), branch.code if branch else "")))


def about(period: Period, branch: Branch | None) -> list[str]:
    """Whose figures, of which days."""
    here = branch if filter_chips.of_all() else by_code(node().code)
    zone = here.zone if here else node().zone
    return [report_sheets.place(here, _), report_sheets.period(period.days, zone, _, language())]


def add_files(name: str, made: Callable[[], Sheet]) -> None:
    """A route for each kind of file of one report."""
    for ending in report_file.TYPES:

        @requires("reports.view")
        def keep(ending: str = ending) -> Response:
            return report_file.answer(made(), ending)

        reports_area.add_url_rule(f"/{name}.{ending}", f"{name}_{ending}", keep)


add_files("sales", _sales_sheet)


@reports_area.get("/receipts")
@requires("reports.view")
def receipts() -> str:
    """The sales behind one row of the report, newest first; without a row all of the period."""
    period, behind, stream = read_period(request.args, "month"), _behind(), filter_chips.chosen_stream()
    after = request.args.get("after", "")
    found = sales_list.page(period.days, stream, PAGE_ROWS + 1, place_of(after), behind)
    for row in found:
        row["href"] = _receipt(row["id"])
        row["state"] = (_("Return"), "warn", "arrow-return-left") if row["kind"] == "return" else None
    filters = filter_chips.all_chips(
        "reports.receipts", period, filter_chips.chosen_branch(), **(behind._asdict() if behind else {})
    )
    return render_template(
        "reports/receipts.html",
        rows=found[:PAGE_ROWS],
        behind=behind,
        subject=report_names.subject(*behind) if behind else None,
        back=url_for("reports.sales", **{name: value for name, value in filters["query"].items() if name != "key"}),
        sums=sales_list.sums(period.days, stream, behind),
        of_all=filter_chips.of_all(),
        **paged(found, after, cursor_in_time, **filters["query"]),
        **filters,
    )


def _behind() -> Behind | None:
    """The row the address names; None when it names none; 404 for one no report has."""
    by, key = request.args.get("by", ""), request.args.get("key")
    if not by and key is None:
        return None
    if by not in WITH_ROWS or key is None or len(key) > KEY_CHARACTERS_MAX:
        abort(404)
    return Behind(by, key)


def _receipt(sale: bytes) -> str:
    """The page of one sale at this node."""
    if node().kind == "branch":
        return url_for("sales.receipt", sale=sale.hex())
    return url_for("sales.show", ident=sale.hex())
