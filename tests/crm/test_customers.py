"""Customers: making, changing, consents, notes, the card."""

from typing import Any

import pytest

from crm import branches, customers, selling
from crm.customers import ContactPoint, Customer
from crm.errors import (
    BadBirthDate,
    BadChoice,
    BadCustomerNumber,
    BadPhone,
    BadText,
    BusinessError,
    CustomerNumberTaken,
    UnknownCustomer,
)
from crm.selling import Line, Paid


def numbers_of(customer: bytes) -> list[str]:
    return [contact["shown"] for contact in customers.card(customer)["contacts"]]


@pytest.mark.row("H-49", "P-21")
def test_customers_are_numbered_for_their_branch(branch: Any, sari: bytes, key: bytes) -> None:
    """Goal: the code identifies the customer, and comes by itself. Method: several in one unit, a typed one between."""
    with branch.unit() as unit:
        made = [
            customers.create_customer(unit, name="Budi", hash_key=key),
            customers.create_customer(unit, name="Budi", hash_key=key, number=" ptk-000003 "),
            customers.create_customer(unit, name="Budi", hash_key=key, number="17850"),
            customers.create_customer(unit, name="Budi", hash_key=key),
        ]
    assert ["PTK-000002", "PTK-000003", "17850", "PTK-000004"] == [customers.card(c)["number"] for c in made]
    assert {"PTK"} == {customers.card(c)["home"] for c in made}


def test_head_office_numbers_its_own(hub: Any, key: bytes) -> None:
    """Goal: no branch's code at head office. Method: make one there."""
    with hub.unit() as unit:
        made = customers.create_customer(unit, name="Budi", hash_key=key)
    assert ("HO-000001", None) == (customers.card(made)["number"], customers.card(made)["home"])


@pytest.mark.row("H-49", "C-21")
def test_the_card_holds_what_was_entered(branch: Any, key: bytes) -> None:
    """Goal: every field comes back in its normal form. Method: a full card."""
    home = branches.by_code("BJM")
    assert home
    with branch.unit() as unit:
        made = customers.create_customer(
            unit,
            name=" Bayi  Ani ",
            hash_key=key,
            kind="individual",
            home_branch=home.id,
            phones=["0812 3456 7890", "+62 812-3456-7890", "0811123456", " "],
            street="Jl. Ahmad Yani 1",
            city="",
            birth_date="2024-02-29",
            caution="Alergi minyak telon",
        )
    card = customers.card(made)
    assert ("Bayi Ani", "Jl. Ahmad Yani 1", None) == (card["name"], card["street"], card["city"])
    assert ("2024-02-29", "Alergi minyak telon", "BJM") == (card["birth_date"], card["caution"], card["home"])
    assert ["0812-3456-7890", "0811-123-456"] == numbers_of(made)
    assert 16 == len(bytes(ContactPoint.get().value_hash or b""))


@pytest.mark.row("H-62", "H-49")
@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"name": ""}, BadText),
        ({"name": "x" * 101}, BadText),
        ({"name": "Sari\x00"}, BadText),
        ({"kind": "robot"}, BadChoice),
        ({"phones": ["0812-3456-7890", "021 555"]}, BadPhone),
        ({"birth_date": "31-05-1990"}, BadBirthDate),
        ({"birth_date": "2023-02-29"}, BadBirthDate),
        ({"birth_date": "1890-01-01"}, BadBirthDate),
        ({"birth_date": "19900531"}, BadBirthDate),
        ({"number": ""}, BadCustomerNumber),
        ({"number": "-1"}, BadCustomerNumber),
        ({"number": "1 2"}, BadCustomerNumber),
        ({"number": "x" * 33}, BadCustomerNumber),
        ({"number": "ptk-000001"}, CustomerNumberTaken),
        ({"street": "x" * 201}, BadText),
    ],
)
def test_a_wrong_card_is_refused_whole(
    branch: Any, sari: bytes, key: bytes, change: dict[str, Any], error: type[BusinessError]
) -> None:
    """Goal: nothing half-written. Method: a table of illegal values; count rows and log entries."""
    before = [branch.count(table) for table in ("customer", "contact_point", "entry")]
    with pytest.raises(error), branch.unit() as unit:
        customers.create_customer(unit, **{"name": "Budi", "hash_key": key, **change})
    assert before == [branch.count(table) for table in ("customer", "contact_point", "entry")]


def test_two_branches_make_one_customer_of_one_number(hub: Any, branch: Any) -> None:
    """Goal: an imported number is one customer everywhere. Method: the same number at two nodes, twice at one."""
    with branch.unit() as unit:
        here = [customers.customer_numbered(unit, number) for number in ("17850", " 17850 ")]
    with hub.unit() as unit:
        there = customers.customer_numbered(unit, "17850")
    assert {there} == {*here}
    assert 1 == branch.count("customer")


@pytest.mark.row("H-49")
def test_a_card_can_be_changed(branch: Any, sari: bytes, key: bytes) -> None:
    """Goal: fields and phones change, equal ones are not logged. Method: change, repeat, archive."""
    with branch.unit() as unit:
        assert customers.change_customer(unit, sari, {"name": "Sari Wijaya"}, ["0811-123-456"], key)
    entries = branch.count("entry")
    with branch.unit() as unit:
        assert customers.change_customer(unit, sari, {"name": "Sari  Wijaya"}, ["0811123456"], key) is False
    assert entries == branch.count("entry")
    assert ["0811-123-456"] == numbers_of(sari)
    with branch.unit() as unit:
        assert customers.change_customer(unit, sari, {}, ["0812-3456-7890", "0811123456"], key)
        assert customers.change_customer(unit, sari, {"archived": True})
    assert ["0812-3456-7890", "0811-123-456"] == numbers_of(sari)
    assert 2 == branch.count("contact_point")
    assert Customer.get(Customer.id == sari).archived


def test_consent_is_asked_for_each_purpose(branch: Any, sari: bytes) -> None:
    """Goal: yes, no and never asked are three things. Method: set, set again, read."""
    assert {"receipt": None, "reminder": None, "greeting": None, "promotion": None} == customers.card(sari)["consents"]
    with branch.unit() as unit:
        customers.set_consent(unit, sari, "promotion", True)
        customers.set_consent(unit, sari, "greeting", True)
    with branch.unit() as unit:
        customers.set_consent(unit, sari, "promotion", False)
    consents = customers.card(sari)["consents"]
    assert {"receipt": None, "reminder": None, "greeting": True, "promotion": False} == consents
    with pytest.raises(BadChoice), branch.unit() as unit:
        customers.set_consent(unit, sari, "spam", True)


@pytest.mark.row("H-45", "C-21")
def test_the_card_tells_needs_interactions_and_purchases(branch: Any, sari: bytes, oil: bytes) -> None:
    """Goal: one page of what is known. Method: notes, two sales and a return; newest first, sums in rupiah."""
    with branch.unit() as unit:
        customers.add_note(unit, sari, "need", "Ban untuk Vario")
    branch.now[0] += 60_000
    for kind, quantity in (("sale", 2), ("sale", 1), ("return", -1)):
        branch.now[0] += 60_000
        with branch.unit() as unit:
            paid = [Paid("cash", quantity * 45_000)]
            selling.record_sale(unit, lines=[Line(oil, quantity, 45_000)], payments=paid, customer=sari, kind=kind)
    with branch.unit() as unit:
        customers.add_note(unit, sari, "interaction", "Ditelepon\nmau datang lagi")
    card = customers.card(sari)
    assert ["Ditelepon\nmau datang lagi", "Ban untuk Vario"] == [note["text"] for note in card["notes"]]
    assert [("PTK-1-000003", -45_000), ("PTK-1-000002", 45_000), ("PTK-1-000001", 90_000)] == [
        (sale["receipt"], sale["total"]) for sale in card["sales"]
    ]
    assert (2, 90_000, branch.now[0]) == (card["count"], card["sum"], card["last_visit"])


def test_what_is_unknown_is_an_error(branch: Any, sari: bytes, key: bytes) -> None:
    """Goal: a stale id says what to do. Method: every function with an id nobody made."""
    nobody = b"?" * 14
    with pytest.raises(UnknownCustomer):
        customers.card(nobody)
    for change in (
        lambda unit: customers.change_customer(unit, nobody, {"name": "X"}),
        lambda unit: customers.set_consent(unit, nobody, "receipt", True),
        lambda unit: customers.add_note(unit, nobody, "remark", "x"),
    ):
        with pytest.raises(UnknownCustomer), branch.unit() as unit:
            change(unit)
    with pytest.raises(BadText), branch.unit() as unit:
        customers.add_note(unit, sari, "remark", " ")


def test_whom_numbers_reach(branch: Any, key: bytes) -> None:
    """Goal: families share a phone, nobody gone is named. Method: two with one number, one archived, one unknown."""
    shared, own, unknown = "+6281220007001", "+6281220007002", "+6281220007003"
    with branch.unit() as unit:
        first = customers.create_customer(unit, name="Ibu", phones=[shared], hash_key=key)
        second = customers.create_customer(unit, name="Anak", phones=[shared, own], hash_key=key, number="ANAK")
        gone = customers.create_customer(unit, name="Pindah", phones=[shared], hash_key=key)
        customers.change_customer(unit, gone, {"archived": True})
    found = customers.holders([shared, own, unknown], key)
    assert [[first, second], [second], []] == [[one.id for one in found[number]] for number in (shared, own, unknown)]
    assert ("ANAK", "Anak") == (found[own][0].number, found[own][0].name)
    assert {} == customers.holders([], key)


def test_agreeing_to_all_purposes_at_once(branch: Any, sari: bytes, key: bytes) -> None:
    """Goal: a form's answer is written, and only what changed. Method: two purposes, the same again, another two."""
    with branch.unit() as unit:
        made = customers.create_customer(unit, name="Budi", hash_key=key)
        customers.agree(unit, made, ["receipt", "greeting", "csrf_token"])
    assert [True, None, True, None] == list(customers.card(made)["consents"].values())
    with branch.unit() as unit:
        customers.agree(unit, made, ["receipt", "greeting"])
        customers.agree(unit, made, ["receipt", "reminder"])
    assert [True, True, False, None] == list(customers.card(made)["consents"].values())
    with pytest.raises(UnknownCustomer), branch.unit() as unit:
        customers.agree(unit, b"\0" * 14, [])
