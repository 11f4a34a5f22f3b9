"""Several tenders and the rounding of cash: the sums are exact, in the sale and in the drawer."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm import balances, company, money, selling
from crm.errors import BadChoice, Overpaid, Underpaid
from crm.selling import ROUNDING, Line, Paid
from crm.selling.rounding import nearest
from crm.selling.rules import settle
from sync.database import using
from sync.model import natural_id

OIL = natural_id("product", "OLI-1")


@given(st.integers(1, 10**9), st.sampled_from([0, 100, 500]), st.integers(0, 10**9), st.integers(0, 10**6))
def test_payments_and_rounding_sum_to_the_total(total: int, step: int, by_card: int, more: int) -> None:
    """Goal: the law of rounding. Method: any total, a part by card, the rest in cash with change."""
    card = min(by_card, total)
    due = nearest(total - card, step)
    kept, change = settle([Paid("card", card), Paid("cash", due + more)], total, step)
    assert total == sum(paid.amount for paid in kept)
    cash = sum(paid.amount for paid in kept if paid.method == "cash")
    off = sum(paid.amount for paid in kept if paid.method == ROUNDING)
    assert (due, more, total - card - due) == (cash, change, off)
    assert not step or (cash % step == 0 and -step < 2 * off <= step)


@pytest.mark.parametrize(
    ("payments", "kept"),
    [
        ([Paid("cash", 15_400)], [Paid("cash", 15_400), Paid(ROUNDING, 40)]),
        ([Paid("qris", 15_440)], [Paid("qris", 15_440)]),
        ([Paid("qris", 10_000), Paid("transfer", 5_440)], [Paid("qris", 10_000), Paid("transfer", 5_440)]),
        ([Paid("qris", 70), Paid("cash", 15_400)], [Paid("qris", 70), Paid("cash", 15_400), Paid(ROUNDING, -30)]),
    ],
)
def test_only_cash_is_rounded(payments: list[Paid], kept: list[Paid]) -> None:
    """Goal: what is paid otherwise is exact. Method: 15,440 in cash, otherwise, and in parts, to the nearest 100."""
    assert (kept, 0) == settle(payments, 15_440, 100)


@pytest.mark.parametrize(
    ("payments", "error"),
    [
        ([Paid("cash", 15_399)], Underpaid),
        ([Paid("qris", 15_400)], Underpaid),
        ([Paid("qris", 15_441)], Overpaid),
        ([Paid("cash", 15_400), Paid(ROUNDING, 40)], BadChoice),
    ],
)
def test_rounding_excuses_nothing_else(payments: list[Paid], error: type[Exception]) -> None:
    """Goal: nobody pays with rounding. Method: a rupiah less, another way, more, and rounding typed as a payment."""
    with pytest.raises(error):
        settle(payments, 15_440, 100)


def test_the_drawer_is_exact(hub: Any, branch: Any) -> None:
    """Goal: shifts and postings hold with rounding. Method: a shift with tenders and rounding; the books walked."""
    with using(hub.store), hub.unit() as unit:
        company.write(unit, {company.CASH_ROUNDING: "100"})
    (row,) = hub.store.connection().execute("SELECT * FROM company_setting").fetchall()
    with branch.store.write() as connection:
        connection.execute("INSERT INTO company_setting VALUES (?, ?, ?, ?)", row)
    assert 100 == company.read().cash_step
    with branch.unit() as unit:
        shift = money.open_shift(unit, 50_000)
        lines, paid = [Line(OIL, 1, 15_440)], [Paid("qris", 5_000), Paid("cash", 20_000)]
        made = selling.record_sale(unit, lines=lines, payments=paid)
    assert (15_440, 9_600) == (made.total, made.change)
    report, receipt = money.report(shift), selling.load_receipt(made.id)
    assert (60_400, {"cash": 10_400, "qris": 5_000, ROUNDING: 40}) == (report.expected, report.sums.methods)
    assert (40, 0) == (report.accounts[ROUNDING], sum(report.accounts.values()))
    assert (-40, 2) == (receipt["rounding"], len(receipt["payments"]))
    assert 1 == balances.verify(branch.store.connection())["shifts"]
