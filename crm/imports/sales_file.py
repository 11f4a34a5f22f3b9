"""The sales file of a shop: its columns, and what one line of it says."""

from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import Any

from crm.catalogue.edit import clean_code
from crm.customers.fields import clean_number
from crm.errors import BusinessError
from crm.imports import cells, days, money
from crm.imports.table import Cell, Columns, Row
from crm.texts import one_line
from sync import limits
from sync.errors import N_

COLUMNS = Columns(
    needed=("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID"),
)
_INVOICE_MAX = 64
_REMEMBERED = 10_000  # codes, texts and numbers come again and again
_clean_code = lru_cache(_REMEMBERED)(clean_code)
_clean_number = lru_cache(_REMEMBERED)(clean_number)
_readable = lru_cache(_REMEMBERED)(cells.readable)
_invoice = lru_cache(_REMEMBERED)(partial(one_line, what=N_("Invoice"), limit=_INVOICE_MAX))


def is_return(invoice: str) -> bool:
    """Returns and credit notes begin with C."""
    return invoice[:1] in ("C", "c")


def line_of(row: Row, offset_ms: int, currency: str) -> Mapping[str, Any]:
    """One line, in the columns of the spool; times in ms UTC, money in rupiah.  Raises WrongLine."""
    invoice, quantity = _ruled(row.cell("InvoiceNo"), _invoice), cells.whole(row.cell("Quantity"))
    price, rounded = money.price(row.cell("UnitPrice"), currency)
    if abs(price * quantity) > limits.RUPIAH_MAX:
        raise row.cell("UnitPrice").wrong(N_("makes this line too large an amount"))
    name, cleaned = _readable(row.cell("Description").text)
    at, timed = days.moment(row.cell("InvoiceDate"), offset_ms)
    return {
        "n": row.line,
        "invoice": cells.without_point(invoice),
        "code": _ruled(row.cell("StockCode"), _clean_code),
        "spelt": row.cell("StockCode").text,
        "name": name,
        "quantity": quantity,
        "at": at,
        "price": price,
        "customer": _customer(row.cell("CustomerID")),
        "off": int(quantity < 0 and not price and not rounded and not is_return(invoice)),
        "rounded": int(rounded),
        "cleaned": int(cleaned or row.broken),
        "timed": int(timed),
    }


def _customer(cell: Cell) -> str | None:
    number = cells.without_point(cell.text)
    return _ruled(cell._replace(text=number), _clean_number) if number else None


def _ruled(cell: Cell, rule: Callable[[str], str]) -> str:
    try:
        return rule(cell.text)
    except BusinessError as problem:
        raise cells.because(cell) from problem
