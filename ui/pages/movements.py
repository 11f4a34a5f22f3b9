"""Laporan: what came into the shops and what went out, by what moved it or by product."""

from operator import itemgetter
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _

from crm import movement_report, reports
from crm.movement_report import COLUMNS
from sync.errors import N_
from ui import filter_chips, report_sheets, report_tables
from ui.access import requires
from ui.movement_words import MOVEMENT_WORDS
from ui.pages.areas import reports_area
from ui.pages.reports import SHOWN, Row, about, add_files, file_name, sums_of
from ui.periods import Period, read_period
from ui.preferences import language
from ui.report_file import Sheet
from ui.report_sheets import Wanted

BY = {"kind": N_("By kind"), "product": N_("By product")}


def _by() -> str:
    asked = request.args.get("by", "kind")
    return asked if asked in BY else "kind"


def _rows(by: str, period: Period) -> list[Row]:
    return list(movement_report.movements(by, period.days, filter_chips.chosen_stream()))


@reports_area.get("/movements")
@requires("reports.view")
def movements() -> str:
    """What moved most comes first; the files hold all."""
    by, period = _by(), read_period(request.args, "month")
    rows = _rows(by, period)
    most = sorted(rows, key=itemgetter(COLUMNS.index("movements")), reverse=True)[:SHOWN]
    filters = filter_chips.all_chips("reports.movements", period, filter_chips.chosen_branch(), by=by)
    return render_template(
        "reports/movements.html",
        shown=report_tables.on_screen(by, COLUMNS),
        rows=_named(by, most),
        count=len(rows),
        sums={"name": _("Total"), **sums_of(COLUMNS, rows)},
        by_chips=[
            (_(words), url_for("reports.movements", **{**filters["query"], "by": one}), one == by)
            for one, words in BY.items()
        ],
        **filters,
    )


def _named(by: str, rows: list[Row]) -> list[dict[str, Any]]:
    known = reports.known(by, [row[0] for row in rows])
    found = []
    for row in rows:
        product = known.get(row[0])
        name = product["name"] if product else _(MOVEMENT_WORDS.get(row[0], row[0]))
        href = url_for("products.show", ident=product["id"].hex()) if product else ""
        found.append({**dict(zip(COLUMNS, row, strict=True)), "name": name or row[0], "href": href})
    return found


def _sheet() -> Sheet:
    by, period, branch = _by(), read_period(request.args, "month"), filter_chips.chosen_branch()
    name = file_name("movements", by, period, branch)
    return report_sheets.movements(by, _rows(by, period), Wanted(name, about(period, branch), _, language()))


add_files("movements", _sheet)
