"""Days and times as files write them: 2026-11-20, or with the day first 20/11/2026.  No other order is guessed."""

import re
from datetime import UTC, date, datetime, time, timedelta

from crm.imports.table import Cell
from sync.errors import N_

NOON = time(12)  # of a day without a time: it is that day whatever the zone
_MOMENT = re.compile(r"([0-9/-]+)(?:[ T]+(\d\d?)[:.](\d\d)(?:[:.](\d\d))?)?", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_DAY_FIRST = re.compile(r"(\d\d?)([/-])(\d\d?)\2(\d{4})", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_YEARS = range(2000, 2100)
_NO_TIME = N_("is no time like 2026-11-20 14:30 or 20/11/2026 14:30")
_NO_DAY = N_("is no day that exists; the day comes first (20/11/2026), or the year (2026-11-20)")


def moment(cell: Cell, offset_ms: int) -> tuple[int, bool]:
    """(ms UTC, was a time of day there?) of a local time; *offset_ms* is what the zone is ahead.  Raises WrongLine.

    A day without a time is taken at noon.
    """
    found = _MOMENT.fullmatch(cell.text)
    numbers = _numbers(found[1]) if found else None
    if not found or not numbers:
        raise cell.wrong(_NO_TIME)
    local = datetime.combine(_day(cell, numbers), _time(cell, found), UTC)
    return (local - _EPOCH) // timedelta(milliseconds=1) - offset_ms, found[2] is not None


def _day(cell: Cell, numbers: tuple[int, int, int]) -> date:
    try:
        found = date(*numbers)
    except ValueError as problem:
        raise cell.wrong(_NO_DAY) from problem
    if found.year not in _YEARS:
        raise cell.wrong(N_("is not between the years 2000 and 2099"))
    return found


def _time(cell: Cell, found: re.Match[str]) -> time:
    if found[2] is None:
        return NOON
    try:
        return time(int(found[2]), int(found[3]), int(found[4] or 0))
    except ValueError as problem:
        raise cell.wrong(N_("is no time that exists")) from problem


def _numbers(text: str) -> tuple[int, int, int] | None:
    """(year, month, day) as they stand there, whether such a day exists or not."""
    if year_first := _YEAR_FIRST.fullmatch(text):
        return int(year_first[1]), int(year_first[2]), int(year_first[3])
    day_first = _DAY_FIRST.fullmatch(text)
    return (int(day_first[4]), int(day_first[3]), int(day_first[1])) if day_first else None


def year_first(text: str) -> str:
    """A day as 2026-11-20; a *text* that is none stays as it is."""
    numbers = _numbers(text)
    return "{:04}-{:02}-{:02}".format(*numbers) if numbers else text


def check_order(cell: Cell) -> None:
    """Raises WrongLine for a day whose month can only stand first: then other days of the file may mean that too."""
    numbers = _numbers(cell.text)
    if numbers and numbers[1] > 12 >= numbers[2]:
        raise cell.wrong(_NO_DAY)
