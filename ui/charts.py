"""Charts as numbers: how long each bar is and what stands beside it; ``components/chart.html`` draws them.

Widths are per cent of the page's and heights are pixels, so that words keep their size on a phone; colours are the
theme's.  A library's picture would have its own, and shrink its words with its bars.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

LARGEST = 10
NAME_CHARACTERS_MAX = 26  # what fits beside an amount on 360 px
BARS_MAX = 62  # days or months beside each other before they are added up
NAMED_EACH_MAX = 7
PLOT_PX = 128


class Bar(NamedTuple):
    """``start`` and ``length`` in per cent of the width; ``name`` in full and ``short``; ``value`` in rupiah."""

    name: str
    short: str
    value: int
    start: float
    length: float


class Column(NamedTuple):
    """``left`` and ``width`` in per cent of the width, ``top`` and ``height`` in px of PLOT_PX.

    ``shown``: its name stands below; ``anchor``: where words begin that may not stick out.
    """

    name: str
    value: int
    left: float
    width: float
    top: float
    height: float
    shown: bool
    anchor: str

    @property
    def middle(self) -> float:
        """Where its words stand: an edge of the picture, or the middle of the column."""
        return {"start": 0.0, "end": 100.0}.get(self.anchor, self.left + self.width / 2)


class Span(NamedTuple):
    """Days added up: ``size`` is "day", "month" or "year", ``sums`` (first day of each, rupiah), none left out."""

    size: str
    sums: list[tuple[date, int]]


def bars(values: Iterable[tuple[str, int]]) -> list[Bar]:
    """The largest of (name, rupiah), from zero on; what is below zero lies left of it."""
    found = sorted(values, key=lambda one: one[1], reverse=True)[:LARGEST]
    low, width = _reach([value for _name, value in found], 100)
    return [Bar(name, _short(name), value, (min(value, 0) - low) * width, abs(value) * width) for name, value in found]


def columns(span: Span, name: Callable[[date], str]) -> list[Column]:
    """One column for each sum of *span*, from zero on; *name* says a day, month or year."""
    values = [value for _day, value in span.sums]
    low, height = _reach(values, PLOT_PX)
    step = 100 / len(values)
    width = min(step * 0.8, 12.0)
    places = _named(len(values))
    return [
        Column(
            *(name(day), value, step * (place + 0.5) - width / 2, width),
            *(PLOT_PX - (max(value, 0) - low) * height, abs(value) * height),
            *(place in places, _anchor(step * (place + 0.5))),
        )
        for place, (day, value) in enumerate(span.sums)
    ]


def by_time(days: Sequence[tuple[str, int]]) -> Span:
    """(YYYY-MM-DD, rupiah) added up to what can be told apart beside each other, with the days nobody sold on."""
    known = {date.fromisoformat(day): rupiah for day, rupiah in days}
    first, last = min(known), max(known)
    months = (last.year - first.year) * 12 + last.month - first.month
    size = "day" if (last - first).days < BARS_MAX else "month" if months < BARS_MAX else "year"
    sums: dict[date, int] = {}
    for back in range((last - first).days + 1):
        day = first + timedelta(back)
        begin = {"day": day, "month": day.replace(day=1), "year": day.replace(month=1, day=1)}[size]
        sums[begin] = sums.get(begin, 0) + known.get(day, 0)
    return Span(size, list(sums.items()))


def _reach(values: Sequence[int], most: int) -> tuple[int, float]:
    """The lowest value to be shown, zero or less, and how much of *most* one rupiah is."""
    low, high = min(0, *values, 0), max(0, *values, 0)
    return low, most / (high - low) if high > low else 0.0


def _short(name: str) -> str:
    return name if len(name) <= NAME_CHARACTERS_MAX else name[: NAME_CHARACTERS_MAX - 1].rstrip() + "…"


def _named(count: int) -> set[int]:
    return set(range(count)) if count <= NAMED_EACH_MAX else {0, count // 2, count - 1}


def _anchor(middle: float) -> str:
    return "start" if middle < 15 else "end" if middle > 85 else "middle"
