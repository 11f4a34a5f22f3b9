"""Two versions of one thing: told in plain words, settled with one button."""

import time
from typing import Any

import pytest
from cabang_branch import Shop

from branch_node.pages.conflict_words import tell, value_words
from crm import customers
from crm.customers import Customer
from sync.database import using
from sync.records import Conflict

pytestmark = pytest.mark.usefixtures("reading")


def make_conflict(shop: Shop, name: str, here: dict[str, Any], there: dict[str, Any], **more) -> bytes:
    """A customer both sides changed without seeing each other; head office later."""
    node, hub = shop.node, shop.hub
    with node.journal.unit(actor=shop.people["dewi"]) as unit:
        ident = customers.create_customer(unit, name=name, hash_key=node.company_key, **more)
    shop.sync()
    node.clock.error_ms = 0  # both sides read one clock here: the order of their changes is sure
    with node.journal.unit(actor=shop.people["dewi"]) as unit:
        customers.change_customer(unit, ident, here)
    time.sleep(0.005)
    with using(hub.store), hub.journal.unit() as unit:
        customers.change_customer(unit, ident, there)
    shop.sync()
    return ident


def name_of(ident: bytes) -> str:
    return str(Customer.get(Customer.id == ident).name)


def conflict_of(ident: bytes) -> Conflict:
    return Conflict.get(Conflict.row == ident)


def test_told_and_settled(shop, leader, cashier) -> None:
    """Goal: nothing is silently lost, the other version is one tap away. Method: read, settle, read, settle again."""
    ident = make_conflict(shop, "Bentrok", {"name": "Versi Cabang"}, {"name": "Versi Kantor"})
    assert "Versi Kantor" == name_of(ident)
    address = f"/conflicts/{bytes(conflict_of(ident).id).hex()}"
    page = cashier.get("/conflicts")
    for fact in ("Versi Cabang", "Versi Kantor", "Dewi Lestari", "Kantor pusat", "Toko Pontianak", "Nama"):
        assert fact in page
    assert address not in page and address in leader.get("/conflicts")
    assert 303 == leader.send(address).status_code
    assert "Versi Cabang" == name_of(ident)
    settled = leader.get("/conflicts")
    assert "Sudah diputuskan" in settled and address not in settled
    entries = shop.count("entry")
    leader.send(address)
    assert entries == shop.count("entry")
    assert "sudah diputuskan" in leader.get("/conflicts")
    shop.sync()
    with using(shop.hub.store):
        assert "Versi Cabang" == name_of(ident)


def test_fields_that_move_together(app, shop) -> None:
    """Goal: an address is one thing. Method: a conflict of street and city, told with empty values too."""
    here, there = {"street": "Jl. Gajah Mada 1", "city": None}, {"street": None, "city": "Sambas"}
    ident = make_conflict(shop, "Alamat", here, there)
    with app.test_request_context("/"):
        told = tell(conflict_of(ident))
    assert [("Jalan", "(kosong)"), ("Kota", "Sambas")] == told.kept.lines
    assert [("Jalan", "Jl. Gajah Mada 1"), ("Kota", "(kosong)")] == told.lost.lines
    assert ("Jalan, Kota", False, True) == (told.field, told.settled, told.restorable)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("kind", "corporate", "Perusahaan"),
        ("kind", "goods", "Barang"),
        ("archived", True, "Ya"),
        ("given", False, "Tidak"),
        ("value", "+6281234567890", "0812-3456-7890"),
        ("price", 1_250_000, "Rp1.250.000"),
        ("home_branch", b"?" * 16, "HO"),
        ("city", None, "(kosong)"),
    ],
)
def test_values_in_words(app, shop, field, value, words) -> None:
    """Goal: no codes on the page. Method: one value of each sort; a branch by its code."""
    with app.test_request_context("/"):
        assert words == value_words(field, value)
        assert "PTK" == value_words("home_branch", shop.node.branch_id)


def test_nothing_to_settle_is_said(leader) -> None:
    """Goal: the page explains itself. Method: a place in the list beyond its end."""
    assert "Tidak ada dua versi" in leader.get("/conflicts", after="1." + "0" * 32)
