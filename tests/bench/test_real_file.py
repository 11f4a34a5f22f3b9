"""Drawing sales from a shop's file, on a small file of our own."""

from collections import Counter
from pathlib import Path

from bench import real_file

HEAD = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"


def _shop(folder: Path) -> Path:
    rows = []
    for invoice in range(20):
        customer = f"{17850 + invoice}.0" if invoice % 2 else ""
        rows += [f"{invoice},a{line},LILIN,{line + 1},2010-12-01 08:26:00,2.55,{customer},ID\n" for line in range(4)]
    rows += ["C99,85123A,LILIN,-1,2010-12-01 08:26:00,2.55,1.0,ID\n"] * 3  # a return
    rows += ["98,85123A,,1,2010-12-01 08:26:00,0,2.0,ID\n"] * 3  # given away
    rows += ["97,85123A,LILIN,1,2010-12-01 08:26:00,2.55,3.0,ID\n"] * 2  # too few lines
    path = folder / real_file.NAME
    path.write_text(HEAD + "".join(rows), encoding="utf-8")
    return path


def test_sales_are_drawn_with_their_customers_and_prices(tmp_path) -> None:
    """Goal: three lines each, seven of ten with a customer, prices in rupiah. Method: a shop of twenty invoices."""
    sales = real_file.draw(_shop(tmp_path), 50)
    assert Counter({True: 35, False: 15}) == Counter(bool(sale.customer) for sale in sales)
    assert {3} == {len(sale.lines) for sale in sales}
    assert {51_000} == {line.price for sale in sales for line in sale.lines}
    assert {"A0", "A1", "A2", "A3"} == {line.code for sale in sales for line in sale.lines}
    assert {str(number) for number in range(17851, 17870, 2)} >= {sale.customer for sale in sales} - {""}


def test_the_same_seed_draws_the_same_sales(tmp_path) -> None:
    """Goal: runs can be compared. Method: two draws with one seed, one with another."""
    path = _shop(tmp_path)
    assert real_file.draw(path, 20, 1) == real_file.draw(path, 20, 1) != real_file.draw(path, 20, 2)


def test_an_absent_file_is_told(tmp_path, monkeypatch) -> None:
    """Goal: the figure is skipped where the file cannot be. Method: name an empty folder, then one that has it."""
    monkeypatch.setenv("CABANG_TEST_DATA", str(tmp_path))
    assert real_file.find() is None
    assert _shop(tmp_path) == real_file.find()
