"""The report of sales as a sheet, in the words of a page or of the command."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from babel.dates import format_date

from crm import reports
from crm.branches import OFFSETS_MS, Branch
from crm.periods import DAY_MS, Days
from sync.errors import N_
from ui.report_file import Column, Sheet
from ui.report_names import NOBODY
from ui.report_tables import CUTS, FIGURES, MONEY
from ui.value_words import PAYMENT_METHODS

EPOCH_DAY = date(1970, 1, 1).toordinal()
Say = Callable[[str], str]  # a message id → the reader's language
ALL_BRANCHES, ALL_DAYS = N_("All branches"), N_("All days")


def sales(by: str, rows: Sequence[Sequence[Any]], name: str, about: Sequence[str], say: Say, language: str) -> Sheet:
    """*rows* as ``crm.reports.sales`` gives them; *name* of the file, *about*: whose figures, of which days."""
    columns = reports.columns(by)
    figures = [figure for figure in FIGURES if figure in columns]
    places = [columns.index(figure) for figure in figures]
    words, known = CUTS[by], reports.known(by, [row[0] for row in rows])
    names = [Column("text", say(word)) for word in (words.name, words.key) if word]
    kinds = [Column("rupiah" if figure in MONEY else "number", say(FIGURES[figure])) for figure in figures]
    return Sheet(
        *(name, say(N_("Sales report")), about, columns, rows),
        [*names, *kinds] if by != "day" else [names[-1], *kinds],
        [[*_told(by, row[0], known, say), *(row[place] for place in places)] for row in rows],
        *(say(N_("Total")), language),
    )


def _told(by: str, key: str, known: dict[str, dict[str, Any]], say: Say) -> list[str]:
    """The cells before the figures: a name and its key, or what says it all."""
    if by == "day":
        return [key]
    if by == "method":
        return [say(PAYMENT_METHODS.get(key, key))]
    name = known[key]["name"] if key in known else ""
    return [name or key or say(NOBODY.get(by, "")), key]


def place(branch: Branch | None, say: Say) -> str:
    """Whose figures they are."""
    return f"{branch.name} ({branch.code})" if branch else say(ALL_BRANCHES)


def period(days: Days, zone: str, say: Say, language: str) -> str:
    """The days as dates, which mean the same tomorrow; *zone*: where today is asked for."""
    today = (days.since_ms + OFFSETS_MS[zone]) // DAY_MS
    first, last = (_date(today + day, language) for day in (days.first, days.last))
    if not first and not last:
        return say(ALL_DAYS)
    return first if first == last else f"{first or '…'} – {last or '…'}"


def _date(day: int, language: str) -> str:
    """*day* since 1970 in words; empty for an open end."""
    meant = EPOCH_DAY + day
    if not date.min.toordinal() < meant < date.max.toordinal():
        return ""
    return str(format_date(date.fromordinal(meant), "d MMMM y", locale=language))
