"""Sales reports: one query each, grouped by the database, the same at a branch and at head office."""

from collections.abc import Iterator

from crm.branches import HEAD_OFFICE
from crm.periods import DAY, DURING, Days, between
from sync.database import database
from sync.errors import invariant

_LINES = (
    "FROM sale s JOIN sale_line l ON l.sale = s.id LEFT JOIN branch b ON b.stream = s.stream"
    f" WHERE{DURING} AND (:stream IS NULL OR s.stream = :stream)"
)
_SUMS = "sum(l.quantity) AS quantity, sum(l.quantity * l.price - l.discount) AS rupiah, count(*) AS lines"
_KEYS = {  # by → (what the lines are grouped by, the key people read, the tables that know it)
    "product": (
        "l.product",
        "coalesce(p.code, v.code, lower(hex(g.part)))",
        "LEFT JOIN product p ON p.id = g.part LEFT JOIN provisional_product v ON v.id = g.part",
    ),
    "customer": ("s.customer", "coalesce(c.number, '')", "LEFT JOIN customer c ON c.id = g.part"),
    "day": (DAY, "date(g.part * 86400, 'unixepoch')", ""),
    "branch": ("s.stream", f"coalesce(k.code, '{HEAD_OFFICE}')", "LEFT JOIN branch k ON k.stream = g.part"),
}


def sales(by: str, days: Days | None = None, stream: int | None = None) -> Iterator[tuple[str, int, int, int]]:
    """(key, quantity, rupiah, lines) for each key, in the order of the keys; returns count negative.

    *by*: "product" (key: its code), "customer" (its number, "" without one), "day" (YYYY-MM-DD where the branch is) or
    "branch" (its code).  *days*: None for all.
    """
    invariant(by in _KEYS, "sales are reported by product, customer, day or branch")
    part, key, tables = _KEYS[by]
    sql = (
        f"SELECT {key} AS key, sum(quantity), sum(rupiah), sum(lines)"
        f" FROM (SELECT {part} AS part, {_SUMS} {_LINES} GROUP BY 1) g {tables} GROUP BY 1 ORDER BY 1"
    )
    params = {**(days or between()).params, "stream": stream}
    cursor: Iterator[tuple[str, int, int, int]] = database.connection().execute(sql, params)
    return cursor
