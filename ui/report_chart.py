"""The chart of a report: which one, and the sentence that says what it shows."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from babel.dates import format_date
from flask_babel import gettext as _

from sync.errors import N_
from ui import charts, formats
from ui.clock import now_ms
from ui.node import node
from ui.preferences import language
from ui.report_names import NO_KEY

_MEAN = {
    "day": N_("%(name)s was the best day: %(rupiah)s. On average %(mean)s a day."),
    "month": N_("%(name)s was the best month: %(rupiah)s. On average %(mean)s a month."),
    "year": N_("%(name)s was the best year: %(rupiah)s. On average %(mean)s a year."),
}
_PATTERNS = {"month": "MMM y", "year": "y"}


class Chart(NamedTuple):
    """``kind``: "bars" or "columns"; ``parts`` as ``components/chart.html`` takes them."""

    kind: str
    says: str
    parts: Sequence[Any]


def of(by: str, named: Sequence[Mapping[str, Any]], days: Sequence[tuple[str, int]], total: int) -> Chart | None:
    """The chart of a report's rows; None where there is nothing to compare: sales to nobody known are no customer.

    *named*: the largest rows, with their names; *days*: (day, rupiah) of every row when they are days.
    """
    compared = [(row["name"], row["rupiah"]) for row in named if row["key"] != NO_KEY]
    if len(compared) < 2:
        return None
    return _along(days) if by == "day" else _beside(compared, total)


def _along(days: Sequence[tuple[str, int]]) -> Chart:
    span = charts.by_time(days)
    best, most = max(span.sums, key=lambda one: one[1])
    mean = sum(value for _day, value in span.sums) // len(span.sums)
    says = _(_MEAN[span.size], name=_name(span.size, best), rupiah=_rupiah(most), mean=_rupiah(mean))
    return Chart("columns", says, charts.columns(span, lambda day: _name(span.size, day)))


def _beside(named: Sequence[tuple[str, int]], total: int) -> Chart:
    name, most = named[0]
    says = _("%(name)s brought the most: %(rupiah)s.", name=name, rupiah=_rupiah(most))
    if 0 < most <= total:
        share = {"name": name, "rupiah": _rupiah(most), "share": round(100 * most / total)}
        says = _("%(name)s brought the most: %(rupiah)s, %(share)s %% of all.", **share)
    return Chart("bars", says, charts.bars(named))


def _name(size: str, day: date) -> str:
    if size == "day":
        return formats.day(day, formats.moment(now_ms(), node().zone).date(), language())
    return str(format_date(day, _PATTERNS[size], locale=language()))


def _rupiah(amount: int) -> str:
    return formats.rupiah(amount, language())
