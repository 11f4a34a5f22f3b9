"""Rounding of cash: what is paid in cash comes to whole steps of coins.

The law: payments and rounding sum to the total exactly.  Only what is left to pay in cash is rounded, to the nearest
step, half a step down, in the customer's favour; so a sale is never rounded by more than half a step.
"""

from collections.abc import Iterable
from typing import Protocol


class Tender(Protocol):
    """A payment, as far as rounding asks."""

    @property
    def method(self) -> str: ...
    @property
    def amount(self) -> int: ...


def nearest(amount: int, step: int) -> int:
    """*amount*, not below zero, in whole steps; a step of 0 rounds nothing.

    >>> nearest(15_450, 100), nearest(15_451, 100)
    (15400, 15500)
    """
    return (amount + (step - 1) // 2) // step * step if step else amount


def rounding_of(payments: Iterable[Tender], total: int, step: int) -> int:
    """Rupiah that rounding takes off *total* when it is paid like this; below zero, what it puts on."""
    tenders = list(payments)
    due = total - sum(one.amount for one in tenders if one.method != "cash")
    in_cash = any(one.method == "cash" for one in tenders)
    return due - nearest(due, step) if in_cash and due > 0 else 0
