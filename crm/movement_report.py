"""Stock movements of a period, summed by what moved the goods or by product.

Walked shelf by shelf: what ever lay in a shop names the movements to look at, which lie there by time.  There is no
purchase price yet, so what the goods are worth, and what is earned on them, no report can say.
"""

from collections.abc import Iterator
from typing import Any

from crm.periods import DURING, Days
from sync.database import database
from sync.errors import invariant

COLUMNS = ("key", "came_in", "went_out", "movements")
_FROM = (
    "FROM on_hand o CROSS JOIN stock_location l ON l.id = o.location CROSS JOIN stock_movement s"
    " ON s.product = o.product AND s.location = o.location LEFT JOIN branch b ON b.stream = l.stream"
    f" WHERE{DURING} AND (:stream IS NULL OR l.stream = :stream)"
)
_SUMS = (
    "coalesce(sum(s.quantity) FILTER (WHERE s.quantity > 0), 0) AS came_in,"
    " -coalesce(sum(s.quantity) FILTER (WHERE s.quantity < 0), 0) AS went_out, count(*) AS movements"
)
_KEYS = {  # by → (what is summed up, the key people read, the tables that know it)
    "kind": ("s.kind", "g.part", ""),
    "product": (
        "s.product",
        "coalesce(p.code, v.code, lower(hex(g.part)))",
        "LEFT JOIN product p ON p.id = g.part LEFT JOIN provisional_product v ON v.id = g.part",
    ),
}
CUTS = tuple(_KEYS)


def movements(by: str, days: Days, stream: int | None = None) -> Iterator[tuple[Any, ...]]:
    """(key, pieces in, pieces out, movements) for each key, in the order of the keys.

    *by*: "kind" (what moved them: "sale", "receive" …) or "product" (its code).  Goods on their way between two
    branches lie in no shop: they went out of one, and come into the other when they are received.
    """
    invariant(by in _KEYS, "movements are reported by kind or product")
    part, key, tables = _KEYS[by]
    sql = (
        f"SELECT {key} AS key, sum(came_in), sum(went_out), sum(movements) FROM"
        f" (SELECT {part} AS part, {_SUMS} {_FROM} GROUP BY 1) g {tables} GROUP BY 1 ORDER BY 1"
    )
    cursor: Iterator[tuple[Any, ...]] = database.connection().execute(sql, {**days.params, "stream": stream})
    return cursor
