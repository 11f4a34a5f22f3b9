"""What a cell means: whole numbers, pounds, times, names.  Strict: what could be meant in two ways is refused."""

import re
from datetime import UTC, datetime, timedelta
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
_DECIMAL = re.compile(r"[+-]?(?:\d{1,16}(?:\.\d{0,12})?|\.\d{1,12})", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d)?", re.ASCII)
_POINT = re.compile(r"(?<=\d)\.00?$", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_YEARS = range(2000, 2100)


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
    if not _DECIMAL.fullmatch(cell.text):
        raise cell.wrong(N_("is no amount (digits with a decimal point)"))
    if abs(amount := Decimal(cell.text)) * RUPIAH_PER_POUND > limits.RUPIAH_MAX:
        raise cell.wrong(N_("is too large a number"))
    return amount


def rupiah(amount: Decimal) -> tuple[int, bool]:
    """*amount* pounds in rupiah, rounded half up, and whether anything was rounded."""
    exact = amount * RUPIAH_PER_POUND
    rounded = exact.quantize(Decimal(1), ROUND_HALF_UP)
    return int(rounded), rounded != exact


def moment(cell: Cell, offset_ms: int) -> int:
    """A local time ``YYYY-MM-DD HH:MM:SS`` in ms UTC; *offset_ms* is what the zone is ahead.  Raises WrongLine."""
    if not _MOMENT.fullmatch(cell.text):
        raise cell.wrong(N_("is no time like 2010-12-01 08:26:00"))
    try:
        local = datetime.fromisoformat(cell.text).replace(tzinfo=UTC)
    except ValueError as problem:
        raise cell.wrong(N_("is no time that exists")) from problem
    if local.year not in _YEARS:
        raise cell.wrong(N_("is not between the years 2000 and 2099"))
    return (local - _EPOCH) // timedelta(milliseconds=1) - offset_ms


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
