"""Lists of shifts, the same at branch and head office: rows of a table, and the CSV file."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask import Response, url_for
from flask_babel import gettext as _

from crm.branches import Branch
from crm.money import Listed
from ui import csv_file, formats, shift_words
from ui.paging import cursor_of

COLUMNS = (
    *("branch", "till", "shift", "opened", "opened_by", "closed", "closed_by", "float", "expected", "counted"),
    *("difference", "receipts_without_shift_before", "rupiah_without_shift_before"),
)


def rows(found: Iterable[Listed]) -> list[dict[str, Any]]:
    """Each with the address of its report and what stands in the table."""
    codes = {branch.stream: branch.code for branch in Branch.select()}
    return [_row(one, codes) for one in found]


def _row(one: Listed, codes: dict[int, str]) -> dict[str, Any]:
    span = one.span
    return {
        "name": _("Shift %(number)s", number=span.number),
        "branch": codes.get(span.stream, ""),
        "opened_at": span.opened_at,
        "by": span.closed_by or span.opened_by,
        "expected": one.expected if span.closing else None,
        "counted": span.counted,
        "difference": one.difference,
        "before": one.before[1] if one.before[0] else None,
        "state": shift_words.state(one.difference),
        "href": url_for("shifts.show_one", ident=span.id.hex()),
        "cursor": cursor_of(span.opened_at, span.id),
    }


def csv_answer(name: str, found: Iterable[Listed]) -> Response:
    """Every shift as one line; times as they are at its branch."""
    branches = {branch.stream: branch for branch in Branch.select()}
    return csv_file.answer(f"{name}.csv", COLUMNS, (_cells(one, branches.get(one.span.stream)) for one in found))


def _cells(one: Listed, branch: Branch | None) -> Sequence[Any]:
    span, zone = one.span, branch.zone if branch else "WIB"
    opened, closed = (_minute(at, zone) for at in (span.opened_at, span.closed_at))
    people = (opened, span.opened_by, closed, span.closed_by)
    money = (span.opening, one.expected, span.counted, one.difference)
    return (branch.code if branch else "", span.till, span.number, *people, *money, *one.before)


def _minute(at: int | None, zone: str) -> str | None:
    return None if at is None else formats.moment(at, zone).isoformat(" ", "minutes")[:16]
