"""Days as people mean them: those of the zone in which something happened, at one branch or at each of them.

``at`` is UTC in ms since 1970 everywhere; a day begins at midnight where the branch is.  "Today" is each branch's own:
while it is 23.30 in Pontianak (WIB), Denpasar (WITA) already sells on the next day, and both are today's sales.
"""

from datetime import date, timedelta
from typing import NamedTuple

from crm.branches import OFFSETS_MS
from crm.errors import BadPeriod

DAY_MS = 86_400_000
_OFFSET = "CASE b.zone {} ELSE {} END".format(
    " ".join(f"WHEN '{zone}' THEN {offset}" for zone, offset in OFFSETS_MS.items()), OFFSETS_MS["WIB"]
)
DAY = f"((s.at + {_OFFSET}) / {DAY_MS})"  # of a row s of branch b, in days since 1970
DURING = (
    " s.at BETWEEN :from_ms AND :to_ms"  # wide enough for every zone, and served by an index
    f" AND {DAY} - (:since_ms + {_OFFSET}) / {DAY_MS} BETWEEN :first AND :last"
)
_EPOCH = date(1970, 1, 1)


def day_at(ms: int, zone: str) -> date:
    """The day it is in *zone* at *ms* UTC."""
    return _EPOCH + timedelta((ms + OFFSETS_MS[zone]) // DAY_MS)


def bounds(day: date, zone: str) -> tuple[int, int]:
    """When (ms UTC) *day* begins in *zone*, and when the next one does."""
    begins = (day - _EPOCH).days * DAY_MS - OFFSETS_MS[zone]
    return begins, begins + DAY_MS


class Days(NamedTuple):
    """From ``first`` to ``last``, both included, counted from the day it is at ``since_ms`` where the branch is."""

    first: int
    last: int
    since_ms: int = 0  # 1 January 1970 in each zone of the country

    @property
    def params(self) -> dict[str, int]:
        """Values for DURING."""
        bounds = {"from_ms": self.first - 1, "to_ms": self.last + 1}
        return {**self._asdict(), **{name: self.since_ms + day * DAY_MS for name, day in bounds.items()}}


def between(first: date | str | None = None, last: date | str | None = None) -> Days:
    """From one date to another (text: YYYY-MM-DD), None being open at that end; raises BadPeriod if that is none."""
    days = Days(_day(first, date.min), _day(last, date.max))
    if days.last < days.first:
        raise BadPeriod(text=last)
    return days


def _day(day: date | str | None, default: date) -> int:
    try:
        meant = default if day is None else date.fromisoformat(str(day))
    except ValueError as problem:
        raise BadPeriod(text=day) from problem
    return (meant - _EPOCH).days
