"""Importing a price list at head office."""

import csv
import io

import pytest

from crm import catalogue
from crm.catalogue import barcodes, exporting, prices
from sync.errors import NotAllowedHere

HEAD = "code,name,barcode,category,kind,unit,price\n"
GOOD = "07-A,Shampo bayi,0899123,Perawatan,goods,botol,45000\n"
OTHER = GOOD.replace("0899123", "0899124")
STORED = (
    "SELECT p.code, p.name, p.barcode, c.name, p.kind, p.unit, p.price FROM product p"
    " LEFT JOIN category c ON c.id = p.category ORDER BY p.code"
)


def refused(result):
    """(line, code of the error) of the rows that were not taken."""
    return [(row["line"], row["code"]) for row in result["refused_rows"]]


def test_a_price_list_becomes_products(office, write) -> None:
    """Goal: every column arrives, leading zeros too. Method: two rows, one with the least."""
    result = office.take("products", write(f"{HEAD}{GOOD}pijat,Pijat bayi,,,service,,90000.00\n"))
    assert (2, 2) == (result["rows"], result["made"])
    assert [
        ("07-A", "Shampo bayi", "0899123", "Perawatan", "goods", "botol", 45_000),
        ("PIJAT", "Pijat bayi", None, None, "service", "pcs", 90_000),
    ] == office.rows(STORED)


def test_the_next_list_changes_what_is_different(office, write) -> None:
    """Goal: a list is the way prices change. Method: again with one new price, then once more as it is."""
    first = write(HEAD + GOOD + OTHER.replace("07-A", "08-B"))
    office.take("products", first)
    second = write(HEAD + GOOD.replace("45000", "47500") + OTHER.replace("07-A", "08-B"))
    result = office.take("products", second)
    assert (1, 1) == (result["changed"], result["repeated"])
    seq = office.journal.seq
    assert 2 == office.take("products", second)["repeated"]
    assert seq == office.journal.seq
    assert [47_500, 45_000] == [row[6] for row in office.rows(STORED)]


@pytest.mark.row("H-62")
@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("8,Sabun,,,goods,pcs,-1", "bad_price"),
        ("8,Sabun,,,goods,pcs,17.50", "wrong_line"),
        ("8,Sabun,,,goods,pcs,", "wrong_line"),
        ("8,,,,goods,pcs,1000", "bad_text"),
        (",Sabun,,,goods,pcs,1000", "wrong_line"),
        (" 07-a ,Sabun,,,goods,pcs,1000", "wrong_line"),
        ("8,Sabun,,,mebel,pcs,1000", "bad_choice"),
        ("8,Sabun", "wrong_line"),
        ("8,Sabun,,,goods,pcs,1000,lebih", "wrong_line"),
        ("8,Sabun,8991234567890,,goods,pcs,1000", "bad_barcode"),
        ("8,Sabun,0899123,,goods,pcs,1000", "barcode_taken"),
        (f"{'8' * 65},Sabun,,,goods,pcs,1000", "bad_product_code"),
    ],
)
def test_a_bad_row_is_refused_and_the_others_go_in(office, write, row, code) -> None:
    """Goal: each bad row has its reason. Method: one between two good ones; duplicate, negative, missing, unknown."""
    result = office.take("products", write(f"{HEAD}{GOOD}{row}\n{OTHER.replace('07-A', '09-C')}"))
    assert [(3, code)] == refused(result)
    assert (3, 2, 1) == (result["rows"], result["made"], result["refused"])
    assert ["07-A", "09-C"] == [stored[0] for stored in office.rows(STORED)]


def test_a_refused_row_leaves_no_category(office, write) -> None:
    """Goal: nothing of a refused row stays. Method: a new category on a row with a bad price."""
    office.take("products", write(f"{HEAD}8,Sabun,,Baru,goods,pcs,-1\n{GOOD}"))
    assert [("Perawatan",)] == office.rows("SELECT name FROM category")


def test_more_rows_than_one_step_holds(office, write) -> None:
    """Goal: rows go in by batches. Method: 120 rows with one bad one in the middle."""
    rows = [f"K{n},Barang {n},,,goods,pcs,{-1 if n == 70 else n}\n" for n in range(120)]
    result = office.take("products", write(HEAD + "".join(rows)))
    assert (119, [(72, "bad_price")]) == (result["made"], refused(result))


def test_an_indonesian_list(office, write) -> None:
    """Goal: a list as shops have it goes in. Method: Indonesian headings and kinds, thousands dots, Rp, a fraction."""
    lines = "OLI-7;Oli;Rp 72.500;Barang", "cuci;Cuci motor;17.500;jasa", "BAN-7;Ban;17.50;barang"
    result = office.take("products", write("\n".join(["Kode;Nama Barang;Harga Jual;Jenis", *lines])))
    assert [("CUCI", "service", 17_500), ("OLI-7", "goods", 72_500)] == [
        (row[0], row[4], row[6]) for row in office.rows(STORED)
    ]
    assert [(4, "Harga Jual")] == [(row["line"], row["params"]["column"]) for row in result["refused_rows"]]


def test_refused_rows_stand_in_order(office, write) -> None:
    """Goal: one goes through the file once. Method: a price below zero, found on writing, before a fraction."""
    result = office.take("products", write(f"{HEAD}8,A,,,goods,pcs,-1\n9,B,,,goods,pcs,17.50\n9,C,,,goods,pcs,1\n"))
    assert [2, 3, 4] == [row["line"] for row in result["refused_rows"]]


def test_the_advice_says_whether_others_are_in(office, write) -> None:
    """Goal: nobody believes that something went in. Method: a bad row alone, then with a good one."""
    bad = "8,Sabun,,,goods,pcs,17.50\n"
    alone, beside = (office.take("products", write(text)) for text in (HEAD + bad, HEAD + GOOD + bad))
    assert "Correct the line and import the file again; nothing of it is in." == alone["advice"]
    assert "Correct the line and import the file again; the other lines are in." == beside["advice"]


def test_a_branch_may_not(shop, write) -> None:
    """Goal: the catalogue is head office's. Method: import at a branch."""
    with pytest.raises(NotAllowedHere):
        shop.take("products", write(HEAD + GOOD))


WIDE = "Kode,Nama Barang,Harga,Barcode,Barcodes,Kategori,Harga anggota,Harga perusahaan\n"


def test_barcodes_and_prices_arrive(office, write) -> None:
    """Goal: the new columns, zeros in front kept; an empty cell says nothing. Method: a list, then a shorter one."""
    office.take("products", write(f"{WIDE}007,Sabun,1000,0899,001|DUS 2,Mandi,900,800\n"))
    result = office.take("products", write(f"{WIDE}007,Sabun,1000,,,,950,\n"))
    item = catalogue.find("001")
    assert item
    assert ("007", "0899", 1, {"member": 950, "corporate": 800}) == (
        item.code, item.barcode, result["changed"], prices.listed(item.id))  # fmt: skip
    assert ["001", "DUS 2"] == barcodes.further(item.id)


def test_a_preview_names_each_wrong_cell_and_takes_nothing(office, write) -> None:
    """Goal: a list can be mended before it is taken. Method: wrong cells of every kind, two in one line; the log."""
    office.take("products", write(HEAD + GOOD))
    seq = office.journal.seq
    rows = (
        "07-A,Shampo,45000,,,,,",
        "A,Sabun,seribu,8991234567890,,,0,",
        "B,,1000,,,,,",
        "C,Sabun,1000,,X|0899123,,,",
        "D,Sabun,1000,,,,1001,",
        "E,Sabun,1000,E1,E2,,,",
        "e,Sabun,1000,E2,,,,",
        "F,Sabun",
    )
    result = office.take("products", write(WIDE + "\n".join(rows) + "\n"), preview=True)
    assert [
        (3, "Harga", "wrong_line"), (3, "Barcode", "bad_barcode"), (3, "Harga anggota", "bad_price"),
        (4, "Nama Barang", "bad_text"), (5, "Barcodes", "barcode_taken"), (6, "Harga anggota", "price_above_retail"),
        (8, "Kode", "wrong_line"), (8, "Barcode", "wrong_line"), (9, "Harga", "wrong_line"),
    ] == [(row["line"], row["column"], row["code"]) for row in sorted(
        result["refused_rows"], key=lambda row: (row["line"], WIDE.index(row["column"])))]  # fmt: skip
    assert (8, 1, 1, 6) == tuple(result[name] for name in ("rows", "made", "changed", "refused"))
    assert (seq, "preview") == (office.journal.seq, result["advice"].split(":")[0].split()[-1])
    assert 1 == len(office.rows(STORED))


def test_what_is_exported_is_known_already(office, write) -> None:
    """Goal: out and in again changes nothing. Method: odd texts, zeros, signs a spreadsheet would compute; twice."""
    from ui.csv_file import guarded

    odd = '=1+1,"Sabun, ""cair""\n",1000,-5,+1|001,@mandi,900,800\n'
    office.take("products", write(WIDE + odd + "007,Sampo,2000,0899,,,,\n"))
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(exporting.COLUMNS)
    told = list(exporting.rows())
    writer.writerows([[guarded(cell) if isinstance(cell, str) else cell for cell in row] for row in told])
    seq = office.journal.seq
    result = office.take("products", write(text.getvalue()))
    assert (2, 2, 0, seq) == (result["rows"], result["repeated"], len(result["refused_rows"]), office.journal.seq)
    assert ["007", "=1+1"] == [row[0] for row in told]
