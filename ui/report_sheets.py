"""Reports as sheets, in the words of a page or of the command."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, NamedTuple

from babel.dates import format_date

from crm import movement_report, reports
from crm.branches import OFFSETS_MS, Branch
from crm.periods import DAY_MS, Days
from sync.errors import N_
from ui.movement_words import MOVEMENT_WORDS
from ui.report_file import Column, Sheet
from ui.report_names import NOBODY
from ui.report_tables import CUTS, FIGURES, MONEY
from ui.value_words import PAYMENT_METHODS

EPOCH_DAY = date(1970, 1, 1).toordinal()
Rows = Sequence[Sequence[Any]]
Say = Callable[[str], str]  # a message id → the reader's language
_SAID = {"method": PAYMENT_METHODS, "kind": MOVEMENT_WORDS}
ALL_BRANCHES, ALL_DAYS = N_("All branches"), N_("All days")


class Wanted(NamedTuple):
    """``name`` of the file without its ending; ``about``: whose figures, of which days; the reader's language."""

    name: str
    about: Sequence[str]
    say: Say
    language: str


def sales(by: str, rows: Rows, wanted: Wanted) -> Sheet:
    """*rows* as ``crm.reports.sales`` gives them."""
    return _sheet(N_("Sales report"), by, reports.columns(by), rows, wanted)


def movements(by: str, rows: Rows, wanted: Wanted) -> Sheet:
    """*rows* as ``crm.movement_report.movements`` gives them."""
    return _sheet(N_("Stock movements"), by, movement_report.COLUMNS, rows, wanted)


def _sheet(title: str, by: str, columns: Sequence[str], rows: Rows, wanted: Wanted) -> Sheet:
    name, about, say, language = wanted
    figures = [figure for figure in FIGURES if figure in columns]
    places = [columns.index(figure) for figure in figures]
    words, known = CUTS[by], reports.known(by, [row[0] for row in rows])
    names = [Column("text", say(word)) for word in (words.name, words.key) if word]
    kinds = [Column("rupiah" if figure in MONEY else "number", say(FIGURES[figure])) for figure in figures]
    return Sheet(
        *(name, say(title), about, columns, rows),
        [*names, *kinds] if by != "day" else [names[-1], *kinds],
        [[*_told(by, row[0], known, say), *(row[place] for place in places)] for row in rows],
        *(say(N_("Total")), language),
    )


def _told(by: str, key: str, known: dict[str, dict[str, Any]], say: Say) -> list[str]:
    """The cells before the figures: a name and its key, or what says it all."""
    if by == "day":
        return [key]
    if by in _SAID:
        return [say(_SAID[by].get(key, key))]
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
