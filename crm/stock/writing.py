"""Writing stock documents: goods received, written off, counted."""

from collections.abc import Sequence
from typing import NamedTuple

from crm.errors import BadQuantity, BusinessError, NoLines, TooManyLines, UnknownProduct
from crm.stock.models import DOCUMENT_KINDS, StockDocument, StockDocumentLine
from crm.texts import choice, optional
from sync import limits
from sync.errors import N_
from sync.unit import Unit

_COUNTING = "SELECT 1 FROM count_sheet WHERE stream = ? AND state = 'open'"
_IMPORTED = "SELECT id FROM stock_document WHERE external = ? AND source = ? AND stream = ?"


class CountUnderWay(BusinessError):
    code = "count_under_way"
    happened = N_("Somebody is counting the shelf.")
    todo = N_("Finish that count, or give it up, before another count corrects the stock.")


class Moved(NamedTuple):
    """One line: ``quantity`` is what the stock changes by, signed."""

    product: bytes
    quantity: int
    note: str | None = None


def record_document(
    unit: Unit,
    kind: str,
    lines: Sequence[Moved],
    *,
    note: str | None = None,
    at: int | None = None,
    source: str | None = None,
    external: str | None = None,
) -> bytes:
    """Writes a stock document of this branch's shop and returns its id.

    "receive" lines are positive, "write_off" lines negative, "count" lines the difference found.  *at* in ms UTC.
    Raises BadChoice, CountUnderWay, NoLines, TooManyLines, BadQuantity, UnknownProduct, BadText.
    """
    choice(kind, DOCUMENT_KINDS, N_("Kind"))
    if kind == "count" and unit.query(_COUNTING, (unit.stream,)):
        raise CountUnderWay
    if not lines:
        raise NoLines
    if len(lines) > limits.OP_ROWS_MAX:
        raise TooManyLines(count=len(lines), limit=limits.OP_ROWS_MAX)
    rows = [_row(unit, kind, line, place) for place, line in enumerate(lines, 1)]
    values = {"kind": kind, "at": at, "source": source, "external": external, "note": optional(note, N_("Note"))}
    return unit.insert(StockDocument, values, children={StockDocumentLine: rows})


def correct_by_count(unit: Unit, sheet: bytes, lines: Sequence[Moved]) -> bytes:
    """Writes what a count sheet found; without lines when everything was right.  Raises TooManyLines."""
    if len(lines) > limits.OP_ROWS_MAX:
        raise TooManyLines(count=len(lines), limit=limits.OP_ROWS_MAX)
    rows = [{"product": line.product, "quantity": line.quantity, "note": line.note} for line in lines]
    return unit.insert(StockDocument, {"kind": "count", "sheet": sheet}, children={StockDocumentLine: rows})


def imported_document(unit: Unit, source: str, external: str) -> bytes | None:
    """The document this branch made of number *external* in a file of the kind *source*, if it did."""
    return next((row[0] for row in unit.query(_IMPORTED, (external, source, unit.stream))), None)


def _row(unit: Unit, kind: str, line: Moved, place: int) -> dict[str, object]:
    product, quantity, note = line
    if type(quantity) is not int or abs(quantity) > limits.QUANTITY_MAX or not _signed_as(kind, quantity):
        raise BadQuantity(quantity=quantity, line=place)
    if not unit.query("SELECT 1 FROM item WHERE id = ?", (product,)):
        raise UnknownProduct
    return {"product": product, "quantity": quantity, "note": optional(note, N_("Note"))}


def _signed_as(kind: str, quantity: int) -> bool:
    return {"receive": quantity > 0, "write_off": quantity < 0, "count": True}[kind]
