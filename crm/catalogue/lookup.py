"""Finding products: by what a scanner reads, by words, by category."""

from typing import Any, NamedTuple

from crm import words
from crm.catalogue.models import barcode_key, product_key
from sync.database import database

UPC_DIGITS = 12
_COLUMNS = (
    "SELECT i.id, i.code, i.name, i.barcode, i.category, i.type, i.kind, i.unit, i.price, i.tax, i.description,"
    " i.archived, i.provisional FROM "
)
_FILTERS = (
    " WHERE NOT i.archived AND (:category IS NULL OR i.category = :category) AND (:kind IS NULL OR i.kind = :kind)"
    " AND (i.name COLLATE NOCASE, i.id) > (:name, :id)"
)
_ORDER = " ORDER BY i.name COLLATE NOCASE, i.id LIMIT :limit"
_ANY = "item i" + _FILTERS + _ORDER
_WORDS = (
    "product_search f CROSS JOIN item i ON i.rowno = f.rowid" + _FILTERS + " AND product_search MATCH :words" + _ORDER
)
_LIKELY = (
    "product_search f CROSS JOIN item i ON i.rowno = f.rowid"
    " WHERE NOT i.archived AND (:kind IS NULL OR i.kind = :kind) AND product_search MATCH :words"
    " ORDER BY i.rowno NOT IN (SELECT rowid FROM product_search WHERE product_search MATCH :first),"
    " i.rowno NOT IN (SELECT rowid FROM product_search WHERE product_search MATCH :named),"
    " i.name COLLATE NOCASE, i.id LIMIT :limit"
)
_FURTHER = (
    "item i WHERE i.id IN (SELECT product FROM further_barcode WHERE barcode = :value AND listed)"
    " ORDER BY i.archived LIMIT 1"
)
_EXACT = (
    "item i WHERE i.id IN (SELECT id FROM product WHERE {column} = :value"
    " UNION ALL SELECT id FROM provisional_product WHERE {column} = :value)"
    " AND i.{column} = :value ORDER BY i.archived LIMIT 1"
)


class Item(NamedTuple):
    """A product as it is sold; ``provisional`` when head office does not know the code yet.  ``price`` in rupiah."""

    id: bytes
    code: str
    name: str
    barcode: str | None
    category: bytes | None
    type: str | None
    kind: str
    unit: str
    price: int
    tax: int
    description: str | None
    archived: bool
    provisional: bool

    @property
    def cursor(self) -> str:
        """Given to ``search`` as *after*, continues the list behind this one."""
        return self.id.hex()


def find(code_or_barcode: str) -> Item | None:
    """The product a scanner or a person means: by code, then by barcode; archived ones for want of others.

    Scanners read a barcode of 12 digits with a zero before it or without.
    """
    found = _by("code", product_key(code_or_barcode))
    for barcode in () if found else _spellings(barcode_key(code_or_barcode)):
        found += _by("barcode", barcode) + _items(_FURTHER, {"value": barcode})
    return min(found, key=lambda one: one.archived, default=None)


def _by(column: str, value: str) -> list[Item]:
    return _items(_EXACT.format(column=column), {"value": value})


def _spellings(barcode: str) -> tuple[str, ...]:
    if len(barcode) == UPC_DIGITS and barcode.isdecimal():
        return barcode, f"0{barcode}"
    if len(barcode) == UPC_DIGITS + 1 and barcode.isdecimal() and barcode[0] == "0":
        return barcode, barcode[1:]
    return (barcode,)


def item(product: bytes) -> Item | None:
    """The product with this id, archived or not."""
    return next(iter(_items("item i WHERE i.id = :id", {"id": product})), None)


def search(
    text: str = "", category: bytes | None = None, kind: str | None = None, limit: int = 50, after: str | None = None
) -> list[Item]:
    """At most *limit* products by name whose code, name and barcodes hold words that begin as those of *text* do.

    Without text all; archived ones are left out.
    """
    last = item(bytes.fromhex(after)) if after else None
    place = {"name": last.name if last else "", "id": last.id if last else b""}
    params = {"category": category, "kind": kind, "limit": limit, **place}
    asked = words.query(text)
    if asked is None:
        return _items(_ANY, params) if not text.strip() else []
    return _items(_WORDS, {**params, "words": asked.begun})


def suggest(text: str, kind: str | None = None, limit: int = 8) -> list[Item]:
    """At most *limit* products that fit *text*, the likeliest first.

    Names that begin with it, then names that hold its words, then those whose code or barcode begins with them.
    """
    asked = words.query(text)
    if asked is None:
        return []
    named, first = f"name : ({asked.begun})", f'name : ^ "{asked.words[0]}" * AND {asked.begun}'
    return _items(_LIKELY, {"kind": kind, "limit": limit, "words": asked.begun, "named": named, "first": first})


def _items(source: str, params: dict[str, Any]) -> list[Item]:
    rows = database.connection().execute(_COLUMNS + source, params)
    return [Item._make([*fields, bool(archived), bool(provisional)]) for *fields, archived, provisional in rows]
