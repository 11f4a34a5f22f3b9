"""The keys of a report made readable: a product's name beside its code, a page to open."""

import json
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from crm.reading import dicts
from ui import formats
from ui.clock import now_ms
from ui.node import node
from ui.preferences import language

_NAMES = {
    "product": "SELECT code AS key, name, id FROM item WHERE id IN (SELECT id FROM product WHERE code IN (SELECT value"
    " FROM json_each(:keys)) UNION ALL SELECT id FROM provisional_product WHERE code IN (SELECT value FROM"
    " json_each(:keys)))",
    "customer": "SELECT number AS key, name, id FROM customer WHERE number IN (SELECT value FROM json_each(:keys))",
    "branch": "SELECT code AS key, name, id FROM branch WHERE code IN (SELECT value FROM json_each(:keys))",
}


def named(by: str, found: Sequence[tuple[str, int, int, int]]) -> list[dict[str, Any]]:
    """Each row as key, ``name``, ``href`` ("" without a page), quantity, rupiah, lines."""
    known = _known(by, [row[0] for row in found])
    return [
        {
            "key": key or "–",
            "name": _name(by, key, known),
            "href": _href(by, key, known),
            "quantity": quantity,
            "rupiah": rupiah,
            "lines": lines,
        }
        for key, quantity, rupiah, lines in found
    ]


def _known(by: str, keys: Iterable[str]) -> dict[str, dict[str, Any]]:
    if by not in _NAMES:
        return {}
    return {row["key"]: row for row in dicts(_NAMES[by], {"keys": json.dumps(list(keys))})}


def _name(by: str, key: str, known: dict[str, dict[str, Any]]) -> str:
    if by == "day":
        today = formats.moment(now_ms(), node().zone).date()
        return formats.day(date.fromisoformat(key), today, language())
    if by == "customer" and not key:
        return _("Without a customer")
    return str((key in known and known[key]["name"]) or key)


def _href(by: str, key: str, known: dict[str, dict[str, Any]]) -> str:
    if by == "day":
        days: dict[str, Any] = {"from": key, "to": key}
        return url_for("sales.show_all", **days)
    if by == "branch" and key in known:
        return url_for("branches.show", code=key)
    if key not in known:
        return ""
    return url_for(f"{by}s.show", ident=known[key]["id"].hex())
