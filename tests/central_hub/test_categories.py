"""Kategori: listing, making, changing, archiving a category; each input checked; goods by category and kind."""

import pytest

from crm import catalogue
from sync.database import using

OIL = {"code": "OLI-1", "name": "Oli mesin", "price": "45000", "unit": "pcs", "kind": "goods", "category": "Oli"}


def ident_of(office, name: str) -> str:
    """The id of the category in use called so."""
    with using(office.hub.store):
        return next(one.id.hex() for one in catalogue.categories() if one.name == name)


@pytest.mark.row("H-22")
def test_a_category_from_making_to_the_archive(office, admin) -> None:
    """Goal: the list of groups is head office's. Method: make, rename, archive, put back; a branch hears of it."""
    assert "/products/categories" == admin.done("/products/categories/new", name="Pakaian bayi")
    ident = ident_of(office, "Pakaian bayi")
    admin.done(f"/products/categories/{ident}/edit", name="Baju bayi")
    office.sync("DPS")
    with using(office.branches["DPS"].store):
        assert "Baju bayi" == catalogue.category_name(bytes.fromhex(ident))
    admin.done(f"/products/categories/{ident}/archive")
    assert ">Baju bayi</a>" not in admin.get("/products")
    assert "Diarsipkan" in admin.get("/products/categories")
    admin.done(f"/products/categories/{ident}/restore")
    assert ">Baju bayi</a>" in admin.get("/products")


@pytest.mark.row("H-22", "H-62")
@pytest.mark.parametrize("name", ["", " ", "c" * 101, "a\0b", "Oli", " oLI "], ids=repr)
def test_illegal_names(office, admin, name) -> None:
    """Goal: each mistake is said beside the field, nothing is made or changed. Method: one wrong name at a time."""
    with using(office.hub.store), office.hub.journal.unit() as unit:
        brakes = catalogue.make_category(unit, "Rem").hex()
    before = office.count("category")
    admin.refused("/products/categories/new", name=name)
    admin.refused(f"/products/categories/{brakes}/edit", name=name)
    assert (before, brakes) == (office.count("category"), ident_of(office, "Rem"))


@pytest.mark.row("H-22", "H-62")
@pytest.mark.parametrize("name", ["E", "Suku cadang mesin", "ẞ" * 100])
def test_allowed_names(admin, name) -> None:
    """Goal: what is allowed is taken. Method: least, usual and greatest names."""
    admin.done("/products/categories/new", name=name)
    assert name in admin.get("/products/categories")


def test_staff_read_and_do_not_change(cashier) -> None:
    """Goal: only who may change the catalogue changes groups. Method: a cashier's list, and a form sent anyway."""
    page = cashier.get("/products/categories")
    assert "Oli" in page and "/categories/new" not in page
    assert 403 == cashier.send("/products/categories/new", {"name": "X"}).status_code
    cashier.get(f"/products/categories/{'00' * 16}/edit", 403)


@pytest.mark.row("H-24", "C-10", "C-03")
def test_goods_by_category_and_kind_at_once(office, admin) -> None:
    """Goal: a product bears category and kind, and both narrow the list. Method: baby clothes with a long text."""
    text = "Katun lembut, jahitan rata.\n" * 60
    more = {"category": "Busana", "type": "Jumper", "kind": "goods", "unit": "set", "description": text}
    address = admin.done("/products/new", code="BAJU-1", name="Jumper bayi", price="65000", **more)
    page = admin.get(address)
    assert all(words in page for words in ("Busana", "Jumper", "Barang", "/ set", "jahitan rata"))
    busana = ident_of(office, "Busana")
    assert "Jumper bayi" in admin.get("/products", category=busana, show="goods")
    assert "Jumper bayi" not in admin.get("/products", category=busana, show="service")
    assert "Jumper bayi" not in admin.get("/products", category=ident_of(office, "Oli"), show="goods")


def test_a_product_keeps_its_archived_category(office, admin) -> None:
    """Goal: a price change does not bring a group back. Method: archive it, save the product, then name it anew."""
    address = admin.done("/products/new", **{**OIL, "code": "ARS-1", "category": "Musim lalu"})
    ident = ident_of(office, "Musim lalu")
    admin.done(f"/products/categories/{ident}/archive")
    admin.done(f"{address}/edit", **{**OIL, "price": "50000", "category": "Musim lalu"})
    assert "Musim lalu" in admin.get(address)
    assert ">Musim lalu</a>" not in admin.get("/products")
    admin.done("/products/new", **{**OIL, "code": "ARS-2", "category": "Musim lalu"})
    assert ">Musim lalu</a>" in admin.get("/products")
