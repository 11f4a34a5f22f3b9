"""Which days a list or report is about: a chip of the address bar, or two days typed in."""

from collections.abc import Mapping
from typing import NamedTuple

from crm.periods import Days, between
from sync.errors import N_
from ui.clock import now_ms

WORDS = {
    "today": N_("Today"),
    "yesterday": N_("Yesterday"),
    "week": N_("7 days"),
    "month": N_("30 days"),
    "all": N_("All days"),
}
_DAYS = {"today": (0, 0), "yesterday": (-1, -1), "week": (-6, 0), "month": (-29, 0)}


class Period(NamedTuple):
    """``days``, and the ``query`` of an address that names them: a chip's ``name``, or "" for days typed in."""

    name: str
    days: Days
    query: dict[str, str]


def named(name: str) -> Period:
    """The period of a chip, counted from today where each branch is."""
    days = Days(*_DAYS[name], since_ms=now_ms()) if name in _DAYS else between()
    return Period(name, days, {"period": name})


def read_period(args: Mapping[str, str], default: str) -> Period:
    """The period an address names; raises BadPeriod for days that are none."""
    typed = {end: args[end] for end in ("from", "to") if args.get(end)}
    if typed:
        return Period("", between(typed.get("from"), typed.get("to")), typed)
    name = args.get("period", default)
    return named(name if name in WORDS else default)
