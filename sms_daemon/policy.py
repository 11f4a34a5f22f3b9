"""Who may send now, who goes first, and when a refused message is tried again.  Pure: clock and chance are arguments.

Times are ms since 1970 UTC; limits count parts, since a long message takes as much of the line as several short ones.
"""

from bisect import insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sms_daemon.zones import DAY_MS, HOUR_MS, MINUTE_MS, midnight, minute_of_day

RANKS = {"staff": 0, "receipt": 1, "notice": 1, "reminder": 2, "greeting": 3, "promotion": 4}
PRIORITY = ("staff", "receipt", "reminder")

RETRY_DELAYS_MS = (30_000, 2 * MINUTE_MS, 10 * MINUTE_MS, 30 * MINUTE_MS, 2 * HOUR_MS)
TRIES_MAX = len(RETRY_DELAYS_MS)
AGED_MS = 10 * MINUTE_MS
NEARLY_FULL_PERCENT = 80
DUPLICATES, DUPLICATE_WINDOW_MS = 5, 30 * MINUTE_MS
VALIDITY_MIN, VALIDITY_MAX = 5, 3 * 24 * 60  # minutes; after 72 h without a report a message counts as "no report"


def rank(kind: str) -> int:
    """0 goes first.  A kind this version does not know goes last."""
    return RANKS.get(kind, RANKS["promotion"])


def next_try(tries: int, now: int, chance: float) -> int | None:
    """When to try again after the definite refusal number *tries* (1, 2, …); None: no more.

    *chance* (0 ≤ x < 1) spreads the delay by ±20 %, so that refused messages do not all come back at once.  After
    TRIES_MAX retries a message has failed.
    """
    if tries > TRIES_MAX:
        return None
    delay = RETRY_DELAYS_MS[tries - 1]
    return now + delay * 4 // 5 + int(chance * (delay * 2 // 5))


# --- quiet hours -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Quiet:
    """From ``start`` to before ``end``, in minutes of the local day; over midnight when start > end."""

    start: int
    end: int


QUIET_DEFAULTS = {
    "promotion": Quiet(20 * 60, 8 * 60),
    "greeting": Quiet(20 * 60, 8 * 60),
    "reminder": Quiet(21 * 60, 7 * 60),
}


def quiet_until(kind: str, now: int, zone: str, quiet: Mapping[str, Quiet]) -> int | None:
    """When the quiet hours end in which *now* lies for this kind of message; None when it may go now."""
    hours = quiet.get(kind)
    if hours is None:
        return None
    minute = minute_of_day(now, zone)
    if (minute - hours.start) % 1440 >= (hours.end - hours.start) % 1440:
        return None
    return _next(hours.end, now, zone)


def quiet_start(kind: str, now: int, zone: str, quiet: Mapping[str, Quiet]) -> int | None:
    """When quiet hours next begin after *now* for this kind; None when it has none."""
    hours = quiet.get(kind)
    return None if hours is None else _next(hours.start, now, zone)


def _next(minute: int, now: int, zone: str) -> int:
    today = midnight(now, zone) + minute * MINUTE_MS
    return today if today > now else today + DAY_MS


def validity_minutes(expires: int | None, quiet_start: int | None, now: int) -> int:
    """How long the network may go on trying: until it expires or quiet hours begin, at most 72 h.

    Rounded down to what a relative TP-VP can say (3GPP TS 23.040, 9.2.3.12.1), but never under its least, 5 minutes.
    """
    ends = [end for end in (expires, quiet_start) if end is not None]
    minutes = min((min(ends) - now) // MINUTE_MS if ends else VALIDITY_MAX, VALIDITY_MAX)
    step = 5 if minutes <= 720 else 30 if minutes <= 1440 else 1440
    return max(minutes // step * step, VALIDITY_MIN)


# --- rates -----------------------------------------------------------------------------------------------------


def room_at(times: Sequence[int], parts: int, limit: int, window_ms: int, now: int) -> int:
    """When *parts* more may be sent, so that no *window_ms* holds more than *limit*; *now* when they may at once.

    *times*: when earlier parts were sent, ascending, none after *now*.  More parts than the limit wait for an empty
    window, since they could never fit.
    """
    spare = max(0, limit - parts)
    return now if len(times) <= spare else max(now, times[-1 - spare] + window_ms)


class Bucket:
    """The parts one SIM sent lately, held against its limits per minute, hour and day (sliding windows)."""

    def __init__(self, per_minute: int, per_hour: int, per_day: int, sent: Iterable[int] = ()) -> None:
        """*sent*: when parts of the last day were sent, one time per part, for a daemon that starts again."""
        self._limits = ((per_minute, MINUTE_MS), (per_hour, HOUR_MS), (per_day, DAY_MS))
        self._sent = sorted(sent)

    def free_at(self, parts: int, now: int) -> int:
        """When *parts* may go; *now* when they may at once."""
        self._forget(now)
        return max(room_at(self._sent, parts, limit, window, now) for limit, window in self._limits)

    def take(self, parts: int, now: int) -> None:
        """Counts *parts* as sent."""
        for _ in range(parts):
            insort(self._sent, now)

    def _forget(self, now: int) -> None:
        """Drops what is older than a day; a time the clock has not reached (it was set back) becomes *now*."""
        if self._sent and (self._sent[0] <= now - DAY_MS or self._sent[-1] > now):
            self._sent = [min(at, now) for at in self._sent if at > now - DAY_MS]


# --- order -----------------------------------------------------------------------------------------------------


def choose(heads: Mapping[int, int], turn: int, now: int) -> int | None:
    """The rank whose oldest ready message goes next; None when none waits.

    *heads*: for each rank with ready messages, when its oldest was made; *turn*: messages started so far.  Two turns
    of three belong to the lowest rank; each third one to the oldest message of all, if it has waited AGED_MS.  So
    greetings and promotions get at most one turn of three while others wait, and nothing waits for ever.
    """
    if not heads:
        return None
    first = min(heads)
    oldest = min(heads, key=lambda rank: (heads[rank], rank))
    aged = turn % 3 == 2 and now - heads[oldest] >= AGED_MS
    return oldest if aged else first


def is_duplicate(kind: str, earlier: int) -> bool:
    """Is a message to be held, of which *earlier* with the same number and text came in DUPLICATE_WINDOW_MS?

    The fifth is held for a person to look at; staff may write what they like.
    """
    return kind != "staff" and earlier >= DUPLICATES - 1


# --- the SIM ---------------------------------------------------------------------------------------------------


def is_nearly_full(used: int | None, size: int | None) -> bool:
    """Is there soon no room on the SIM for what comes in?  Messages on it, and room for; unknown is not full."""
    return bool(used and size) and (used or 0) * 100 >= (size or 0) * NEARLY_FULL_PERCENT


# --- credit ----------------------------------------------------------------------------------------------------


def may_spend(kind: str, balance: int | None, floor: int, reserve: int) -> bool:
    """May a message of this kind use up credit?  Amounts in rupiah; an unknown balance (None) holds nothing.

    Below *floor* greetings and promotions are held; below *reserve* only PRIORITY kinds go.
    """
    if balance is None or kind in PRIORITY:
        return True
    return balance >= reserve if kind == "notice" else balance >= max(floor, reserve)


def is_alarm(balance: int | None, reserve: int) -> bool:
    """Must somebody top up now?"""
    return balance is not None and balance < reserve
