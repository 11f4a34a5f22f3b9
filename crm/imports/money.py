"""Which money the prices of a sales file are in: what somebody said, else what the file shows beyond doubt."""

from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from crm.imports import cells, headings
from crm.imports.errors import UnclearMoney, WrongLine
from crm.imports.table import Cell, Columns, Row, Table
from sync.errors import N_

RUPIAH, POUNDS = "rupiah", "pounds"
CURRENCIES = (RUPIAH, POUNDS)
TAKEN = {  # what people are told before and after
    RUPIAH: N_("Prices are taken as rupiah"),
    POUNDS: N_("Prices are taken as pounds, at 20,000 rupiah each"),
}
_RUPIAH_LEAST = 100  # nothing is sold for less; many things cost fewer pounds


class Price(NamedTuple):
    """The price of one piece in rupiah, and whether it had to be rounded."""

    rupiah: int
    rounded: bool


def price(cell: Cell, currency: str) -> Price:
    """What *cell* says in *currency*; raises WrongLine."""
    if currency == RUPIAH:
        return Price(cells.rupiah(cell), False)
    return Price(*cells.from_pounds(cells.pounds(cell)))


def decide(path: Path, columns: Columns, column: str) -> str:
    """RUPIAH or POUNDS, by the heading and the prices in *column* of the file at *path*.

    A heading in Indonesian means rupiah.  Else one price with a fraction, or below 100, means pounds.  Raises
    UnclearMoney where neither is so, and what Table raises.
    """
    rupiah_like = None
    with Table(path, columns) as table:
        for cell in _prices(table, column):
            if headings.is_rupiah(cell.column):
                return RUPIAH
            if _is_in_pounds(cell.text):
                return POUNDS
            rupiah_like = rupiah_like or (cell if _is_like_rupiah(cell) else None)
    if rupiah_like:
        raise UnclearMoney(column=rupiah_like.column, value=rupiah_like.text, line=rupiah_like.line)
    return POUNDS


def _prices(table: Table, column: str) -> Iterator[Cell]:
    """The cells of *column*; wrong lines are told later, by whoever takes them."""
    with suppress(WrongLine):
        for row in table:
            if isinstance(row, Row):
                yield row.cell(column)


def _is_in_pounds(text: str) -> bool:
    """Can it be nothing but pounds?  17.500 may be thousands of rupiah."""
    if cells.GROUPED.fullmatch(text) or not cells.DECIMAL.fullmatch(text):
        return False
    amount = abs(Decimal(text))
    return amount % 1 != 0 or 0 < amount < _RUPIAH_LEAST


def _is_like_rupiah(cell: Cell) -> bool:
    with suppress(WrongLine):
        return cells.rupiah(cell) != 0
    return False
