"""Days and times of files: year first or day first, nothing guessed."""

import pytest

from crm.imports import days
from crm.imports.errors import WrongLine
from crm.imports.table import Cell

JAKARTA_MS = 7 * 3_600_000


def cell(text: str) -> Cell:
    """A cell with *text*."""
    return Cell(7, "x", text)


@pytest.mark.parametrize(
    ("text", "ms", "timed"),
    [
        ("2010-12-01 08:26:00", 1_291_166_760_000, True),
        ("2010-12-01T08:26", 1_291_166_760_000, True),
        ("01/12/2010 08:26", 1_291_166_760_000, True),
        ("1-12-2010 8.26", 1_291_166_760_000, True),
        ("2012-02-29 00:00:00", 1_330_448_400_000, True),
        ("1/12/2010", 1_291_179_600_000, False),
        ("2010-12-01", 1_291_179_600_000, False),
    ],
)
def test_local_times(text, ms, timed) -> None:
    """Goal: local time to ms UTC, a day alone is its noon. Method: one morning in Jakarta, written in many ways."""
    assert (ms, timed) == days.moment(cell(text), JAKARTA_MS)


@pytest.mark.parametrize(
    "text",
    ["", "kemarin", "2011-02-29 08:00:00", "2010-12-01 25:00:00", "12/31/2010 08:26", "31-06-2010", "20/11/26",
     "2010/12/01", "20.11.2026", "20/11-2026", "2010-12-01 08:26 PM", "20/11/1999"],
)  # fmt: skip
def test_times_that_are_none_are_refused(text) -> None:
    """Goal: no invented time. Method: days that never were, month first, short years, other orders, hour 25."""
    with pytest.raises(WrongLine):
        days.moment(cell(text), 0)


@pytest.mark.parametrize(
    ("text", "day"),
    [("20/11/1990", "1990-11-20"), ("1-2-1990", "1990-02-01"), ("1990-11-20", "1990-11-20"), ("x", "x")],
)
def test_days_with_the_year_first(text, day) -> None:
    """Goal: birth dates come in the form of the cards; what is none is told by its own rule. Method: each form."""
    assert day == days.year_first(text)
