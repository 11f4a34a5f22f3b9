"""Laporan: sales summed by product, customer, day or branch, on the screen and as CSV."""

from collections.abc import Iterable
from typing import Any

from flask import Response, render_template, request, url_for
from flask_babel import gettext as _

from crm import reports
from sync.errors import N_
from ui import csv_file, filter_chips, report_names
from ui.access import requires
from ui.filter_chips import Chip
from ui.pages.areas import reports_area
from ui.periods import Period, read_period

BY = {"product": N_("By product"), "customer": N_("By customer"), "day": N_("By day"), "branch": N_("By branch")}
SHOWN = 100
COLUMNS = ("key", "quantity", "rupiah", "lines")

Row = tuple[str, int, int, int]


def _by() -> str:
    asked = request.args.get("by", "product")
    return asked if asked in BY else "product"


def _rows(by: str, period: Period, stream: int | None) -> Iterable[Row]:
    return reports.sales(by, period.days, stream)


@reports_area.get("/sales")
@requires("reports.view")
def sales() -> str:
    """The biggest sums (days: the latest); the CSV holds them all."""
    by, period, branch = _by(), read_period(request.args, "month"), filter_chips.chosen_branch()
    rows = list(_rows(by, period, branch.stream if branch else None))
    largest = sorted(rows, key=lambda row: row[0] if by == "day" else row[2], reverse=True)[:SHOWN]
    filters = filter_chips.all_chips("reports.sales", period, branch, by=by)
    return render_template(
        "reports/sales.html",
        by=by,
        rows=report_names.named(by, largest),
        count=len(rows),
        sums={name: sum(row[place] for row in rows) for place, name in enumerate(COLUMNS) if place},
        by_chips=_by_chips(by, filters["query"]),
        **filters,
    )


def _by_chips(by: str, query: dict[str, Any]) -> list[Chip]:
    return [(_(words), url_for("reports.sales", **{**query, "by": name}), name == by) for name, words in BY.items()]


@reports_area.get("/sales.csv")
@requires("reports.view")
def sales_csv() -> Response:
    """Every row of the report: key, quantity, rupiah, lines."""
    by, period, branch = _by(), read_period(request.args, "month"), filter_chips.chosen_branch()
    name = "-".join(filter(None, ("sales", by, *period.query.values(), branch.code if branch else "")))
    return csv_file.answer(f"{name}.csv", COLUMNS, _rows(by, period, branch.stream if branch else None))
