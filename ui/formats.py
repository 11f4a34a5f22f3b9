"""How amounts, numbers, times and ages are said: pure functions of the value, the language and the branch's zone.

Times are milliseconds since 1970 UTC.  ``locale`` is "id" or "en".
"""

from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

from crm.branches import ZONES
from sync.errors import N_
from ui.translate import text

MINUS = "\N{MINUS SIGN}"
MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000
CLOCK = {"id": "HH.mm", "en": "HH:mm"}
WORDS = (
    N_("zero"),
    N_("one"),
    N_("two"),
    N_("three"),
    N_("four"),
    N_("five"),
    N_("six"),
    N_("seven"),
    N_("eight"),
    N_("nine"),
    N_("ten"),
)
AGES = (
    (60, N_("one minute ago"), N_("%(count)s minutes ago")),
    (3_600, N_("one hour ago"), N_("%(count)s hours ago")),
    (86_400, N_("one day ago"), N_("%(count)s days ago")),
    (30 * 86_400, N_("one month ago"), N_("%(count)s months ago")),
    (365 * 86_400, N_("one year ago"), N_("%(count)s years ago")),
)
RELATIVE_DAYS = {
    0: N_("today %(time)s"),
    -1: N_("yesterday %(time)s"),
    1: N_("tomorrow %(time)s"),
}


SAID_MAX = 4_096  # the same list is shown again and again, and spelling a time out is the dearest thing on it


def number(value: int, locale: str = "id") -> str:
    """``12345`` → ``12.345`` (id), ``12,345`` (en); a real minus sign below zero."""
    digits = str(format_decimal(abs(value), format="#,##0", locale=locale))
    return f"{MINUS}{digits}" if value < 0 else digits


def rupiah(amount: int, locale: str = "id") -> str:
    """``-1250000`` → ``−Rp1.250.000``."""
    sign = MINUS if amount < 0 else ""
    return f"{sign}Rp{number(abs(amount), locale)}"


def moment(ms: int, zone: str) -> datetime:
    """*ms* on the wall clock of *zone* (WIB, WITA or WIT)."""
    return datetime.fromtimestamp(ms / 1000, UTC).astimezone(ZoneInfo(ZONES[zone]))


@lru_cache(maxsize=SAID_MAX)
def clock(ms: int, zone: str, locale: str = "id") -> str:
    """``14.05`` (id), ``14:05`` (en)."""
    return str(format_datetime(moment(ms, zone), CLOCK[locale], locale=locale))


def day(value: date, today: date, locale: str = "id") -> str:
    """``3 Des``, with the year when it is not this one."""
    pattern = "d MMM" if value.year == today.year else "d MMM y"
    return str(format_date(value, pattern, locale=locale))


def when(ms: int, now_ms: int, zone: str, locale: str = "id") -> str:
    """*hari ini 14.05*, *kemarin 09.10*, *3 Des*, *3 Des 2024*: as people say it."""
    here, today = moment(ms, zone).date(), moment(now_ms, zone).date()
    relative = RELATIVE_DAYS.get((here - today).days)
    if relative is None:
        return day(here, today, locale)
    return text(relative, locale, time=clock(ms, zone, locale))


@lru_cache(maxsize=SAID_MAX)
def full(ms: int, zone: str, locale: str = "id") -> str:
    """*Rabu, 3 Desember 2025 14.05 WIB*: the whole truth, for hover and print."""
    spelt = format_datetime(moment(ms, zone), f"EEEE, d MMMM y {CLOCK[locale]}", locale=locale)
    return f"{spelt} {zone}"


def iso(ms: int) -> str:
    """For the ``datetime`` attribute: ``2025-12-03T07:05:00Z``."""
    return datetime.fromtimestamp(ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def count(value: int, locale: str = "id") -> str:
    """Up to ten as a word, above as digits."""
    return text(WORDS[value], locale) if 0 <= value < len(WORDS) else number(value, locale)


def age(ms: int, now_ms: int, locale: str = "id") -> str:
    """*baru saja*, *lima menit lalu*, *dua jam lalu*; a time to come counts as just now."""
    seconds = (now_ms - ms) // 1000
    fitting = [(size, one, many) for size, one, many in AGES if seconds >= size]
    if not fitting:
        return text(N_("just now"), locale)
    size, one, many = fitting[-1]
    units = seconds // size
    return text(one, locale) if units == 1 else text(many, locale, count=count(units, locale))
