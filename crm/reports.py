"""Sales reports: one query each, grouped by the database, the same at a branch and at head office."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any

from crm.branches import HEAD_OFFICE, OFFSETS_MS
from crm.errors import BadPeriod
from sync.database import database
from sync.errors import invariant

DAY_MS = 86_400_000
_OFFSET = "CASE b.zone {} ELSE {} END".format(
    " ".join(f"WHEN '{zone}' THEN {offset}" for zone, offset in OFFSETS_MS.items()), OFFSETS_MS["WIB"]
)
_DAY = f"((s.at + {_OFFSET}) / {DAY_MS})"
_LINES = (
    "FROM sale s JOIN sale_line l ON l.sale = s.id LEFT JOIN branch b ON b.stream = s.stream"
    " WHERE s.at BETWEEN :from_ms AND :to_ms AND " + _DAY + " BETWEEN :first AND :last"
    " AND (:stream IS NULL OR s.stream = :stream)"
)
_SUMS = "sum(l.quantity) AS quantity, sum(l.quantity * l.price - l.discount) AS rupiah, count(*) AS lines"
_KEYS = {  # by → (what the lines are grouped by, the key people read, the tables that know it)
    "product": (
        "l.product",
        "coalesce(p.code, v.code, lower(hex(g.part)))",
        "LEFT JOIN product p ON p.id = g.part LEFT JOIN provisional_product v ON v.id = g.part",
    ),
    "customer": ("s.customer", "coalesce(c.number, '')", "LEFT JOIN customer c ON c.id = g.part"),
    "day": (_DAY, "date(g.part * 86400, 'unixepoch')", ""),
    "branch": ("s.stream", f"coalesce(k.code, '{HEAD_OFFICE}')", "LEFT JOIN branch k ON k.stream = g.part"),
}


def sales(
    by: str, first: date | str | None = None, last: date | str | None = None, stream: int | None = None
) -> Iterator[tuple[str, int, int, int]]:
    """(key, quantity, rupiah, lines) for each key, in the order of the keys; returns count negative.

    *by*: "product" (key: its code), "customer" (its number, "" without one), "day" (YYYY-MM-DD where the branch is) or
    "branch" (its code).  *first* and *last*: days, included.  Raises BadPeriod before the first row.
    """
    invariant(by in _KEYS, "sales are reported by product, customer, day or branch")
    part, key, tables = _KEYS[by]
    sql = (
        f"SELECT {key} AS key, sum(quantity), sum(rupiah), sum(lines)"
        f" FROM (SELECT {part} AS part, {_SUMS} {_LINES} GROUP BY 1) g {tables} GROUP BY 1 ORDER BY 1"
    )
    cursor: Iterator[tuple[str, int, int, int]] = database.connection().execute(sql, _period(first, last, stream))
    return cursor


def _period(first: date | str | None, last: date | str | None, stream: int | None) -> dict[str, Any]:
    """Bounds as days since 1970, and as ms wide enough for every zone."""
    low, high = _day(first, date.min), _day(last, date.max)
    if high < low:
        raise BadPeriod(text=last)
    widest = max(OFFSETS_MS.values())
    return {
        "first": low,
        "last": high,
        "from_ms": low * DAY_MS - widest,
        "to_ms": (high + 1) * DAY_MS,
        "stream": stream,
    }


def _day(day: date | str | None, default: date) -> int:
    try:
        meant = default if day is None else date.fromisoformat(str(day))
    except ValueError as problem:
        raise BadPeriod(text=day) from problem
    return int(datetime.combine(meant, time(), UTC).timestamp() // 86_400)
