"""Sales one by one: newest first, page by page, with their sums; all of them, or those behind a row of a report."""

from typing import Any, NamedTuple

from crm.periods import DURING, Days
from crm.reading import dicts
from crm.selling.receipts import receipt_number

_FROM = (
    " FROM sale s LEFT JOIN branch b ON b.stream = s.stream{tables} WHERE"
    + DURING
    + " AND (:stream IS NULL OR s.stream = :stream){fits}"
)
_SUMS = "count(*) FILTER (WHERE s.kind = 'sale') AS receipts, coalesce(sum(s.total), 0) AS total"
_PAGE = (
    "SELECT s.id, s.at, s.kind, s.till, s.number, s.total, b.code AS branch, u.name AS cashier,"
    " coalesce(c.name, c.number) AS customer, {share} AS share"
    + _FROM
    + " AND (s.at, s.id) < (:at, :id) ORDER BY s.at DESC, s.id DESC LIMIT :limit"
)
_PEOPLE = " LEFT JOIN user u ON u.id = s.cashier LEFT JOIN customer c ON c.id = s.customer"
_AFTER_ALL = (2**62, b"")
_PRODUCTS = (
    "(SELECT id FROM product WHERE code = :key UNION SELECT :raw UNION SELECT id FROM provisional_product"
    " WHERE code = :key AND id NOT IN (SELECT id FROM product))"
)
_LINES = f"FROM sale_line l WHERE l.sale = s.id AND l.product IN {_PRODUCTS}"
_PAYMENTS = "FROM payment p WHERE p.sale = s.id AND p.method = :key"
_FITS = {  # by → which sales are behind the row with :key, the inverse of what `crm.reports` groups
    "product": f"EXISTS (SELECT 1 {_LINES})",
    "customer": "s.customer IN (SELECT id FROM customer WHERE number = :key)",
    "cashier": "s.cashier IN (SELECT id FROM user WHERE username = :key)",
    "method": f"EXISTS (SELECT 1 {_PAYMENTS})",
}
_WITHOUT = {
    "customer": "NOT EXISTS (SELECT 1 FROM customer n WHERE n.id = s.customer AND n.number != '')",
    "cashier": "NOT EXISTS (SELECT 1 FROM user n WHERE n.id = s.cashier)",
}
_SHARES = {  # what of a sale counts in that row
    "product": f"(SELECT sum(l.quantity * l.price - l.discount) {_LINES})",
    "method": f"(SELECT sum(p.amount) {_PAYMENTS})",
}


class Behind(NamedTuple):
    """The row of the report *by* with this *key*; its sales are asked for."""

    by: str
    key: str

    @property
    def fits(self) -> str:
        return " AND " + (_WITHOUT.get(self.by, "0") if self.key == "" else _FITS[self.by])

    @property
    def params(self) -> dict[str, Any]:
        return {"key": self.key, "raw": _raw(self.key)}


WITH_ROWS = tuple(_FITS)


def page(
    days: Days,
    stream: int | None,
    limit: int,
    after: tuple[int, bytes] | None = None,
    behind: Behind | None = None,
) -> list[dict[str, Any]]:
    """At most *limit* sales behind the one whose time and id is *after*; each has its printed ``receipt`` number.

    ``share``: rupiah of the sale that count in the row of the report *behind* which it stands.
    """
    at, ident = after or _AFTER_ALL
    sql = _PAGE.format(tables=_PEOPLE, fits=behind.fits if behind else "", share=_share(behind))
    found = dicts(sql, {**_params(days, stream, behind), "at": at, "id": ident, "limit": limit})
    for row in found:
        row["receipt"] = receipt_number(row["branch"] or "", row["till"], row["number"])
    return found


def sums(days: Days, stream: int | None, behind: Behind | None = None) -> dict[str, int]:
    """``receipts`` (returns are none), ``total`` in rupiah (returns taken off), and the ``share`` of that row."""
    share = f", coalesce(sum({_share(behind)}), 0) AS share"
    sql = f"SELECT {_SUMS}{share}{_FROM}".format(tables="", fits=behind.fits if behind else "")
    return dicts(sql, _params(days, stream, behind))[0]


def by_branch(days: Days) -> dict[int, dict[str, int]]:
    """Receipts and total of each branch that sold, by its number."""
    sql = f"SELECT s.stream, {_SUMS}{_FROM} GROUP BY s.stream".format(tables="", fits="")
    return {row["stream"]: row for row in dicts(sql, _params(days, None, None))}


def _share(behind: Behind | None) -> str:
    return _SHARES.get(behind.by, "s.total") if behind else "s.total"


def _params(days: Days, stream: int | None, behind: Behind | None) -> dict[str, Any]:
    return {**days.params, "stream": stream, **(behind.params if behind else {})}


def _raw(key: str) -> bytes | None:
    """The id of a product nothing is known of, whose key is that id."""
    try:
        return bytes.fromhex(key)
    except ValueError:
        return None
