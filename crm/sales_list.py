"""The sales of all branches: newest first, page by page, with their sums."""

from typing import Any

from crm.periods import DURING, Days
from crm.reading import dicts
from crm.selling.receipts import receipt_number

_FROM = (
    " FROM sale s LEFT JOIN branch b ON b.stream = s.stream WHERE"
    + DURING
    + " AND (:stream IS NULL OR s.stream = :stream)"
)
_SUMS = "count(*) FILTER (WHERE s.kind = 'sale') AS receipts, coalesce(sum(s.total), 0) AS total"
_PAGE = (
    "SELECT s.id, s.at, s.kind, s.till, s.number, s.total, b.code AS branch, u.name AS cashier,"
    " coalesce(c.name, c.number) AS customer FROM sale s LEFT JOIN branch b ON b.stream = s.stream"
    " LEFT JOIN user u ON u.id = s.cashier LEFT JOIN customer c ON c.id = s.customer WHERE" + DURING
    + " AND (:stream IS NULL OR s.stream = :stream) AND (s.at, s.id) < (:at, :id)"
    " ORDER BY s.at DESC, s.id DESC LIMIT :limit"
)  # fmt: skip
_AFTER_ALL = 2**62


def page(days: Days, stream: int | None, limit: int, after: str = "") -> list[dict[str, Any]]:
    """At most *limit* sales behind the cursor *after*; each has its ``cursor`` and printed ``receipt`` number."""
    at, ident = _place(after)
    found = dicts(_PAGE, {**days.params, "stream": stream, "at": at, "id": ident, "limit": limit})
    for row in found:
        row["receipt"] = receipt_number(row["branch"] or "", row["till"], row["number"])
        row["cursor"] = f"{row['at']}.{row['id'].hex()}"
    return found


def sums(days: Days, stream: int | None) -> dict[str, int]:
    """``receipts`` (returns are none) and ``total`` in rupiah (returns taken off)."""
    return dicts(f"SELECT {_SUMS}{_FROM}", {**days.params, "stream": stream})[0]


def by_branch(days: Days) -> dict[int, dict[str, int]]:
    """The same sums for each branch that sold, by its number."""
    sql = f"SELECT s.stream, {_SUMS}{_FROM} GROUP BY s.stream"
    return {row["stream"]: row for row in dicts(sql, {**days.params, "stream": None})}


def _place(after: str) -> tuple[int, bytes]:
    """What a cursor names; one nobody gave out starts from the beginning."""
    at, _, ident = after.partition(".")
    try:
        return (int(at), bytes.fromhex(ident)) if ident else (_AFTER_ALL, b"")
    except ValueError:
        return _AFTER_ALL, b""
