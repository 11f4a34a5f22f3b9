"""Laporan at the branch: its own sales in every cut, on the screen, as a file, down to the receipt."""

import csv
import html
import re
from io import StringIO
from typing import Any

import pytest

from crm import reports, sales_list
from ui.pages.reports import BY


@pytest.mark.row("H-56", "G-28")
@pytest.mark.parametrize(
    ("by", "words"),
    [
        ("product", "Ban luar"),
        ("customer", "Tanpa pelanggan"),
        ("cashier", "Dewi Lestari"),
        ("method", "Tunai"),
        ("day", "Rp"),
    ],
)
def test_every_cut_leads_to_the_receipt(leader, hand, by, words) -> None:
    """Goal: a branch has its reports without head office. Method: sell, open the cut, its first row, a receipt."""
    address = hand.sell(("BAN-2", "2"))
    page = leader.get("/reports/sales", by=by)
    assert words in page
    rows = [html.unescape(one) for one in re.findall(r'href="(/reports/receipts[^"]+)"', page)]
    assert any(address.partition("?")[0] in leader.get(row) for row in rows)


def test_there_are_no_other_branches_here(leader, shop, monkeypatch) -> None:
    """Goal: what others sold to our customers is theirs. Method: which branch is asked for; a strange address too."""
    asked: list[Any] = []

    def listed(days: Any, stream: int | None, *rest: Any) -> list[Any]:
        asked.append(stream)
        return []

    def summed(by: str, days: Any, stream: int | None) -> list[Any]:
        asked.append((by, stream))
        return []

    monkeypatch.setattr(sales_list, "page", listed)
    monkeypatch.setattr(reports, "sales", summed)
    leader.get("/reports/receipts", branch="DPS")
    page = leader.get("/reports/sales", by="branch", branch="DPS")
    leader.get("/reports/sales.csv", by="branch")
    here = shop.node.stream
    assert [here, ("product", here), ("product", here)] == asked
    assert not re.search(r"by=branch[^>]*>Per cabang", page)


def test_the_file_holds_the_same(leader, hand) -> None:
    """Goal: the branch's figures for a spreadsheet. Method: today by payment, as CSV."""
    hand.sell(("BUSI", "1"))
    head, cash = list(csv.reader(StringIO(leader.get("/reports/sales.csv", by="method", period="today"))))
    assert (["key", "payments", "rupiah"], "cash") == (head, cash[0])


def test_a_cashier_sees_no_sums(cashier) -> None:
    """Goal: who counts the drawer does not know what should be in it. Method: the room and its pages are closed."""
    assert "/reports" not in cashier.get("/till")
    for path in ("/reports/sales", "/reports/receipts", "/reports/sales.csv"):
        cashier.get(path, 403)


def test_all_cuts_but_branches_are_offered(leader) -> None:
    """Goal: no cut is forgotten. Method: the chips."""
    page = leader.get("/reports/sales", period="all")
    assert set(BY) - {"branch"} == set(re.findall(r"[?&;]by=(\w+)", page)) - {"branch"}


@pytest.mark.parametrize(("by", "words"), [("kind", "Terjual"), ("product", "Ban luar")])
def test_what_moved(leader, hand, by, words) -> None:
    """Goal: movements beside sales, as files too. Method: sell, look at the page and its CSV."""
    hand.sell(("BAN-2", "1"))
    page = leader.get("/reports/movements", by=by)
    assert words in page and "Pergerakan stok" in page
    head, *rows = csv.reader(StringIO(leader.get("/reports/movements.csv", by=by)))
    assert (["key", "came_in", "went_out", "movements"], True) == (head, bool(rows))
    assert b"PK" == leader.client.get("/reports/movements.xlsx", query_string={"by": by}).data[:2]
