"""Reading the stock: what is on hand, and how it came about."""

from typing import Any, NamedTuple

from crm import words
from sync.database import database

_COLUMNS = (
    "SELECT o.location, b.code, o.product, i.code, i.name, i.kind, i.price, o.quantity FROM on_hand o"
    " JOIN item i ON i.id = o.product JOIN stock_location l ON l.id = o.location"
    " LEFT JOIN branch b ON b.stream = l.stream WHERE (:location IS NULL OR o.location = :location)"
    " AND (i.name COLLATE NOCASE, o.product, o.location) > (:name, :product, :place)"
)
_FITTING = " AND +i.rowno IN (SELECT rowid FROM product_search WHERE product_search MATCH :words)"
_ORDER = " ORDER BY i.name COLLATE NOCASE, o.product, o.location LIMIT :limit"
_MOVEMENTS = (
    "SELECT m.at, m.kind, m.quantity, m.document, m.location, b.code FROM stock_movement m"
    " LEFT JOIN stock_location l ON l.id = m.location LEFT JOIN branch b ON b.stream = l.stream"
    " WHERE m.product = :product AND (:location IS NULL OR m.location = :location)"
    " ORDER BY m.at DESC, m.document DESC, m.line DESC LIMIT :limit"
)


class Stocked(NamedTuple):
    """How much of a product lies at a location; ``branch`` is the location's branch code."""

    location: bytes
    branch: str | None
    product: bytes
    code: str
    name: str
    kind: str
    price: int
    quantity: int

    @property
    def cursor(self) -> str:
        """Given to ``on_hand`` as *after*, continues the list behind this one."""
        return f"{self.product.hex()}.{self.location.hex()}"


class Movement(NamedTuple):
    """One change of the stock of a product; ``at`` in ms UTC, ``document`` the sale or stock document."""

    at: int
    kind: str
    quantity: int
    document: bytes
    location: bytes
    branch: str | None


def on_hand(
    text: str | None = None, location: bytes | None = None, limit: int = 100, after: str | None = None
) -> list[Stocked]:
    """At most *limit* products that ever moved, by name, with their quantity; *text* as in ``catalogue.search``."""
    asked = words.query(text or "")
    if asked is None and (text or "").strip():
        return []
    params = {"location": location, "limit": limit, "words": asked and asked.begun, **_place(after)}
    rows = database.connection().execute(_COLUMNS + (_FITTING if asked else "") + _ORDER, params)
    return [Stocked(*row) for row in rows]


def _place(after: str | None) -> dict[str, Any]:
    product, _, location = (after or "").partition(".")
    last = bytes.fromhex(product)
    found = database.connection().execute("SELECT name FROM item WHERE id = ?", (last,)).fetchone()
    return {"name": found[0] if found else "", "product": last, "place": bytes.fromhex(location)}


def movements(product: bytes, location: bytes | None = None, limit: int = 100) -> list[Movement]:
    """The newest *limit* changes of a product's stock, newest first."""
    params = {"product": product, "location": location, "limit": limit}
    return [Movement(*row) for row in database.connection().execute(_MOVEMENTS, params)]
