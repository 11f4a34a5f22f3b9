"""Counting the shelf: a sheet is opened, filled line by line, and submitted as an ordinary correction of the stock."""

from crm.errors import BadQuantity, BusinessError, NoLines, UnknownProduct
from crm.locations import shop_of
from crm.stock.sheets import GIVEN_UP, OPEN, SUBMITTED, CountedLine, CountSheet, counted_in
from crm.stock.writing import Moved, correct_by_count
from sync import limits
from sync.errors import N_
from sync.unit import Unit

_OPEN = "SELECT id FROM count_sheet WHERE stream = ? AND state = ?"
_ON_HAND = "SELECT quantity FROM on_hand WHERE location = ? AND product = ?"


class NoSheet(BusinessError):
    code = "no_sheet"
    happened = N_("This count is not open any more.")
    todo = N_("Look at the stock; start a new count if one is needed.")


def open_sheet(unit: Unit) -> bytes:
    """The sheet this branch counts on, made now if there is none."""
    found = unit.query(_OPEN, (unit.stream, OPEN))
    values = {"stream": unit.stream, "opened_at": unit.stamp_ms, "opened_by": unit.actor}
    return bytes(found[0][0]) if found else unit.insert(CountSheet, values)


def count(unit: Unit, sheet: bytes, product: bytes, quantity: int | None) -> bytes:
    """So much of *product* lies on the shelf now; None takes it off the sheet.  A later line replaces an earlier one.

    Raises NoSheet, UnknownProduct, BadQuantity.
    """
    _must_be_open(unit, sheet)
    if not unit.query("SELECT 1 FROM item WHERE id = ? AND kind = 'goods'", (product,)):
        raise UnknownProduct
    if quantity is not None and not 0 <= quantity <= limits.QUANTITY_MAX:
        raise BadQuantity(quantity=quantity, line=1)
    held = unit.query(_ON_HAND, (shop_of(unit.stream), product))
    ((number,),) = unit.query("SELECT count(*) FROM counted_line WHERE sheet = ?", (sheet,))
    values = {"sheet": sheet, "product": product, "number": number + 1, "quantity": quantity}
    return unit.insert(CountedLine, {**values, "expected": held[0][0] if held else 0})


def submit(unit: Unit, sheet: bytes) -> int:
    """Corrects the stock by each line's own difference; how many products differed.  Raises NoSheet, NoLines."""
    _must_be_open(unit, sheet)
    counted = counted_in(unit, sheet)
    if not counted:
        raise NoLines
    moved = [Moved(line.product, line.difference) for line in counted if line.difference]
    unit.set(CountSheet, sheet, {"state": SUBMITTED})
    correct_by_count(unit, sheet, moved)
    return len(moved)


def give_up(unit: Unit, sheet: bytes) -> None:
    """The count is left; nothing moves.  Raises NoSheet."""
    _must_be_open(unit, sheet)
    unit.set(CountSheet, sheet, {"state": GIVEN_UP})


def _must_be_open(unit: Unit, sheet: bytes) -> None:
    row = unit.get(CountSheet, sheet)
    if row is None or (row["stream"], row["state"]) != (unit.stream, OPEN):
        raise NoSheet
