"""One invoice of a file: what is sold, what is written off, and which of its lines are odd.  No database."""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from crm.imports.charges import CHARGES
from crm.imports.report import Oddity
from crm.imports.sales_file import is_return
from crm.imports.spool import SoldLine
from sync.errors import N_

ODDITIES = {
    "return": Oddity(N_("an invoice that begins with C"), N_("taken as goods that came back")),
    "write_off": Oddity(
        N_("a quantity below zero at price zero, on an invoice without C"), N_("written off the stock, not sold")
    ),
    "charge": Oddity(N_("a code that is no goods"), N_("kept in the sale; it moves no stock")),
    "no_price": Oddity(N_("the price is zero"), N_("kept in the sale at 0 rupiah")),
    "price_below_zero": Oddity(N_("the price is below zero"), N_("kept in the sale as it stands")),
    "below_zero": Oddity(
        N_("a quantity below zero on an invoice without C"), N_("kept in the sale; the goods are back in stock")
    ),
    "sold_on_return": Oddity(
        N_("a quantity above zero on an invoice with C"), N_("kept in the return; the goods left the stock")
    ),
    "nothing": Oddity(N_("the quantity is zero"), N_("left out: nothing was sold and nothing moved")),
    "no_customer": Oddity(N_("no customer"), N_("sold without a customer")),
    "other_customer": Oddity(
        N_("another customer than the invoice's first"), N_("the sale keeps the invoice's first customer")
    ),
    "no_name": Oddity(N_("no description"), N_("taken; the product is known by its code")),
    "other_name": Oddity(
        N_("another description than the code's first"), N_("the product keeps its first description")
    ),
    "cleaned": Oddity(
        N_("a text with line breaks or unreadable signs, or too long"), N_("put on one line, cleaned and shortened")
    ),
    "other_price": Oddity(N_("another price than the code's first"), N_("sold at the price that stands here")),
    "rounded": Oddity(N_("a price finer than one rupiah"), N_("rounded half up to whole rupiah, for one piece")),
    "spelling": Oddity(N_("a code in another spelling"), N_("taken as the same product")),
    "same_line": Oddity(N_("the same line stood in the invoice before"), N_("both count")),
    "other_time": Oddity(N_("another time than the invoice's earliest"), N_("the sale has the earliest time")),
    "untimed": Oddity(N_("a day without a time"), N_("taken as noon of that day")),
    "changed": Oddity(N_("the invoice is in already, with other lines"), N_("nothing was changed: what is in stands")),
    "windows": Oddity(N_("the line is not UTF-8"), N_("read as Windows-1252")),
}


class Plan(NamedTuple):
    """What one invoice becomes; ``at`` in ms UTC, ``customer`` a number or None."""

    invoice: str
    first: int
    kind: str
    at: int
    customer: str | None
    sold: list[SoldLine]
    written_off: list[SoldLine]

    @property
    def total(self) -> int:
        """What is paid, in rupiah."""
        return sum(line.quantity * line.price for line in self.sold)


def plan(lines: list[SoldLine]) -> Plan:
    """The plan for the lines of one invoice."""
    first = lines[0]
    return Plan(
        invoice=first.invoice,
        first=first.n,
        kind="return" if is_return(first.invoice) else "sale",
        at=min(line.at for line in lines),
        customer=next((line.customer for line in lines if line.customer), None),
        sold=[line for line in lines if line.quantity and not line.off],
        written_off=[line for line in lines if line.off],
    )


def oddities(lines: list[SoldLine], planned: Plan) -> Iterator[tuple[str, int, str]]:
    """(kind, line, what stood there) for all that is odd in *lines*."""
    seen: Counter[tuple[str, str, int, int]] = Counter()
    for line in lines:
        same = (line.spelt, line.name, line.quantity, line.price)
        seen[same] += 1
        found = {
            **_of_amounts(line, planned),
            **_of_texts(line),
            "same_line": seen[same] > 1 and line.spelt,
            "other_customer": line.customer not in (planned.customer, None) and line.customer,
            "no_customer": line.customer is None and line.invoice,
            "untimed": not line.timed and line.invoice,
            "other_time": line.at != planned.at and line.invoice,
        }
        yield from ((kind, line.n, str(value)) for kind, value in found.items() if value is not False)


def _of_amounts(line: SoldLine, planned: Plan) -> dict[str, str | int | bool]:
    coming_back = planned.kind == "return"
    return {
        "return": coming_back and line.invoice,
        "write_off": bool(line.off) and line.quantity,
        "nothing": line.quantity == 0 and line.invoice,
        "charge": line.code in CHARGES and line.code,
        "no_price": line.price == 0 and line.spelt,
        "price_below_zero": line.price < 0 and line.price,
        "below_zero": line.quantity < 0 and not coming_back and not line.off and line.quantity,
        "sold_on_return": line.quantity > 0 and coming_back and line.quantity,
        "other_price": line.price > 0 and line.price != line.first_price and line.price,
        "rounded": bool(line.rounded) and line.price,
    }


def _of_texts(line: SoldLine) -> dict[str, str | bool]:
    return {
        "no_name": not line.name and line.spelt,
        "other_name": bool(line.name) and line.name != line.first_name and line.name,
        "cleaned": bool(line.cleaned) and line.name,
        "spelling": line.spelt != line.code and line.spelt,
    }
