"""Is each branch alive?  What head office knows of its line, its backlog and its clock, judged in one place."""

from typing import Any, NamedTuple

from flask_babel import gettext as _

from crm.reading import dicts
from sync.clock import COUNTER_BITS
from sync.errors import N_
from ui import formats
from ui.formats import DAY_MS, MINUTE_MS
from ui.preferences import language
from ui.status import LINE, Look

LIVE_MS = 5 * MINUTE_MS  # a branch in reach asks every 20 seconds, one that waits on the doorbell every 4 minutes
AMBER_MS, RED_MS = DAY_MS, 3 * DAY_MS
CLOCK_ERROR_MS = 2 * MINUTE_MS
NOT_ENROLLED = Look("quiet", "key", N_("Not enrolled yet"))
WITHDRAWN = Look("quiet", "slash-circle", N_("Key withdrawn"))
LEVELS = ("ok", "new", "offline", "amber", "red")  # from best to worst
SPANS = (
    (48 * 60 * MINUTE_MS, DAY_MS, N_("%(count)s days")),
    (120 * MINUTE_MS, 60 * MINUTE_MS, N_("%(count)s hours")),
    (0, MINUTE_MS, N_("%(count)s minutes")),
)
_ARRIVED = (
    "(SELECT count(*) FROM entry e WHERE e.epoch = p.id AND e.seq > p.seq - s.reported_waiting"
    f" AND e.stamp >= (s.reported_oldest << {COUNTER_BITS}))"
)
_BRANCHES = (
    "SELECT b.id, b.stream, b.code, b.name, b.kind, b.zone, b.address, b.phone, s.last_contact, s.clock_error,"
    " s.certificate IS NOT NULL AS enrolled, s.revoked_after IS NOT NULL AS withdrawn,"
    " coalesce(s.reported_waiting, 0) AS reported,"
    f" s.reported_oldest AS oldest, {_ARRIVED} AS arrived, coalesce(p.stamp >> {COUNTER_BITS}, 0) AS newest"
    " FROM branch b JOIN stream s ON s.stream = b.stream LEFT JOIN epoch p ON p.stream = s.stream AND NOT p.closed"
    " WHERE NOT b.archived ORDER BY b.code"
)


class Health(NamedTuple):
    """One branch.  ``waiting`` entries lie there since ``since``; times in ms UTC, None when never or unknown.

    ``withdrawn``: the key of its computer was, and no other computer has joined.
    """

    id: bytes
    stream: int
    code: str
    name: str
    kind: str
    zone: str
    address: str | None
    phone: str | None
    enrolled: bool
    withdrawn: bool
    last_contact: int | None
    waiting: int
    since: int | None
    clock_error: int | None
    level: str

    @property
    def look(self) -> Look:
        """Colour, icon and word of the level."""
        if self.withdrawn:
            return WITHDRAWN
        return NOT_ENROLLED if self.level == "new" else LINE[self.level]

    @property
    def clock_words(self) -> str:
        """*58 minutes fast*; empty while the clock is right enough or unknown."""
        error = self.clock_error or 0
        if abs(error) <= CLOCK_ERROR_MS:
            return ""
        span = _span(abs(error))
        return _("%(span)s fast", span=span) if error > 0 else _("%(span)s slow", span=span)


def branches(now_ms: int) -> list[Health]:
    """Every branch in use, by code."""
    return [_health(row, now_ms) for row in dicts(_BRANCHES)]


def worst(known: list[Health]) -> str:
    """The level of the branch that is worst off."""
    return max((branch.level for branch in known), key=LEVELS.index, default="new")


def level_of(enrolled: bool, last_contact: int | None, since: int | None, clock_error: int | None, now_ms: int) -> str:
    """One of LEVELS: silence or backlog of a day is amber, of three days red; a wrong clock is amber."""
    if not enrolled or last_contact is None:
        return "new"
    silent = now_ms - last_contact
    oldest = max(silent, now_ms - since if since else 0)
    if oldest > RED_MS:
        return "red"
    if oldest > AMBER_MS or abs(clock_error or 0) > CLOCK_ERROR_MS:
        return "amber"
    return "offline" if silent > LIVE_MS else "ok"


def _health(row: dict[str, Any], now_ms: int) -> Health:
    """The backlog a branch reports still counts what travels in that very request: what arrived since is taken off."""
    arrived = row.pop("arrived")
    waiting = max(row.pop("reported") - arrived, 0)
    oldest, newest = row.pop("oldest"), row.pop("newest")
    row["enrolled"], row["withdrawn"] = bool(row["enrolled"]), bool(row["withdrawn"])
    since = (newest if arrived else oldest) if waiting else None
    level = level_of(row["enrolled"] and not row["withdrawn"], row["last_contact"], since, row["clock_error"], now_ms)
    return Health(**row, waiting=waiting, since=since, level=level)


def _span(ms: int) -> str:
    unit, words = next((unit, words) for least, unit, words in SPANS if ms >= least)
    return _(words, count=formats.count(round(ms / unit), language()))
