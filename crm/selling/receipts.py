"""A sale read back, for the screen and the printer."""

from typing import Any

from crm import settings
from crm.errors import UnknownSale
from crm.reading import dicts
from crm.selling.models import ROUNDING

_HEAD = (
    "SELECT s.id, s.kind, s.at, s.total, s.till, s.number, s.stream, s.customer, s.source, s.external,"
    " u.name AS cashier, a.name AS approver, c.name AS customer_name, c.number AS customer_number,"
    " b.code AS branch, b.name AS branch_name, b.address, b.phone, coalesce(b.zone, 'WIB') AS zone FROM sale s"
    " LEFT JOIN user u ON u.id = s.cashier LEFT JOIN user a ON a.id = s.approver"
    " LEFT JOIN customer c ON c.id = s.customer LEFT JOIN branch b ON b.stream = s.stream WHERE s.id = ?"
)
_LINES = (
    "SELECT l.line, l.product, coalesce(p.code, v.code) AS code, coalesce(p.name, v.name, v.code) AS name, l.quantity,"
    " l.price, l.discount, l.goods, l.quantity * l.price - l.discount AS amount FROM sale_line l"
    " LEFT JOIN product p ON p.id = l.product LEFT JOIN provisional_product v ON v.id = l.product"
    " WHERE l.sale = ? ORDER BY l.line"
)
_PAYMENTS = "SELECT method, amount, tendered FROM payment WHERE sale = ? ORDER BY line"
_LAST = (
    "SELECT b.code, s.till, max(s.number) AS number, s.at FROM sale s JOIN branch b ON b.stream = s.stream"
    " WHERE s.stream = ? AND s.source IS NULL GROUP BY s.till ORDER BY s.till"
)


def receipt_number(code: str, till: int, number: int) -> str:
    """``PTK-1-000123``: branch code, till, and the till's own count."""
    return f"{code}-{till}-{number:06d}"


def last_receipts(stream: int) -> list[tuple[str, int]]:
    """(printed number, ms UTC) of the last receipt held here of each till of branch number *stream*."""
    return [(receipt_number(row["code"], row["till"], row["number"]), row["at"]) for row in dicts(_LAST, (stream,))]


def load_receipt(sale: bytes) -> dict[str, Any]:
    """The whole receipt; raises UnknownSale.

    Keys: ``receipt`` (the printed number), ``kind``, ``at`` (ms UTC), ``zone``, ``branch``, ``branch_name``,
    ``address``, ``phone``, ``cashier``, ``approver`` (of its discounts, or None), ``customer``, ``customer_name``,
    ``customer_number``, ``lines`` [line, product, code, name, quantity, price, discount, goods, amount], ``payments``
    [method, amount, tendered], ``gross`` (before discounts), ``discount``, ``total``, ``rounding`` (what it adds
    to the total, mostly below zero) and ``change`` in rupiah,
    ``items`` (sum of the quantities), ``receipt_head`` and ``receipt_foot`` (the branch's own lines as they are set
    today; none for a branch whose settings are not held here).
    """
    heads = dicts(_HEAD, (sale,))
    if not heads:
        raise UnknownSale
    (head,), lines, paid_how = heads, dicts(_LINES, (sale,)), dicts(_PAYMENTS, (sale,))
    payments = [paid for paid in paid_how if paid["method"] != ROUNDING]
    tendered = [(paid["tendered"], paid["amount"]) for paid in payments if paid["tendered"] is not None]
    return {
        **head,
        "receipt": receipt_number(head["branch"] or "", head["till"], head["number"]),
        "lines": lines,
        "gross": sum(line["quantity"] * line["price"] for line in lines),
        "discount": sum(line["discount"] for line in lines),
        "payments": payments,
        "rounding": sum(paid["amount"] for paid in payments) - head["total"],
        "change": sum(given - amount for given, amount in tendered),
        "items": sum(line["quantity"] for line in lines),
        "receipt_head": settings.read(head["stream"], "receipt_head"),
        "receipt_foot": settings.read(head["stream"], "receipt_foot"),
    }
