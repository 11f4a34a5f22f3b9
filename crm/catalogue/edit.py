"""Making and changing products; head office does, a branch makes provisional ones."""

from collections.abc import Mapping
from typing import Any

from crm.catalogue import barcodes
from crm.catalogue.models import KINDS, Product, ProvisionalProduct, product_key
from crm.errors import BadPrice, BadProductCode, BadText, ProductCodeTaken, UnknownProduct
from crm.texts import NAME_MAX, choice, one_line, optional, paragraph
from sync import limits
from sync.errors import N_, invariant
from sync.model import natural_id
from sync.unit import Unit

_CODE_MAX = 64


def create_product(unit: Unit, values: Mapping[str, Any]) -> bytes:
    """Makes a product from its fields; "code", "name" and "price" (rupiah) must be there.  Head office only.

    A provisional product of the same code becomes this one.  Raises BadProductCode, ProductCodeTaken, BadText,
    BadChoice, BadPrice, BadBarcode, BarcodeTaken.
    """
    code = clean_code(values["code"])
    cleaned = _clean({name: value for name, value in values.items() if name != "code"})
    invariant({"name", "price"} <= set(cleaned), "a product has a name and a price")
    product = natural_id("product", code)
    if unit.get(Product, product):
        raise ProductCodeTaken(text=code)
    barcodes.check_free(unit, product, cleaned.get("barcode"))
    return unit.insert(Product, {"code": code, **cleaned}, key=(code,))


def change_product(unit: Unit, product: bytes, values: Mapping[str, Any]) -> bool:
    """Changes fields of a product, not its code; True when something changed.  Head office only.

    Raises UnknownProduct and what ``create_product`` raises.
    """
    row, cleaned = unit.get(Product, product), _clean(values)
    if row is None:
        raise UnknownProduct
    after = {**row, **cleaned}
    if not after["archived"] and (row["archived"] or after["barcode"] != row["barcode"]):
        barcodes.check_free(unit, product, after["barcode"])
    return unit.set(Product, product, cleaned)


def archive_product(unit: Unit, product: bytes) -> bool:
    """Takes a product out of the catalogue; sales that name it stay readable.  Head office only."""
    return change_product(unit, product, {"archived": True})


def make_provisional(unit: Unit, code: str, name: str | None = None, price: int = 0, kind: str = "goods") -> bytes:
    """The id of the product with this code, made as a provisional one if nobody knows the code.

    What is known already stays as it is.  Raises BadProductCode, BadText, BadChoice, BadPrice.
    """
    key = clean_code(code)
    product = natural_id("product", key)
    if not unit.query("SELECT 1 FROM item WHERE id = ?", (product,)):
        values = {"name": optional(name, N_("Name")), "price": _price(price), "kind": _kind(kind)}
        unit.insert(ProvisionalProduct, {"code": key, **values}, key=(key,))
    return product


def clean_code(text: str) -> str:
    """A product code in its normal form: trimmed, upper case, one line; raises BadProductCode."""
    try:
        return product_key(one_line(text, N_("Code"), _CODE_MAX))
    except BadText as problem:
        raise BadProductCode(text=text) from problem


def clean_field(name: str, value: Any) -> Any:
    """A field of a product in its normal form; raises BadText, BadChoice, BadPrice, BadBarcode."""
    return _CLEAN[name](value)


def _clean(values: Mapping[str, Any]) -> dict[str, Any]:
    invariant(set(values) <= set(_CLEAN), "these fields of a product can be changed")
    return {name: clean_field(name, value) for name, value in values.items()}


def _kind(kind: str) -> str:
    return choice(kind, KINDS, N_("Kind"))


def _price(price: Any) -> int:
    if type(price) is not int or not 0 <= price <= limits.RUPIAH_MAX:
        raise BadPrice(price=price, limit=limits.RUPIAH_MAX)
    return price


_CLEAN = {
    "name": lambda text: one_line(text or "", N_("Name")),
    "barcode": lambda text: barcodes.clean(text) if text and text.strip() else None,
    "category": lambda category: category,
    "type": lambda text: optional(text, N_("Type"), NAME_MAX),
    "kind": _kind,
    "unit": lambda text: one_line(text or "", N_("Unit"), 20),
    "price": _price,
    "tax": _price,
    "description": lambda text: paragraph(text, N_("Description")) if text and text.strip() else None,
    "archived": bool,
}
