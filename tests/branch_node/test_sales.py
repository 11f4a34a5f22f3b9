"""Sales of a day and their receipts, over HTTP."""

from datetime import date

import pytest
import time_machine

from branch_node.pages.sales import today

pytestmark = pytest.mark.usefixtures("reading")


def test_the_day_and_its_receipts(cashier, hand) -> None:
    """Goal: find today's sale again. Method: sell, look at the list, follow the receipt."""
    address = hand.sell(("OLI-1", "1"))
    page = cashier.get("/sales")
    assert address in page and "Rp45.000" in page and "Dewi Lestari" in page and "Tunai" in page


def test_a_reprint_is_a_copy(hand) -> None:
    """Goal: one receipt is the receipt, every other says so. Method: the page after the sale, then again."""
    address = hand.sell(("BUSI", "1"))
    fresh, again = hand.visitor.get(address), hand.visitor.get(address)
    assert "<strong data-copy hidden>SALINAN" in fresh and "Penjualan baru" in fresh
    assert "<strong data-copy>SALINAN" in again and "Penjualan baru" not in again


@pytest.mark.parametrize(("asked", "width"), [("80", 80), ("58", 58), ("1000", 58)])
def test_the_paper_is_remembered(hand, asked, width) -> None:
    """Goal: 58 or 80 mm once chosen stays. Method: choose, open another receipt."""
    hand.visitor.get(hand.sell(("BUSI", "1")), width=asked)
    assert f"receipt-{width}" in hand.visitor.get(hand.sell(("BUSI", "1")))


@pytest.mark.parametrize("day", ["2020-01-01", "2999-01-01", "yesterday", ""])
def test_other_days(cashier, hand, day) -> None:
    """Goal: any day, none to come. Method: a sale today; an empty day, a future one, nonsense."""
    hand.sell(("BUSI", "1"))
    page = cashier.get("/sales", day=day)
    assert ("Tidak ada penjualan" in page) is (day == "2020-01-01")
    cashier.get("/sales", day=day, after="12.34")


def test_days_follow_the_branch(app, shop) -> None:
    """Goal: a day ends at midnight in Pontianak. Method: one minute to midnight there."""
    with app.app_context(), time_machine.travel("2026-01-31T16:59:00Z", tick=False):
        shift = shop.node.clock.error_ms or 0
        assert date(2026, 1, 31 if shift >= -60_000 else 30) == today()


def test_a_long_day_goes_on(hand, cashier) -> None:
    """Goal: more sales than one page holds. Method: two pages, no sale twice."""
    for _ in range(52):
        hand.sell(("BUSI", "1"))
    first = cashier.get("/sales")
    link = first.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
    numbers = [{part.partition("<")[0] for part in page.split(">PTK-1-")[1:]} for page in (first, cashier.get(link))]
    assert (50, set()) == (len(numbers[0]), numbers[0] & numbers[1])
