"""Importing a customer list."""

import pytest

from crm import customers
from crm.imports.errors import WrongLine
from sync.model import natural_id

HEAD = "number,name,phone,city,birth_date\n"
SARI = "00123,Sari Dewi,0812-3456-7890,Pontianak,1990-05-31\n"
CARDS = "SELECT number, name, city, birth_date FROM customer ORDER BY number"
PHONES = "SELECT value FROM contact_point ORDER BY value"


def refused(result):
    """(line, code of the error) of the rows that were not taken."""
    return [(row["line"], row["code"]) for row in result["refused_rows"]]


def test_a_list_becomes_cards(shop, write) -> None:
    """Goal: every column arrives, numbers keep their zeros, phones are kept in one form. Method: two rows."""
    result = shop.take("customers", write(f"{HEAD}{SARI}C-7,Budi,0813 9999 0000 / +6281399990001,,\n"))
    assert (2, 2) == (result["rows"], result["made"])
    assert [("00123", "Sari Dewi", "Pontianak", "1990-05-31"), ("C-7", "Budi", None, None)] == shop.rows(CARDS)
    assert [("+6281234567890",), ("+6281399990000",), ("+6281399990001",)] == shop.rows(PHONES)


def test_a_second_run_makes_nothing(shop, write) -> None:
    """Goal: a list may be imported twice. Method: again; the log does not grow."""
    shop.take("customers", write(HEAD + SARI))
    seq = shop.journal.seq
    result = shop.take("customers", write(HEAD + SARI))
    assert (1, [], seq) == (result["repeated"], result["oddities"], shop.journal.seq)


def test_a_card_without_a_name_is_completed(shop, write) -> None:
    """Goal: customers that sales brought get their names. Method: a bare card, then the list."""
    with shop.journal.unit() as unit:
        customers.customer_numbered(unit, "00123")
    assert 1 == shop.take("customers", write(HEAD + SARI))["changed"]
    assert [("00123", "Sari Dewi", "Pontianak", "1990-05-31")] == shop.rows(CARDS)
    assert [("+6281234567890",)] == shop.rows(PHONES)


def test_what_people_typed_is_never_overwritten(shop, write) -> None:
    """Goal: the card wins over the list, and that is told. Method: change name and phone by hand, import again."""
    shop.take("customers", write(HEAD + SARI))
    with shop.journal.unit() as unit:
        card = natural_id("customer", "00123")
        customers.change_customer(unit, card, {"name": "Sari D."}, phones=["081200000000"], hash_key=b"k")
    result = shop.take("customers", write(HEAD + SARI))
    assert [{"line": 2, "kind": "differs", "value": "name, phone"}] == result["odd"]
    assert "Sari D." == shop.rows(CARDS)[0][1]


def test_without_a_number_name_and_phone_say_who_it_is(shop, write) -> None:
    """Goal: a plain list of names and phones may be imported twice. Method: a family with one phone, twice."""
    family = "name,phone\nSari Dewi,0812-3456-7890\nBudi,0812-3456-7890\n"
    assert 2 == shop.take("customers", write(family))["made"]
    result = shop.take("customers", write(family.replace("Budi", "BUDI ") + "Wati,\nsari dewi,0812-3456-7890\n"))
    assert (2, [(4, "wrong_line"), (5, "wrong_line")]) == (result["repeated"], refused(result))
    assert [("PTK-000001", "Sari Dewi"), ("PTK-000002", "Budi")] == [card[:2] for card in shop.rows(CARDS)]


@pytest.mark.row("H-62")
@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("7,Budi,0812,,", "bad_phone"),
        ("7,Budi,021-5550100,,", "bad_phone"),
        ("7,Budi,0812-3456-7890; kantor,,", "bad_phone"),
        ("7,,0812-3456-7890,,", "bad_text"),
        (",Budi,,,", "wrong_line"),
        (",Budi,;,,", "wrong_line"),
        ("00123,Budi,,,", "wrong_line"),
        ("no 7,Budi,,,", "bad_customer_number"),
        ("7,Budi,,,31-06-1990", "bad_birth_date"),
        (f"7,{'x' * 101},,,", "bad_text"),
    ],
)
def test_a_bad_row_is_refused_and_the_others_go_in(shop, write, row, code) -> None:
    """Goal: an illegal phone or date is told, nothing of that row is in. Method: one bad row between two good ones."""
    result = shop.take("customers", write(f"{HEAD}{SARI}{row}\n9,Wati,,,\n"))
    assert ([(3, code)], 2) == (refused(result), result["made"])
    assert ["00123", "9"] == [card[0] for card in shop.rows(CARDS)]


def test_an_indonesian_list(shop, write) -> None:
    """Goal: a list as shops have it goes in. Method: Indonesian headings, tabs, the day first."""
    head = "Kode Pelanggan\tNama\tNo. HP\tKota\tTgl Lahir\tJenis\n"
    sari = "00123\tSari Dewi\t0812-3456-7890\tPontianak\t31/05/1990\tOrang\n"
    assert 1 == shop.take("customers", write(head + sari))["made"]
    assert [("00123", "Sari Dewi", "Pontianak", "1990-05-31")] == shop.rows(CARDS)


def test_a_month_that_stands_first_refuses_the_file(shop, write) -> None:
    """Goal: 03/04/1990 of an American list is not taken for 3 April. Method: that, and one that shows the order."""
    with pytest.raises(WrongLine) as caught:
        shop.take("customers", write(f"{HEAD}7,Budi,,,03/04/1990\n8,Wati,,,05/31/1990\n"))
    assert (3, "birth_date") == (caught.value.params["line"], caught.value.params["column"])
    assert [] == shop.rows(CARDS)


def test_head_office_may_too(office, write) -> None:
    """Goal: a company's list goes in at head office. Method: import there."""
    assert 1 == office.take("customers", write(HEAD + SARI))["made"]
