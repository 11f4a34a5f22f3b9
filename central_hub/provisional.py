"""Codes a branch met that head office has not put into the catalogue yet."""

from typing import Any

from crm.reading import dicts

_FROM = " FROM provisional_product v LEFT JOIN product p ON p.id = v.id WHERE p.id IS NULL"


def count() -> int:
    """How many there are."""
    return int(dicts("SELECT count(*) AS n" + _FROM)[0]["n"])


def page(limit: int, after: str = "") -> list[dict[str, Any]]:
    """At most *limit* of them by code, behind the code *after*: id, code, name, kind, price."""
    columns = "SELECT v.id, v.code, coalesce(v.name, v.code) AS name, v.kind, v.price, 'pcs' AS unit"
    return dicts(f"{columns}{_FROM} AND v.code > ? ORDER BY v.code LIMIT ?", (after, limit))
