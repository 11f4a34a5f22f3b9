"""Importing a price list at head office."""

import pytest

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
