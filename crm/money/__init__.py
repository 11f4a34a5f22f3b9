"""Money at the till: shifts from float to count, and the double entry of every document."""

from crm.money.errors import NoOpenShift, ShiftIsOpen
from crm.money.lists import Listed, Report, current, find, is_open, last, listed, moves, report, sold_since
from crm.money.models import IN, OUT, CashMove, Shift, ShiftClose
from crm.money.spans import Span
from crm.money.writing import REASON_MAX, close_shift, move_cash, open_shift

__all__ = [
    "IN",
    "OUT",
    "REASON_MAX",
    "CashMove",
    "Listed",
    "NoOpenShift",
    "Report",
    "Shift",
    "ShiftClose",
    "ShiftIsOpen",
    "Span",
    "close_shift",
    "current",
    "find",
    "is_open",
    "last",
    "listed",
    "move_cash",
    "moves",
    "open_shift",
    "report",
    "sold_since",
]
