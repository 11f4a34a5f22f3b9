"""The arithmetic of a sale."""

import pytest

from crm.errors import (
    BadChoice,
    BadDiscount,
    BadPayment,
    BadPrice,
    BadQuantity,
    BadTotal,
    BusinessError,
    NoLines,
    Overpaid,
    TooManyLines,
    Underpaid,
)
from crm.selling.rules import Line, Paid, settle, total_of
from sync import limits

P = b"p" * 16


@pytest.mark.row("H-62")
@pytest.mark.parametrize(
    ("line", "amount"),
    [
        (Line(P, 1, 45_000), 45_000),
        (Line(P, 3, 45_000, 5_000), 130_000),
        (Line(P, 1, 0), 0),
        (Line(P, 2, 500, 1_000), 0),
        (Line(P, limits.QUANTITY_MAX, 1), limits.QUANTITY_MAX),
        (Line(P, 1, limits.RUPIAH_MAX), limits.RUPIAH_MAX),
    ],
)
def test_a_line_is_quantity_times_price_less_discount(line: Line, amount: int) -> None:
    """Goal: the total of easy, typical and extreme lines. Method: one line each."""
    assert amount == total_of([line], free=False)


@pytest.mark.row("H-62")
@pytest.mark.parametrize(
    ("line", "error"),
    [
        (Line(P, 0, 1), BadQuantity),
        (Line(P, -1, 1), BadQuantity),
        (Line(P, limits.QUANTITY_MAX + 1, 1), BadQuantity),
        (Line(P, True, 1), BadQuantity),
        (Line(P, 1.5, 1), BadQuantity),  # type: ignore[arg-type]
        (Line(P, "1", 1), BadQuantity),  # type: ignore[arg-type]
        (Line(P, 1, -1), BadPrice),
        (Line(P, 1, limits.RUPIAH_MAX + 1), BadPrice),
        (Line(P, 1, 0.5), BadPrice),  # type: ignore[arg-type]
        (Line(P, 1, None), BadPrice),  # type: ignore[arg-type]
        (Line(P, 1_000, limits.RUPIAH_MAX), BadTotal),
        (Line(P, 1, 100, 101), BadDiscount),
        (Line(P, 1, 100, -1), BadDiscount),
        (Line(P, 1, 100, 1.0), BadDiscount),  # type: ignore[arg-type]
    ],
)
def test_a_wrong_line_is_refused(line: Line, error: type[BusinessError]) -> None:
    """Goal: illegal quantities, prices and discounts never reach the log. Method: a table."""
    with pytest.raises(error):
        total_of([line], free=False)


def test_a_return_may_be_negative() -> None:
    """Goal: returns and imports take what a shop really has. Method: negative quantity, price, discount."""
    lines = [Line(P, -2, 45_000, -5_000), Line(P, 1, -7_000), Line(P, 3, 0)]
    assert -92_000 == total_of(lines, free=True)


@pytest.mark.parametrize("line", [Line(P, -1, 100, 1), Line(P, -1, 100, -101), Line(P, 0, 1)])
def test_a_return_is_checked_too(line: Line) -> None:
    """Goal: freedom of sign is no freedom of size. Method: discounts beyond the line, quantity zero."""
    with pytest.raises((BadDiscount, BadQuantity)):
        total_of([line], free=True)


def test_a_sale_has_one_line_to_the_limit() -> None:
    """Goal: neither nothing nor without end. Method: no line, one line too many, lines whose sum is too large."""
    with pytest.raises(NoLines):
        total_of([], free=False)
    with pytest.raises(TooManyLines):
        total_of([Line(P, 1, 1)] * (limits.OP_ROWS_MAX + 1), free=False)
    with pytest.raises(BadTotal):
        total_of([Line(P, 1, limits.RUPIAH_MAX)] * 2, free=False)


@pytest.mark.parametrize(
    ("payments", "total", "kept", "change"),
    [
        ([Paid("cash", 45_000)], 45_000, [Paid("cash", 45_000)], 0),
        ([Paid("cash", 50_000)], 45_000, [Paid("cash", 45_000, 50_000)], 5_000),
        ([Paid("cash", 45_000, 50_000)], 45_000, [Paid("cash", 45_000, 50_000)], 5_000),
        (
            [Paid("qris", 20_000), Paid("cash", 50_000)],
            45_000,
            [Paid("qris", 20_000), Paid("cash", 25_000, 50_000)],
            25_000,
        ),
        ([Paid("card", 10_000), Paid("transfer", 35_000)], 45_000, [Paid("card", 10_000), Paid("transfer", 35_000)], 0),
        ([], 0, [], 0),
        ([Paid("cash", 0)], 0, [Paid("cash", 0)], 0),
        ([Paid("cash", -45_000)], -45_000, [Paid("cash", -45_000)], 0),
    ],
)
def test_payments_equal_the_total(payments: list[Paid], total: int, kept: list[Paid], change: int) -> None:
    """Goal: amounts are stored net and give the change. Method: ways to pay, one, two, none, back."""
    assert (kept, change) == settle(payments, total)


@pytest.mark.parametrize(
    ("payments", "total", "error"),
    [
        ([], 1, Underpaid),
        ([Paid("cash", 44_999)], 45_000, Underpaid),
        ([Paid("qris", 45_001)], 45_000, Overpaid),
        ([Paid("cash", 10_000), Paid("card", 60_000)], 45_000, Overpaid),
        ([Paid("cash", -1)], 45_000, BadPayment),
        ([Paid("cash", 1)], -45_000, BadPayment),
        ([Paid("cash", -44_000)], -45_000, Underpaid),
        ([Paid("cash", -46_000)], -45_000, Overpaid),
        ([Paid("cash", 45_000, 44_000)], 45_000, BadPayment),
        ([Paid("card", 45_000, 50_000)], 45_000, BadPayment),
        ([Paid("cash", 45_000.0)], 45_000, BadPayment),  # type: ignore[arg-type]
        ([Paid("cash", limits.RUPIAH_MAX + 1)], 45_000, BadPayment),
        ([Paid("cheque", 45_000)], 45_000, BadChoice),
    ],
)
def test_payments_that_do_not_fit_are_refused(payments: list[Paid], total: int, error: type[BusinessError]) -> None:
    """Goal: no sale whose money does not balance. Method: a table of wrong payments."""
    with pytest.raises(error):
        settle(payments, total)
