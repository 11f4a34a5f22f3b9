"""Laporan: sales by product, customer, day and branch, on the screen and as CSV."""

import csv
import html
import re
from datetime import UTC, datetime
from io import BytesIO, StringIO

import pytest
from openpyxl import load_workbook

from ui.csv_file import guarded

MS = int(datetime(2022, 4, 5, 5, tzinfo=UTC).timestamp() * 1000)
DAY = {"from": "2022-04-05", "to": "2022-04-05"}


@pytest.fixture(scope="module")
def sold(office):
    """Four sales on a day of their own, one of them with a customer, one with a code that looks like a formula."""
    customer = office.customer("PTK", "Laporan Jaya")
    office.sell("PTK", "OLI-1", 2, 45_000, at=MS, customer=customer)
    office.sell("PTK", "BAN-2", 1, 210_000, at=MS)
    office.sell("DPS", "OLI-1", 1, 45_000, at=MS)
    office.sell("DPS", "=1+1", 3, 1_000, at=MS)
    office.sync()


def read(visitor, **query: str) -> list[list[str]]:
    """The rows of the CSV."""
    return list(csv.reader(StringIO(visitor.get("/reports/sales.csv", **DAY, **query))))


def test_by_product(sold, admin) -> None:
    """Goal: key, quantity, rupiah, lines. Method: compare the CSV with sums made by hand."""
    head, *rows = read(admin, by="product")
    assert ["key", "quantity", "rupiah", "lines"] == head
    assert [["'=1+1", "3", "3000", "1"], ["BAN-2", "1", "210000", "1"], ["OLI-1", "3", "135000", "2"]] == rows


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("branch", [["DPS", "4", "48000", "2"], ["PTK", "3", "300000", "2"]]),
        ("day", [["2022-04-05", "7", "348000", "4"]]),
    ],
)
def test_by_branch_and_day(sold, admin, by, expected) -> None:
    """Goal: the same sums in other cuts. Method: as above."""
    assert expected == read(admin, by=by)[1:]


def test_by_customer(sold, admin) -> None:
    """Goal: sales without a customer are one row. Method: the CSV; the screen names both."""
    rows = read(admin, by="customer")[1:]
    assert [("", "258000"), (rows[1][0], "90000")] == [(row[0], row[2]) for row in rows]
    page = admin.get("/reports/sales", by="customer", **DAY)
    assert "Laporan Jaya" in page
    assert "Tanpa pelanggan" in page


def test_the_screen_shows_names_and_the_total(sold, admin) -> None:
    """Goal: people read names. Method: largest first, total below."""
    page = admin.get("/reports/sales", by="product", **DAY)
    assert page.index("Ban luar") < page.index("Oli mesin")
    assert "Rp348.000" in page


def test_one_branch(sold, admin) -> None:
    """Goal: the chip of a branch narrows screen and CSV. Method: DPS alone."""
    assert ["DPS", "4", "48000", "2"] == read(admin, by="branch", branch="DPS")[1]
    assert "Rp48.000" in admin.get("/reports/sales", by="branch", branch="DPS", **DAY)


def test_the_file_has_a_name_of_its_own(sold, admin) -> None:
    """Goal: two downloads do not hide each other. Method: the header."""
    answer = admin.client.get("/reports/sales.csv", query_string={**DAY, "by": "day", "branch": "PTK"})
    assert 'attachment; filename="sales-day-2022-04-05-2022-04-05-PTK.csv"' == answer.headers["Content-Disposition"]
    assert "text/csv" == answer.mimetype


@pytest.mark.parametrize("cell", ["=1+1", "+62", "-x", "@sum", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(cell) -> None:
    """Goal: a spreadsheet runs nothing. Method: every beginning it would run."""
    assert f"'{cell}" == guarded(cell)


@pytest.mark.parametrize("cell", ["", "OLI-1", "a=b", "85123A"])
def test_other_cells_stay(cell) -> None:
    """Goal: ordinary codes are unchanged. Method: codes with such signs inside."""
    assert cell == guarded(cell)


def test_a_strange_cut_is_the_ordinary_one(sold, admin) -> None:
    """Goal: an old bookmark still works. Method: a cut nobody knows."""
    assert "Ban luar" in admin.get("/reports/sales", by="weather", **DAY)


def test_a_row_leads_to_its_receipts(sold, admin) -> None:
    """Goal: from a sum to what it is made of. Method: the product's row, its two sales, one of their receipts."""
    address = html.unescape(re.findall(r'href="(/reports/receipts[^"]+OLI-1[^"]*)"', product_page(admin))[0])
    page = admin.get(address)
    receipts = re.findall(r'href="(/sales/[0-9a-f]+)">([A-Z]+-1-\d{6})<', page)
    assert ({"PTK", "DPS"}, 2) == ({number.split("-")[0] for _, number in receipts}, len(receipts))
    assert "Rp135.000" in page and "Oli mesin" in page
    assert receipts[0][1] in admin.get(receipts[0][0])


def product_page(visitor) -> str:
    """The report by product."""
    return visitor.get("/reports/sales", by="product", **DAY)


@pytest.mark.row("H-56")
@pytest.mark.parametrize(
    ("by", "shown"), [("branch", "PTK-1-"), ("day", "PTK-1-"), ("method", "PTK-1-"), ("cashier", "DPS-1-")]
)
def test_every_cut_leads_to_receipts(sold, admin, by, shown) -> None:
    """Goal: no dead end. Method: the first row of each cut."""
    page = admin.get("/reports/sales", by=by, **DAY)
    address = html.unescape(re.findall(r'href="(/reports/receipts[^"]+)"', page)[0])
    assert shown in admin.get(address)


@pytest.mark.parametrize(
    "query", [{"by": "weather", "key": "x"}, {"by": "product"}, {"by": "product", "key": "x" * 201}]
)
def test_a_row_no_report_has(admin, query) -> None:
    """Goal: a wrong address is told as such. Method: an unknown cut, a missing and an endless key."""
    admin.get("/reports/receipts", 404, **query)


def test_files_for_reckoning_and_for_paper(sold, admin) -> None:
    """Goal: one report in three files. Method: types, names, and the cells of the workbook with names for people."""
    query = {**DAY, "by": "product", "branch": "DPS"}
    book = admin.client.get("/reports/sales.xlsx", query_string=query)
    assert 'filename="sales-product-2022-04-05-2022-04-05-DPS.xlsx"' in book.headers["Content-Disposition"]
    cells = [[cell.value for cell in row] for row in load_workbook(BytesIO(book.data)).active]
    assert ["Oli mesin", "OLI-1", 1, 1, 45_000] == cells[2]
    paper = admin.client.get("/reports/sales.pdf", query_string=query)
    assert (b"%PDF", "application/pdf") == (paper.data[:4], paper.mimetype)


def test_a_chart_says_what_it_shows(sold, admin) -> None:
    """Goal: seen at a glance, told to who cannot see. Method: bars and sentence of products and of two days."""
    page = product_page(admin)
    assert 3 == page.count('class="bar"')
    assert "Ban luar paling banyak: Rp210.000, 60 % dari semuanya. Tabel di bawah" in page
    page = admin.get("/reports/sales", by="day", period="all")
    assert "Rata-rata" in page and '<svg role="img"' in page
    assert "<figure" not in admin.get("/reports/sales", by="day", **DAY), "one day compares with nothing"
    assert "<figure" not in admin.get("/reports/sales", by="customer", **DAY), "one customer, and nobody"
