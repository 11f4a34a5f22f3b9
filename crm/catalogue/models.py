"""What is sold: products of head office, and provisional products a branch met first."""

from collections.abc import Mapping
from typing import Any

from peewee import BlobField, BooleanField, IntegerField, TextField

from sync import limits
from sync.errors import N_, BadValue
from sync.model import IdField, RefField, Synced, everyone, hub_only, lww, synced

KINDS = ("goods", "service", "charge")  # only goods have stock


def product_key(code: str) -> str:
    """The natural key of a product code: trimmed and upper-cased, so that ``85123a`` is ``85123A``."""
    return code.strip().upper()


def barcode_key(barcode: str) -> str:
    """The natural key of a barcode: what a scanner types, with single spaces."""
    return " ".join(barcode.split())


def check_price(row: Mapping[str, Any]) -> None:
    """Raises BadValue for a price below zero or beyond RUPIAH_MAX, or an unknown kind."""
    price = row.get("price")
    if price is not None and not 0 <= price <= limits.RUPIAH_MAX:
        raise BadValue(what=N_("the price must be between 0 and the limit"))
    if row.get("kind") not in (*KINDS, None):
        raise BadValue(what=N_("unknown kind of product"))


@synced
class Category(Synced):
    """A group of products (head office owns it)."""

    id = IdField(primary_key=True)
    name = lww(TextField())
    archived = lww(BooleanField(default=False))
    stamps = BlobField()

    class Sync:
        code = 10
        audience = staticmethod(everyone)
        writers = staticmethod(hub_only)
        owner = "head office"

        @staticmethod
        def natural(name: str) -> str:
            return " ".join(name.split()).upper()


@synced
class Product(Synced):
    """An article or service as head office defines it.  ``price`` in rupiah for one ``unit``."""

    id = IdField(primary_key=True)
    code = lww(TextField(index=True))
    name = lww(TextField(index=True))
    barcode = lww(TextField(null=True, index=True))
    category = lww(RefField("category", null=True, index=True))
    type = lww(TextField(null=True))
    kind = lww(TextField(default="goods"))
    unit = lww(TextField(default="pcs"))
    price = lww(IntegerField(default=0), group="price")
    tax = lww(IntegerField(default=0), group="price")
    description = lww(TextField(null=True))
    archived = lww(BooleanField(default=False))
    stamps = BlobField()

    class Sync:
        code = 11
        audience = staticmethod(everyone)
        writers = staticmethod(hub_only)
        owner = "head office"
        id_space = "product"
        natural = staticmethod(product_key)
        check = staticmethod(check_price)


@synced
class ProvisionalProduct(Synced):
    """A code head office does not know yet, made where it was met; adoption makes a product under the same id."""

    id = IdField(primary_key=True)
    code = lww(TextField(index=True))
    name = lww(TextField(null=True, index=True))
    barcode = lww(TextField(null=True, index=True))
    kind = lww(TextField(default="goods"))
    price = lww(IntegerField(default=0))
    stamps = BlobField()

    class Sync:
        code = 12
        audience = staticmethod(everyone)
        id_space = "product"
        natural = staticmethod(product_key)
        check = staticmethod(check_price)


@synced
class FurtherBarcode(Synced):
    """One more barcode of a product, beside its own: of a carton, of another maker.  A barcode has one product."""

    id = IdField(primary_key=True)
    barcode = lww(TextField(index=True))
    product = lww(RefField("product", index=True), group="product")
    listed = lww(BooleanField(default=True), group="product")
    stamps = BlobField()

    class Sync:
        code = 63
        audience = staticmethod(everyone)
        writers = staticmethod(hub_only)
        owner = "head office"
        natural = staticmethod(barcode_key)


@synced
class ProductPrice(Synced):
    """The price of a product for those who buy by a list ("member", "corporate"), in rupiah; None: there is none."""

    id = IdField(primary_key=True)
    product = lww(RefField("product", index=True))
    price_list = lww(TextField())
    price = lww(IntegerField(null=True))
    stamps = BlobField()

    class Sync:
        code = 64
        audience = staticmethod(everyone)
        writers = staticmethod(hub_only)
        owner = "head office"
        check = staticmethod(check_price)

        @staticmethod
        def natural(product: bytes, price_list: str) -> str:
            return f"{product.hex()}/{price_list}"
