"""Charts as numbers."""

from datetime import date

import pytest

from ui import charts
from ui.charts import LARGEST, NAME_CHARACTERS_MAX, PLOT_PX, Span


def test_bars_begin_at_zero() -> None:
    """Goal: twice as much is twice as long. Method: three values."""
    found = charts.bars([("c", 25), ("a", 100), ("b", 50)])
    assert [("a", 0.0, 100.0), ("b", 0.0, 50.0), ("c", 0.0, 25.0)] == [
        (one.name, one.start, one.length) for one in found
    ]


def test_below_zero_lies_left_of_zero() -> None:
    """Goal: returns are seen as such. Method: three quarters above and one below."""
    above, below = charts.bars([("minus", -100), ("plus", 300)])
    assert ((25.0, 75.0), (0.0, 25.0)) == ((above.start, above.length), (below.start, below.length))


@pytest.mark.parametrize("values", [[], [("a", 0)], [("a", 0), ("b", 0)]])
def test_nothing_sold_is_no_length(values) -> None:
    """Goal: no division by nothing. Method: no row, rows of zero."""
    assert [0.0] * len(values) == [one.length for one in charts.bars(values)]


def test_the_largest_are_shown_and_long_names_cut() -> None:
    """Goal: a picture fits. Method: more bars and letters than have room."""
    found = charts.bars([(f"{value} " + "x" * 40, value) for value in range(20)])
    assert (LARGEST, 19) == (len(found), found[0].value)
    assert {NAME_CHARACTERS_MAX} == {len(one.short) for one in found}


@pytest.mark.parametrize(
    ("days", "size", "count"),
    [
        (["2026-01-01"], "day", 1),
        (["2026-01-30", "2026-02-02"], "day", 4),
        (["2026-01-01", "2026-03-03"], "day", 62),
        (["2026-01-01", "2026-03-04"], "month", 3),
        (["2020-01-31", "2025-02-01"], "month", 62),
        (["2020-01-31", "2025-03-01"], "year", 6),
    ],
)
def test_days_are_added_up_until_they_can_be_told_apart(days, size, count) -> None:
    """Goal: a day, a month or years fit beside each other. Method: spans around each limit; nothing is lost."""
    span = charts.by_time([(day, 10) for day in days])
    assert (size, count, 10 * len(days)) == (span.size, len(span.sums), sum(value for _, value in span.sums))


def test_columns_stand_on_zero_and_stay_inside() -> None:
    """Goal: heights compare, words do not stick out. Method: ten days, one below zero."""
    sums = [(date(2026, 1, day), value) for day, value in enumerate([30, 0, 60, -20, 5, 5, 5, 5, 5, 60], 1)]
    found = charts.columns(Span("day", sums), lambda day: str(day.day))
    floor = PLOT_PX * 60 / 80
    assert [floor, floor] == [found[0].top + found[0].height, found[3].top]
    assert (0.0, PLOT_PX) == (found[2].top, found[3].top + found[3].height)
    assert ("start", "middle", "end") == (found[0].anchor, found[4].anchor, found[9].anchor)
    assert ["1", "6", "10"] == [one.name for one in found if one.shown]
    assert all(0 <= one.left and one.left + one.width <= 100 and 0 <= one.middle <= 100 for one in found)
