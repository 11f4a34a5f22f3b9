"""Importing a stock count."""

import pytest

from crm import stock
from crm.imports.errors import WrongLine
from sync import limits

HEAD = "code,quantity,name\n"
COUNT = HEAD + "OLI-1,12,\nban-2,0,\n00900,7,Sampo\n"
DOCUMENTS = "SELECT count(*) FROM stock_document"


def on_hand():
    """Stock by code."""
    return {row.code: row.quantity for row in stock.on_hand()}


def test_a_count_corrects_the_stock(shop, oil, write) -> None:
    """Goal: after the import the stock is what was counted. Method: some goods are there, some below zero, some new."""
    with shop.journal.unit() as unit:
        stock.record_document(unit, "count", [stock.Moved(oil, -5)])
    result = shop.take("stock", write(COUNT))
    assert {"OLI-1": 12, "BAN-2": 0, "00900": 7} == on_hand()
    assert (3, 1) == (result["rows"], result["made"])
    assert [("unknown", 4), ("same", 3)] == sorted(((o["kind"], o["line"]) for o in result["odd"]), reverse=True)


def test_one_file_is_taken_once(shop, oil, write) -> None:
    """Goal: a count of yesterday does not undo today's sales. Method: count, sell, the same file; then another name."""
    shop.take("stock", write(COUNT))
    with shop.journal.unit() as unit:
        stock.record_document(unit, "write_off", [stock.Moved(oil, -2)])
    assert 1 == shop.take("stock", write(COUNT))["repeated"]
    assert 10 == on_hand()["OLI-1"]
    assert 1 == shop.take("stock", write(COUNT, "hitungan-baru.csv"))["made"]
    assert 12 == on_hand()["OLI-1"]


def test_an_indonesian_list(shop, write) -> None:
    """Goal: a count as shops have it goes in. Method: Indonesian headings and semicolons."""
    assert 1 == shop.take("stock", write("Kode Barang;Nama Barang;Jumlah Fisik\n00900;Sampo;7\n"))["made"]
    assert {"00900": 7} == on_hand()


def test_a_long_count_is_several_documents(shop, write) -> None:
    """Goal: no count is too long. Method: more rows than one document takes; again, then all are repeated."""
    text = HEAD + "".join(f"K{n},{n},\n" for n in range(2_001))
    assert 2 == shop.take("stock", write(text))["made"]
    assert (2, 2) == (shop.take("stock", write(text))["repeated"], shop.rows(DOCUMENTS)[0][0])


@pytest.mark.row("H-62")
@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("X,-1,", "quantity"),
        ("X,1.5,", "quantity"),
        ("X,,", "quantity"),
        (f"X,{limits.QUANTITY_MAX + 1},", "quantity"),
        ("oli-1,3,", "code"),
        ("PIJAT,3,", "code"),
        (",3,", "code"),
    ],
)
def test_one_wrong_row_refuses_the_count(shop, write, row, column) -> None:
    """Goal: half a count is no count. Method: a bad row among good ones; nothing is written."""
    with pytest.raises(WrongLine) as caught:
        shop.take("stock", write(f"{COUNT}{row}\n"))
    assert (5, column) == (caught.value.params["line"], caught.value.params["column"])
    assert 0 == shop.rows(DOCUMENTS)[0][0]
