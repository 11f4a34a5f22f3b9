"""Stock of all branches: one row for each product, one column for each branch."""

from typing import Any

from crm import words
from crm.reading import dicts
from sync.database import database

_PRODUCTS = (
    "SELECT i.id, i.code, i.name FROM item i WHERE EXISTS"
    " (SELECT 1 FROM stock_location l JOIN on_hand o ON o.location = l.id AND o.product = i.id)"
    " AND (i.name COLLATE NOCASE, i.id) > (:name, :id)"
)
_FITTING = " AND +i.rowno IN (SELECT rowid FROM product_search WHERE product_search MATCH :words)"
_ORDER = " ORDER BY i.name COLLATE NOCASE, i.id LIMIT :limit"
_QUANTITIES = (
    "SELECT o.product, l.stream, sum(o.quantity) FROM stock_location l JOIN on_hand o ON o.location = l.id"
    " AND o.product IN ({}) GROUP BY 1, 2"
)


def table(text: str, limit: int, after: str = "") -> list[dict[str, Any]]:
    """At most *limit* products that ever moved: id, code, name, ``total``, and ``stock`` by branch number."""
    asked = words.query(text)
    if asked is None and text.strip():
        return []
    params = {"words": asked and asked.begun, "limit": limit, **_place(after)}
    found = dicts(_PRODUCTS + (_FITTING if asked else "") + _ORDER, params)
    held = quantities([row["id"] for row in found])
    for row in found:
        row["stock"] = held.get(row["id"], {})
        row["total"] = sum(row["stock"].values())
    return found


def quantities(products: list[bytes]) -> dict[bytes, dict[int, int]]:
    """On hand of each product by branch number."""
    sql = _QUANTITIES.format(", ".join("?" * len(products)))
    held: dict[bytes, dict[int, int]] = {}
    for product, stream, quantity in database.connection().execute(sql, products):
        held.setdefault(product, {})[stream] = quantity
    return held


def _place(after: str) -> dict[str, Any]:
    """Name and id behind which the list goes on; *after* is a product's id in hex."""
    try:
        last = bytes.fromhex(after)
    except ValueError:
        last = b""
    found = database.connection().execute("SELECT name FROM item WHERE id = ?", (last,)).fetchone()
    return {"name": found[0], "id": last} if found else {"name": "", "id": b""}
