"""Sales reports: one query each, grouped by the database, the same at a branch and at head office."""

import json
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from crm.branches import HEAD_OFFICE
from crm.periods import DAY, DURING, Days, between
from crm.reading import dicts
from sync.database import database
from sync.errors import invariant

_OF_LINES = "sum(l.quantity) AS quantity, sum(l.quantity * l.price - l.discount) AS rupiah, count(*) AS lines"
_OF_PAYMENTS = "count(*) AS payments, sum(p.amount) AS rupiah"
_SOURCES = {
    _OF_LINES: "CROSS JOIN sale_line l ON l.sale = s.id",
    _OF_PAYMENTS: "CROSS JOIN payment p ON p.sale = s.id",
}
_SALES = "sale s LEFT JOIN branch b ON b.stream = s.stream"  # CROSS JOIN: whose day it is, is asked once for a sale
_WHERE = f"WHERE{DURING} AND (:stream IS NULL OR s.stream = :stream)"


class Cut(NamedTuple):
    """*part*: what lines are grouped by; *key*: the key people read, from what *tables* know of ``g.part``.

    A plus keeps SQLite from walking all sales by the index of what they are grouped by, instead of the days' own.
    """

    part: str
    key: str
    tables: str = ""
    sums: str = _OF_LINES


_CUTS = {
    "product": Cut(
        "l.product",
        "coalesce(p.code, v.code, lower(hex(g.part)))",
        "LEFT JOIN product p ON p.id = g.part LEFT JOIN provisional_product v ON v.id = g.part",
    ),
    "customer": Cut("s.customer", "coalesce(c.number, '')", "LEFT JOIN customer c ON c.id = g.part"),
    "day": Cut(DAY, "date(g.part * 86400, 'unixepoch')"),
    "branch": Cut("+s.stream", f"coalesce(k.code, '{HEAD_OFFICE}')", "LEFT JOIN branch k ON k.stream = g.part"),
    "cashier": Cut("s.cashier", "coalesce(u.username, '')", "LEFT JOIN user u ON u.id = g.part"),
    "method": Cut("p.method", "g.part", sums=_OF_PAYMENTS),
}
_ASKED = "IN (SELECT value FROM json_each(:keys))"
_NAMES = {
    "product": f"SELECT code AS key, name, id FROM item WHERE id IN (SELECT id FROM product WHERE code {_ASKED}"
    f" UNION ALL SELECT id FROM provisional_product WHERE code {_ASKED})",
    "customer": f"SELECT number AS key, name, id FROM customer WHERE number {_ASKED}",
    "branch": f"SELECT code AS key, name, id FROM branch WHERE code {_ASKED}",
    "cashier": f"SELECT username AS key, name, id FROM user WHERE username {_ASKED} ORDER BY archived DESC",
}
CUTS = tuple(_CUTS)
COLUMNS = {_OF_LINES: ("key", "quantity", "rupiah", "lines"), _OF_PAYMENTS: ("key", "payments", "rupiah")}


def columns(by: str) -> tuple[str, ...]:
    """What stands in a row of ``sales``."""
    return COLUMNS[_CUTS[by].sums]


def known(by: str, keys: Iterable[str]) -> dict[str, dict[str, Any]]:
    """``name`` and ``id`` behind each of these keys of a report that has them."""
    if by not in _NAMES:
        return {}
    return {row["key"]: row for row in dicts(_NAMES[by], {"keys": json.dumps(list(keys))})}


def sales(by: str, days: Days | None = None, stream: int | None = None) -> Iterator[tuple[Any, ...]]:
    """(key, quantity, rupiah, lines) for each key, in the order of the keys; returns count negative.

    *by*: "product" (key: its code), "customer" (its number, "" without one), "day" (YYYY-MM-DD where the branch is),
    "branch" (its code), "cashier" (the user name, "" for sales taken in from elsewhere), or "method": then a row is
    (how it was paid, payments, rupiah).  *days*: None for all.
    """
    invariant(by in _CUTS, "sales are reported by product, customer, day, branch, cashier or method")
    part, key, tables, sums = _CUTS[by]
    added = ", ".join(f"sum({name})" for name in columns(by)[1:])
    sql = (
        f"SELECT {key} AS key, {added} FROM (SELECT {part} AS part, {sums} FROM {_SALES} {_SOURCES[sums]} {_WHERE}"
        f" GROUP BY 1) g {tables} GROUP BY 1 ORDER BY 1"
    )
    params = {**(days or between()).params, "stream": stream}
    cursor: Iterator[tuple[Any, ...]] = database.connection().execute(sql, params)
    return cursor
