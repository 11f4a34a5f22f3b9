"""Selling: a sale with its lines and payments is one fact, made in one unit of work."""

from collections.abc import Iterable, Mapping
from typing import Any

from peewee import CompositeKey, IntegerField, TextField

from sync import limits
from sync.errors import N_, BadValue
from sync.ids import stream_of
from sync.model import Child, IdField, Look, RefField, Synced, child, fact, synced

SALE_KINDS = ("sale", "return")
METHODS = ("cash", "transfer", "qris", "card")
ROUNDING = "rounding"  # stands among the payments, so that they sum to the total: nobody pays with it


def _audience(row: Mapping[str, Any], look: Look) -> Iterable[int]:
    made = stream_of(row["id"])
    customer = row["customer"] and look("customer", row["customer"])
    home = customer and customer["home_branch"] and look("branch", customer["home_branch"])
    return {made, home["stream"]} if home else {made}


def _check_sums(sale: Mapping[str, Any], children: Mapping[str, list[dict[str, Any]]]) -> None:
    """The total is the sum of the lines and of the payments, and no amount is out of reach; raises BadValue."""
    lines = paid = 0
    for line in children["sale_line"]:
        gross = line["quantity"] * line["price"]
        _check_reach(limits.QUANTITY_MAX, line["quantity"])
        _check_reach(limits.RUPIAH_MAX, line["price"], gross, line["discount"])
        lines += gross - line["discount"]
    for payment in children["payment"]:
        _check_reach(limits.RUPIAH_MAX, payment["amount"], payment["tendered"] or 0)
        paid += payment["amount"]
    _check_reach(limits.RUPIAH_MAX, sale["total"])
    if not sale["total"] == lines == paid:
        raise BadValue(what=N_("the total is not the sum of the lines and of the payments"))


def _check_reach(most: int, *amounts: int) -> None:
    if max(amounts) > most or min(amounts) < -most:
        raise BadValue(what=N_("an amount is too large"))


@synced
class Sale(Synced):
    """A finished sale or return: a fact nothing later demotes.

    ``number`` counts per branch and till; the printed receipt number is ``PTK-1-000123``.  ``total`` in rupiah equals
    the sum of the lines and of the payments; negative for a return.  ``at`` in ms UTC.
    ``approver``: who let the cashier give more discount than the cashier's role may.
    """

    id = IdField(primary_key=True)
    stream = fact(IntegerField(), implied="stream")
    till = fact(IntegerField(default=1))
    number = fact(IntegerField())
    kind = fact(TextField(default="sale"))
    customer = fact(RefField("customer", null=True))
    total = fact(IntegerField())
    at = fact(IntegerField(), implied="at")
    cashier = fact(RefField("user", null=True), implied="actor")
    source = fact(TextField(null=True))
    external = fact(TextField(null=True))
    approver = fact(RefField("user", null=True))

    class Sync:
        code = 40
        audience = staticmethod(_audience)
        check_children = staticmethod(_check_sums)

    class Meta:
        indexes = (
            (("stream", "till", "number"), False),
            (("at",), False),
        )
        without_rowid = True


Sale.add_index(Sale.customer, where=Sale.customer.is_null(False))
Sale.add_index(Sale.external, Sale.source, where=Sale.external.is_null(False))


@child(Sale)
class SaleLine(Child):
    """One line: ``quantity`` × ``price`` − ``discount`` rupiah; ``goods`` lines move stock."""

    sale = fact(RefField("sale"))
    line = fact(IntegerField())
    product = fact(RefField("product"))
    quantity = fact(IntegerField())
    price = fact(IntegerField())
    discount = fact(IntegerField(default=0))
    goods = fact(IntegerField(default=1))

    class Sync:
        code = 41

    class Meta:
        primary_key = CompositeKey("sale", "line")
        without_rowid = True


@child(Sale)
class Payment(Child):
    """Money taken (negative: given back); ``tendered`` is what the customer handed over in cash.

    The method "rounding" is what rounding the cash took off the total; negative, what it put on.
    """

    sale = fact(RefField("sale"))
    line = fact(IntegerField())
    method = fact(TextField(default="cash"))
    amount = fact(IntegerField())
    tendered = fact(IntegerField(null=True))

    class Sync:
        code = 42

    class Meta:
        primary_key = CompositeKey("sale", "line")
        without_rowid = True
