"""What a cell means: whole numbers, rupiah, pounds, names.  Strict: what could be meant in two ways is refused."""

import re
from decimal import ROUND_HALF_UP, Decimal

from crm.errors import BadText
from crm.imports.errors import WrongLine
from crm.imports.table import Cell
from crm.texts import LINE_MAX, one_line
from sync import limits
from sync.errors import N_

RUPIAH_PER_POUND = 20_000
EMPTY = N_("is empty")
_NOT_ALLOWED = N_("is not allowed here: too long, or with signs that are not allowed")
_WHOLE = re.compile(r"([+-]?\d{1,16})(?:\.00?)?", re.ASCII)  # 6.0 is 6; 6.000 could be six thousand
GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:\.[0-9]{3}){1,5}")  # 17.500; in rupiah, which have no fractions, no decimals
_RUPIAH = re.compile(
    r"([+-]?)\s*(?:(?:rp|idr)\.?\s*)?"
    rf"(?:({GROUPED.pattern})(?:,00?|,-)?|([0-9]{{1,16}})(?:[.,]00?|,-)?)",
    re.IGNORECASE,
)
DECIMAL = re.compile(r"[+-]?(?:\d{1,16}(?:\.\d{0,12})?|\.\d{1,12})", re.ASCII)
_POINT = re.compile(r"(?<=\d)\.00?$", re.ASCII)


def whole(cell: Cell, most: int = limits.QUANTITY_MAX) -> int:
    """A whole number between -*most* and *most*; raises WrongLine."""
    found = _WHOLE.fullmatch(cell.text)
    if not found:
        raise cell.wrong(N_("is no whole number (digits only, without dots)"))
    if abs(int(found[1])) > most:
        raise cell.wrong(N_("is too large a number"))
    return int(found[1])


def pounds(cell: Cell) -> Decimal:
    """An amount in pounds as it is written, with a decimal point; raises WrongLine."""
    if not DECIMAL.fullmatch(cell.text):
        raise cell.wrong(N_("is no amount (digits with a decimal point)"))
    if abs(amount := Decimal(cell.text)) * RUPIAH_PER_POUND > limits.RUPIAH_MAX:
        raise cell.wrong(N_("is too large a number"))
    return amount


def rupiah(cell: Cell) -> int:
    """An amount in whole rupiah: 17500, 17.500, Rp 17.500, Rp 17.500,-; raises WrongLine, for 17.50 too."""
    found = _RUPIAH.fullmatch(cell.text)
    if not found:
        raise cell.wrong(N_("is no amount in whole rupiah (like 17500, 17.500 or Rp 17.500)"))
    amount = int((found[2] or found[3]).replace(".", ""))
    if amount > limits.RUPIAH_MAX:
        raise cell.wrong(N_("is too large a number"))
    return -amount if found[1] == "-" else amount


def from_pounds(amount: Decimal) -> tuple[int, bool]:
    """*amount* pounds in rupiah, rounded half up, and whether anything was rounded."""
    exact = amount * RUPIAH_PER_POUND
    rounded = exact.quantize(Decimal(1), ROUND_HALF_UP)
    return int(rounded), rounded != exact


def without_point(text: str) -> str:
    """A number that names something, as text: ``17850.0`` from a spreadsheet is ``17850``."""
    return _POINT.sub("", text)


def because(cell: Cell) -> WrongLine:
    """The WrongLine for a *cell* that a business rule refuses."""
    return cell.wrong(_NOT_ALLOWED if cell.text else EMPTY)


def readable(text: str) -> tuple[str, bool]:
    """*text* fit for a name, and whether it had to be changed: unreadable signs become spaces, the end is cut."""
    if not text:
        return "", False
    try:
        return one_line(text, N_("Name")), False
    except BadText:
        clean = "".join(sign if sign.isprintable() else " " for sign in text)
        return " ".join(clean.split())[:LINE_MAX].strip(), True
