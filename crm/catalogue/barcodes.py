"""Barcodes: what may be one, the further ones of a product, and that each means one product in use."""

from collections.abc import Iterable

from crm.catalogue.models import FurtherBarcode, barcode_key, product_key
from crm.errors import BadBarcode, BarcodeTaken
from crm.reading import dicts
from sync.unit import Unit

LENGTH_MAX = 64
EAN_DIGITS = 13
_FURTHER = "SELECT barcode FROM further_barcode WHERE product = ? AND listed ORDER BY barcode"
_HOLDER = (
    "SELECT name, code FROM product WHERE id != ?1 AND NOT archived AND (barcode = ?2 OR code = ?3"
    " OR id = (SELECT product FROM further_barcode WHERE barcode = ?2 AND listed)) LIMIT 1"
)


def clean(text: str) -> str:
    """*text* as a scanner types it: plain signs that Code 128 has, and of 13 digits an EAN-13; raises BadBarcode."""
    barcode = barcode_key(text)
    plain = 0 < len(barcode) <= LENGTH_MAX and barcode.isascii() and barcode.isprintable()
    if not plain or (looks_like_ean(barcode) and int(barcode[-1]) != check_digit(barcode[:-1])):
        raise BadBarcode(barcode=text[:LENGTH_MAX])
    return barcode


def looks_like_ean(barcode: str) -> bool:
    """Are these the 13 digits of an EAN-13?"""
    return len(barcode) == EAN_DIGITS and barcode.isascii() and barcode.isdecimal()


def check_digit(digits: str) -> int:
    """The last digit of the EAN-13 that begins with these twelve."""
    weighed = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return -weighed % 10


def check_free(unit: Unit, product: bytes, barcode: str | None) -> None:
    """Raises BarcodeTaken when another product in use has this barcode, or is called so."""
    if not barcode:
        return
    for name, code in unit.query(_HOLDER, (product, barcode, product_key(barcode))):
        raise BarcodeTaken(name=name, code=code, barcode=barcode)


def further(product: bytes) -> list[str]:
    """The barcodes of a product beside its own."""
    return [row["barcode"] for row in dicts(_FURTHER, (product,))]


def told(product: bytes, own: str | None) -> str:
    """All barcodes of a product on one line, its *own* first; empty when it has none."""
    return " · ".join([*([own] if own else []), *further(product)])


def set_further(unit: Unit, product: bytes, texts: Iterable[str]) -> bool:
    """These are the further barcodes of *product* from now on; True when something changed.  Head office only.

    Raises BadBarcode, BarcodeTaken.
    """
    wanted = {clean(text) for text in texts if text.strip()}
    had = {barcode for (barcode,) in unit.query(_FURTHER, (product,))}
    for barcode in sorted(wanted - had):
        check_free(unit, product, barcode)
        values = {"barcode": barcode, "product": product, "listed": True}
        unit.insert(FurtherBarcode, values, key=(barcode,))
    for barcode in sorted(had - wanted):
        values = {"barcode": barcode, "product": product, "listed": False}
        unit.insert(FurtherBarcode, values, key=(barcode,))
    return wanted != had
