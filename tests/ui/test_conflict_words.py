"""Conflicts in words: values without codes or secrets, what it is about, and which side stands."""

from typing import Any

import pytest

from crm import branches, customers
from crm.conflicts import Code, Pair, Side
from crm.customers import Customer
from sync.database import using
from sync.model import TABLES, natural_id
from ui.conflict_words import tell, tell_code, value_words

VALUES = [
    ("kind", "corporate", "Perusahaan"),
    ("kind", "goods", "Barang"),
    ("archived", True, "tidak, diarsipkan"),
    ("given", False, "tidak setuju"),
    ("value", "+6281234567890", "0812-3456-7890"),
    ("value", "sari@example.org", "sari@example.org"),
    ("price", 1_250_000, "Rp1.250.000"),
    ("home_branch", b"?" * 16, "Kantor pusat"),
    ("branch", None, "Kantor pusat"),
    ("role", "cashier", "Kasir"),
    ("city", None, "(kosong)"),
    ("city", "", "(kosong)"),
    ("pin_hash", "$argon2id$", "(tidak ditampilkan)"),
    ("pin_hash", None, "(tidak ditampilkan)"),
    ("something newer", 7, "7"),
]


@pytest.fixture
def speaking(app, node):
    """A request of nobody; it reads the node of these tests."""
    with app.test_request_context("/"), using(node.store):
        yield app


def test_values_in_words(speaking) -> None:
    """Goal: no codes on the page. Method: one value of each sort."""
    assert VALUES == [(field, value, value_words(field, value)) for field, value, _words in VALUES]


def test_a_branch_is_named(speaking, node) -> None:
    """Goal: a place is its name and code. Method: a branch as somebody's home."""
    with node.journal.unit() as unit:
        branches.create_branch(unit, "PTK", "Toko Pontianak", kind="outlet", stream=1)
    assert "Toko Pontianak (PTK)" == value_words("home_branch", natural_id("branch", "PTK"))


def pair(table: str, row: bytes, group: str, kept: dict[str, Any], lost: dict[str, Any]) -> Pair:
    """An open conflict of nobody."""
    spec = next(one for one in TABLES[table].groups if one.name == group)
    sides = Side(kept, 0, None, 0), Side(lost, 0, None, 0)
    return Pair(bytes(16), table, row, spec, 0, bytes(14), *sides, True)


def test_the_standing_side_is_marked(speaking, node) -> None:
    """Goal: one sees what holds now, settled or not. Method: a customer's address as one side, the other, neither."""
    with node.journal.unit() as unit:
        made = unit.insert(Customer, {"number": "X1", "name": "Sari", "street": "Jl. A", "city": "Sambas"})
    held, other = {"street": "Jl. A", "city": "Sambas"}, {"street": "Jl. B", "city": None}
    group = next(group.name for group in TABLES["customer"].groups if "city" in [f.name for f in group.fields])
    told = tell(pair("customer", made, group, held, other), "therapist")
    assert ("Pelanggan Sari (X1)", True, False, True) == (
        told.about,
        told.kept.stands,
        told.lost.stands,
        told.may_settle,
    )
    assert [("Jalan", "Jl. B"), ("Kota", "(kosong)")] == told.lost.lines
    with node.journal.unit() as unit:
        customers.change_customer(unit, made, {"street": "Jl. C"})
    told = tell(pair("customer", made, group, held, other), "therapist")
    assert (False, False) == (told.kept.stands, told.lost.stands)


def test_a_row_that_is_not_here(speaking) -> None:
    """Goal: the page never fails. Method: a customer and a contact nobody holds."""
    for table, group, words in (("customer", "name", "pelanggan"), ("contact_point", "kind", "nomor kontak")):
        told = tell(pair(table, bytes(14), group, {group: "a"}, {group: "b"}), "owner")
        assert (words, "", False) == (told.about, told.href, told.may_settle)


def test_a_code_has_a_line_for_each_field(speaking) -> None:
    """Goal: small rows. Method: three places wrote the price, two the name."""
    row = natural_id("product", "A1")
    pairs = [
        pair("provisional_product", row, "name", {"name": "Aki"}, {"name": "Accu"}),
        pair("provisional_product", row, "price", {"price": 1_000}, {"price": 2_000}),
        pair("provisional_product", row, "price", {"price": 1_000}, {"price": 3_000}),
    ]
    name, price = tell_code(Code(row, "A1", pairs)).lines
    assert ("Nama", "Aki", ["Accu"]) == (name.field, name.stands, [value for _, value, _ in name.others])
    assert ("Rp1.000", ["Rp2.000", "Rp3.000"]) == (price.stands, [value for _, value, _ in price.others])
