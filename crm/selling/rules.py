"""What a sale's lines and payments must satisfy.  Plain arithmetic in whole rupiah; no database."""

from collections.abc import Sequence
from typing import NamedTuple

from crm.errors import (
    BadChoice,
    BadDiscount,
    BadPayment,
    BadPrice,
    BadQuantity,
    BadTotal,
    NoLines,
    Overpaid,
    TooManyLines,
    Underpaid,
)
from crm.selling.models import METHODS, ROUNDING
from crm.selling.rounding import rounding_of
from sync import limits
from sync.errors import N_


class Line(NamedTuple):
    """One line: id of the product, ``quantity`` × ``price`` − ``discount`` rupiah; ``goods`` moves stock.

    In a return the quantity is negative, and the discount too.
    """

    product: bytes
    quantity: int
    price: int
    discount: int = 0
    goods: bool = True


class Paid(NamedTuple):
    """Money taken (given back: negative).  ``tendered`` is what was handed over in cash, change not yet given."""

    method: str
    amount: int
    tendered: int | None = None


def total_of(lines: Sequence[Line], free: bool) -> int:
    """The sum of the lines in rupiah, each line checked.

    *free* (returns, sales made earlier elsewhere): quantities, prices and the total may be negative.

    Raises NoLines, TooManyLines, BadQuantity, BadPrice, BadDiscount, BadTotal.
    """
    if not lines:
        raise NoLines
    if len(lines) > limits.OP_ROWS_MAX:
        raise TooManyLines(count=len(lines), limit=limits.OP_ROWS_MAX)
    total = sum(_amount(line, place, free) for place, line in enumerate(lines, 1))
    if abs(total) > limits.RUPIAH_MAX:
        raise BadTotal(total=total)
    return total


def _amount(line: Line, place: int, free: bool) -> int:
    _, quantity, price, discount, _ = line
    if type(quantity) is not int or not (0 < quantity <= limits.QUANTITY_MAX or (free and _below(quantity))):
        raise BadQuantity(quantity=quantity, line=place)
    if type(price) is not int or not ((-limits.RUPIAH_MAX if free else 0) <= price <= limits.RUPIAH_MAX):
        raise BadPrice(price=price, limit=limits.RUPIAH_MAX)
    gross = quantity * price
    if abs(gross) > limits.RUPIAH_MAX:
        raise BadTotal(total=gross)
    if type(discount) is not int or not (0 <= discount <= gross or gross <= discount <= 0):
        raise BadDiscount(discount=discount, line=place)
    return gross - discount


def _below(quantity: int) -> bool:
    return -limits.QUANTITY_MAX <= quantity < 0


def settle(payments: Sequence[Paid], total: int, step: int = 0) -> tuple[list[Paid], int]:
    """The payments as they are kept, and the change to give back.

    What is paid beyond *total* comes out of the cash: its amount is stored net, what was handed over as ``tendered``.
    *step*: cash is rounded to so many rupiah; by how much stands behind the payments.
    Raises BadChoice, BadPayment, Underpaid, Overpaid.
    """
    for paid in payments:
        _check(paid, total)
    rounding = rounding_of(payments, total, step)
    due = total - rounding
    excess = sum(paid.amount for paid in payments) - due
    kept = _less(payments, excess) if excess > 0 and total >= 0 else list(payments)
    rest = due - sum(paid.amount for paid in kept)
    if rest:
        raise _unbalanced(rest, total)
    change = sum(paid.tendered - paid.amount for paid in kept if paid.tendered is not None)
    return [*kept, *([Paid(ROUNDING, rounding)] if rounding else [])], change


def _check(paid: Paid, total: int) -> None:
    method, amount, tendered = paid
    if method not in METHODS:
        raise BadChoice(value=method, what=N_("Payment"), choices=", ".join(METHODS))
    whole = type(amount) is int and abs(amount) <= limits.RUPIAH_MAX
    if not whole or (amount < 0 <= total) or (amount > 0 > total):
        raise BadPayment(amount=amount, method=method)
    if tendered is not None and not (
        method == "cash" and type(tendered) is int and amount <= tendered <= limits.RUPIAH_MAX
    ):
        raise BadPayment(amount=tendered, method=method)


def _less(payments: Sequence[Paid], excess: int) -> list[Paid]:
    """The payments with *excess* taken out of the first cash payment that covers it."""
    kept = list(payments)
    for place, paid in enumerate(kept):
        if paid.method == "cash" and paid.amount >= excess:
            kept[place] = Paid("cash", paid.amount - excess, paid.tendered or paid.amount)
            return kept
    return kept


def _unbalanced(rest: int, total: int) -> Underpaid | Overpaid:
    """*rest* is what is missing of the total."""
    return Underpaid(missing=abs(rest)) if (rest > 0) == (total >= 0) else Overpaid(excess=abs(rest))
