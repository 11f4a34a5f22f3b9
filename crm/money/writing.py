"""Writing what happens at a till besides sales: opening a shift, cash put in or taken out, closing it."""

from crm.money import figures, spans
from crm.money.errors import BadCash, NoOpenShift, ShiftIsOpen
from crm.money.models import IN, OUT, CashMove, Shift, ShiftClose
from crm.money.spans import Span
from crm.texts import choice, one_line
from sync import limits
from sync.errors import N_
from sync.unit import Unit

REASON_MAX = 100
_LAST_SHIFT = "SELECT coalesce(max(number), 0) FROM shift WHERE stream = ? AND till = ?"
_LAST_RECEIPT = "SELECT coalesce(max(number), 0) FROM sale WHERE stream = ? AND till = ?"


def open_shift(unit: Unit, opening: int, till: int = 1) -> bytes:
    """Opens a till with *opening* rupiah in its drawer.  Raises ShiftIsOpen, BadCash."""
    if spans.current(unit.query, unit.stream, till) is not None:
        raise ShiftIsOpen
    place = (unit.stream, till)
    ((shift,),), ((receipt,),) = unit.query(_LAST_SHIFT, place), unit.query(_LAST_RECEIPT, place)
    numbers = {"number": shift + 1, "receipts_from": receipt + 1}
    return unit.insert(Shift, {"till": till, "opening": _amount(opening, 0), **numbers})


def move_cash(unit: Unit, shift: bytes, kind: str, amount: int, reason: str) -> bytes:
    """Cash put into the drawer ("in") or taken out of it ("out").  Raises NoOpenShift, BadChoice, BadCash, BadText."""
    _open(unit, shift)
    values = {"shift": shift, "kind": choice(kind, (IN, OUT), N_("Kind")), "amount": _amount(amount, 1)}
    return unit.insert(CashMove, {**values, "reason": one_line(reason, N_("Reason"), REASON_MAX)})


def close_shift(unit: Unit, shift: bytes, counted: int) -> bytes:
    """Closes a shift with what was *counted*; what should have lain there is worked out now, in the same unit.

    Raises NoOpenShift, BadCash.
    """
    found = _open(unit, shift)
    ((last,),) = unit.query(_LAST_RECEIPT, (found.stream, found.till))
    values = {"shift": shift, "counted": _amount(counted, 0), "expected": figures.expected(unit.query, found)}
    return unit.insert(ShiftClose, {**values, "receipts_to": min(last, found.receipts_to)})


def _amount(amount: int, least: int) -> int:
    if type(amount) is not int or not least <= amount <= limits.RUPIAH_MAX:
        raise BadCash(amount=amount)
    return amount


def _open(unit: Unit, shift: bytes) -> Span:
    """A shift of this branch that nobody closed yet."""
    found = spans.span(unit.query, shift)
    if found is None or found.stream != unit.stream or found.closing is not None:
        raise NoOpenShift
    return found
