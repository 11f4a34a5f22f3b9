"""The time of the day in Indonesia's three zones, which know no summer time.  Times are ms since 1970 UTC."""

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
OFFSETS_MS = {"WIB": 7 * HOUR_MS, "WITA": 8 * HOUR_MS, "WIT": 9 * HOUR_MS}


def midnight(at: int, zone: str) -> int:
    """When the local day of *at* began.  KeyError for a zone that is none of OFFSETS_MS."""
    offset = OFFSETS_MS[zone]
    return (at + offset) // DAY_MS * DAY_MS - offset


def minute_of_day(at: int, zone: str) -> int:
    """Minutes since local midnight, 0 to 1439."""
    return (at - midnight(at, zone)) // MINUTE_MS
