"""Counting the shelf: blind, line by line, each line at its place in the ledger."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm import selling, stock
from crm.errors import BadQuantity, NoLines, UnknownProduct
from crm.locations import shop_of
from crm.selling import Line, Paid
from crm.stock import Moved, counting, sheets
from crm.stock.writing import CountUnderWay
from sync.model import natural_id

OIL, TYRE, MASSAGE = (natural_id("product", code) for code in ("OLI-1", "BAN-2", "PIJAT"))
STEPS = st.lists(st.tuples(st.sampled_from(["sale", "receive", "count"]), st.sampled_from([OIL, TYRE]),
                           st.integers(1, 9)), max_size=12)  # fmt: skip


def count(node: Any, *lines: tuple[bytes, int | None]) -> bytes:
    with node.unit() as unit:
        sheet = counting.open_sheet(unit)
        for line in lines:
            counting.count(unit, sheet, *line)
    return sheet


def submit(node: Any, sheet: bytes) -> int:
    with node.unit() as unit:
        return counting.submit(unit, sheet)


def sell(node: Any, product: bytes, quantity: int) -> None:
    with node.unit() as unit:
        selling.record_sale(unit, lines=[Line(product, quantity, 1)], payments=[Paid("cash", quantity)])


def receive(node: Any, product: bytes, quantity: int) -> None:
    with node.unit() as unit:
        stock.record_document(unit, "receive", [Moved(product, quantity)])


def on_hand() -> dict[bytes, int]:
    return {row.product: row.quantity for row in stock.on_hand(location=shop_of(1))}


def test_a_count_corrects_what_differed(branch: Any) -> None:
    """Goal: books follow the shelf. Method: three products, one right, one counted twice, one taken off the sheet."""
    receive(branch, OIL, 10)
    receive(branch, TYRE, 4)
    sheet = count(branch, (OIL, 9), (TYRE, 1))
    count(branch, (TYRE, 4), (OIL, 7), (OIL, None), (OIL, 8))
    assert [("OLI-1", 8, -2), ("BAN-2", 4, 0)] == [(c.code, c.quantity, c.difference) for c in sheets.counted(sheet)]
    assert 1 == submit(branch, sheet)
    assert {OIL: 8, TYRE: 4} == on_hand()
    assert (None, [(sheet, 2)]) == (sheets.open_sheet(1), [(one.id, one.products) for one in sheets.submitted(1, 9)])
    one = sheets.sheet(sheet, 1)
    assert one is not None and (one.state, sheets.sheet(sheet, 2)) == ("submitted", None)


def test_a_count_where_all_is_right_moves_nothing(branch: Any) -> None:
    """Goal: the sheet is done and nothing is corrected. Method: one product as the books say."""
    receive(branch, OIL, 10)
    assert 0 == submit(branch, count(branch, (OIL, 10)))
    assert (1, {OIL: 10}) == (branch.count("stock_movement"), on_hand())


def test_a_count_given_up_moves_nothing(branch: Any) -> None:
    """Goal: a count may be left. Method: a line, given up; another count begins on a sheet of its own."""
    sheet = count(branch, (OIL, 3))
    with branch.unit() as unit:
        counting.give_up(unit, sheet)
    assert (0, []) == (branch.count("stock_movement"), sheets.submitted(1, 9))
    assert sheet != count(branch, (OIL, 3))


@settings(max_examples=25, deadline=None, derandomize=True, database=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(steps=STEPS)
def test_a_line_keeps_its_place_in_the_ledger(branch: Any, steps: Any) -> None:
    """Goal: sold before a line is off the shelf, sold after it is not. Method: any order; what must lie there, anew."""
    shelf = {OIL: 50, TYRE: 50}
    with branch.unit() as unit:
        sheet = counting.open_sheet(unit)
        for product in shelf:
            counting.count(unit, sheet, product, 50)
    for deed, product, quantity in steps:
        if deed == "count":
            shelf[product] = quantity
            count(branch, (product, quantity))
        elif deed == "sale":
            shelf[product] -= quantity
            sell(branch, product, quantity)
        else:
            shelf[product] += quantity
            receive(branch, product, quantity)
    submit(branch, sheet)
    assert shelf == on_hand()


def test_nothing_counts_twice(branch: Any) -> None:
    """Goal: a difference is corrected once. Method: a second sheet, a file's count, a line after the end."""
    sheet = count(branch, (OIL, 3))
    assert sheet == count(branch)
    with pytest.raises(CountUnderWay), branch.unit() as unit:
        stock.record_document(unit, "count", [Moved(OIL, 3)])
    submit(branch, sheet)
    for act in (counting.submit, counting.give_up, lambda unit, sheet: counting.count(unit, sheet, OIL, 1)):
        with pytest.raises(counting.NoSheet), branch.unit() as unit:
            act(unit, sheet)
    assert {OIL: 3} == on_hand()


@pytest.mark.parametrize(
    ("product", "quantity", "error"),
    [
        (OIL, -1, BadQuantity),
        (OIL, 10**9 + 1, BadQuantity),
        (MASSAGE, 1, UnknownProduct),
        (b"?" * 16, 1, UnknownProduct),
    ],
)
def test_an_illegal_line_is_refused(branch: Any, product: bytes, quantity: int, error: Any) -> None:
    """Goal: illegal values stand on no sheet. Method: a table; then the empty sheet is no count."""
    sheet = count(branch)
    with pytest.raises(error):
        count(branch, (product, quantity))
    with pytest.raises(NoLines):
        submit(branch, sheet)
