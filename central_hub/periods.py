"""Which days a list or report is about: a chip of the address bar, or two days typed in."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from crm.branches import OFFSETS_MS
from crm.errors import BadPeriod
from crm.reports import DAY_MS
from sync.errors import N_
from ui.clock import now_ms
from ui.formats import moment
from ui.node import node

WORDS = {
    "today": N_("Today"),
    "yesterday": N_("Yesterday"),
    "week": N_("7 days"),
    "month": N_("30 days"),
    "all": N_("All days"),
}
_BACK = {"today": (0, 0), "yesterday": (1, 1), "week": (6, 0), "month": (29, 0)}
_OFFSET = "CASE b.zone {} ELSE {} END".format(
    " ".join(f"WHEN '{zone}' THEN {offset}" for zone, offset in OFFSETS_MS.items()), OFFSETS_MS["WIB"]
)
DAYS = (
    " s.at BETWEEN :from_ms AND :to_ms"  # wide enough for every zone, and served by an index
    f" AND (s.at + {_OFFSET}) / {DAY_MS} BETWEEN :first AND :last"
)
_EPOCH = date(1970, 1, 1)


class Period(NamedTuple):
    """``name`` of a chip, or "" for days typed in; None: open at that end.  Days are those of each branch's zone."""

    name: str
    first: date | None
    last: date | None

    @property
    def params(self) -> dict[str, Any]:
        """Values for DAYS."""
        low, high = ((day - _EPOCH).days for day in (self.first or date.min, self.last or date.max))
        bounds = {"from_ms": low * DAY_MS - max(OFFSETS_MS.values()), "to_ms": (high + 1) * DAY_MS}
        return {"first": low, "last": high, **bounds}

    @property
    def query(self) -> dict[str, str]:
        """What names this period in an address."""
        if self.name:
            return {"period": self.name}
        days = {"from": self.first, "to": self.last}
        return {name: day.isoformat() for name, day in days.items() if day}


def named(name: str) -> Period:
    """The period of a chip, counted back from today."""
    if name not in _BACK:
        return Period("all", None, None)
    today = moment(now_ms(), node().zone).date()
    first, last = (today - timedelta(days=back) for back in _BACK[name])
    return Period(name, first, last)


def read_period(args: Mapping[str, str], default: str) -> Period:
    """The period an address names; raises BadPeriod for days that are none."""
    if args.get("from") or args.get("to"):
        return _typed(_day(args.get("from")), _day(args.get("to")))
    name = args.get("period", default)
    return named(name if name in WORDS else default)


def _typed(first: date | None, last: date | None) -> Period:
    if first and last and last < first:
        raise BadPeriod(text=last.isoformat())
    return Period("", first, last)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as problem:
        raise BadPeriod(text=text) from problem
