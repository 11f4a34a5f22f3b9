"""Stock: locations, documents that move goods, the movements derived from them, and what is on hand."""

from collections.abc import Iterable, Mapping
from typing import Any

from peewee import CompositeKey, IntegerField, Model, TextField

from crm.locations import shop_of
from crm.selling.models import Sale
from sync import limits
from sync.database import database
from sync.errors import N_, BadValue
from sync.ids import stream_of
from sync.model import (
    Child,
    Derived,
    IdField,
    RefField,
    Synced,
    child,
    derived,
    derives,
    fact,
    making_branch,
    synced,
)
from sync.schema import LOCAL_MODELS

DOCUMENT_KINDS = ("receive", "write_off", "count")


def _check_sheet(document: Mapping[str, Any]) -> None:
    """Only its own branch's count corrects a branch's stock."""
    if document["sheet"] is not None and stream_of(document["sheet"]) != stream_of(document["id"]):
        raise BadValue(what=N_("the count of another branch"))


def _check_lines(document: Mapping[str, Any], children: Mapping[str, list[dict[str, Any]]]) -> None:
    if any(abs(line["quantity"]) > limits.QUANTITY_MAX for line in children["stock_document_line"]):
        raise BadValue(what=N_("an amount is too large"))


@synced
class StockDocument(Synced):
    """Goods received, written off or corrected after a count (of ``sheet``), outside a sale.  Immutable."""

    id = IdField(primary_key=True)
    stream = fact(IntegerField(), implied="stream")
    kind = fact(TextField())
    at = fact(IntegerField(), implied="at")
    actor = fact(RefField("user", null=True), implied="actor")
    source = fact(TextField(null=True))
    external = fact(TextField(null=True))
    note = fact(TextField(null=True))
    sheet = fact(RefField("count_sheet", null=True))

    class Sync:
        code = 31
        audience = staticmethod(making_branch)
        check = staticmethod(_check_sheet)
        check_children = staticmethod(_check_lines)

    class Meta:
        indexes = ((("external", "source"), False),)


@child(StockDocument)
class StockDocumentLine(Child):
    """One line of a stock document; ``quantity`` is signed: what the stock changes by."""

    stock_document = fact(RefField("stock_document"))
    line = fact(IntegerField())
    product = fact(RefField("product"))
    quantity = fact(IntegerField())
    note = fact(TextField(null=True))

    class Sync:
        code = 32

    class Meta:
        primary_key = CompositeKey("stock_document", "line")
        without_rowid = True


@derived((Sale, StockDocument))
class StockMovement(Derived):
    """A change of a location's stock; derived from documents, never sent.  ``quantity`` is signed.

    The rows lie product by product: a stock card is one walk, and a sale writes one tree instead of two.  The key's
    columns come first: SQLite before 3.41 calls a table damaged in which they do not.
    """

    product = fact(RefField("product"))
    location = fact(RefField("stock_location"))
    at = fact(IntegerField())
    document = fact(RefField("document"))
    line = fact(IntegerField())
    event = fact(IntegerField(default=0))
    quantity = fact(IntegerField())
    kind = fact(TextField())

    class Meta:
        primary_key = CompositeKey("product", "location", "at", "document", "line", "event")
        without_rowid = True


class OnHand(Model):
    """The sum of movements per location and product, kept by a trigger; ``cabang verify`` recomputes it."""

    location = RefField("stock_location")
    product = RefField("product")
    quantity = IntegerField()

    class Meta:
        database = database
        legacy_table_names = False
        primary_key = CompositeKey("location", "product")
        without_rowid = True


LOCAL_MODELS.append(OnHand)


@derives(Sale, version=1)
def movements_of_sale(
    sale: Mapping[str, Any], children: Mapping[str, list[dict[str, Any]]]
) -> Iterable[tuple[str, tuple[Any, ...]]]:
    """One movement out of the shop for each line of goods (in, when the quantity is negative: a return)."""
    shop = shop_of(stream_of(sale["id"]))
    for line in children["sale_line"]:
        if line["goods"]:
            row = (sale["id"], line["line"], 0, line["product"], shop, sale["at"], -line["quantity"], sale["kind"])
            yield "stock_movement", row


@derives(StockDocument, version=1)
def movements_of_document(
    document: Mapping[str, Any], children: Mapping[str, list[dict[str, Any]]]
) -> Iterable[tuple[str, tuple[Any, ...]]]:
    """One movement for each line, in the direction its quantity says."""
    shop = shop_of(stream_of(document["id"]))
    for line in children["stock_document_line"]:
        row = (
            document["id"],
            line["line"],
            0,
            line["product"],
            shop,
            document["at"],
            line["quantity"],
            document["kind"],
        )
        yield "stock_movement", row
