"""Katalog: browse, search, detail, making, changing, archiving, adopting a new code."""

import pytest
from cabang_visitor import value_of

from crm import catalogue
from sync.database import using
from sync.limits import RUPIAH_MAX

GOOD = {"code": "KUNCI-8", "name": "Kunci pas 8", "price": "32.500", "unit": "pcs", "kind": "goods"}


def item_of(node, code):
    """The product as a node holds it."""
    with using(node.store):
        return catalogue.find(code)


@pytest.mark.row("H-23")
def test_a_new_product_reaches_every_branch(office, admin) -> None:
    """Goal: add goods. Method: the form, then the catalogue of a branch after its sync."""
    more = {"category": "Perkakas", "barcode": "8990001", "type": "Tangan", "description": "Baja krom"}
    address = admin.done("/products/new", **GOOD, **more)
    assert all(words in admin.get(address) for words in ("Kunci pas 8", "Rp32.500", "Perkakas", "Baja krom"))
    office.sync("DPS")
    item = item_of(office.branches["DPS"], "8990001")
    assert item is not None
    assert ("KUNCI-8", 32_500, "Tangan") == (item.code, item.price, item.type)


@pytest.mark.row("H-23")
def test_a_changed_price_reaches_every_branch(office, admin) -> None:
    """Goal: change goods. Method: new price and name, then a branch's catalogue."""
    address = admin.done("/products/new", **{**GOOD, "code": "UBAH"})
    assert "UBAH" not in value_of(admin.get(f"{address}/edit"), "name")
    admin.done(f"{address}/edit", **{**GOOD, "price": "40000", "name": "Kunci baru"})
    office.sync("PTK")
    item = item_of(office.branches["PTK"], "UBAH")
    assert item is not None
    assert (40_000, "Kunci baru") == (item.price, item.name)


@pytest.mark.row("H-23")
def test_archiving_and_taking_it_back(office, admin) -> None:
    """Goal: take goods out of use, with a way back. Method: archive, look, undo as the notice offers."""
    address = admin.done("/products/new", **{**GOOD, "code": "ARSIP", "name": "Barang musiman"})
    admin.done(f"{address}/archive")
    page = admin.get(address)
    assert f'action="{address}/restore"' in page
    assert "Barang musiman" not in admin.get("/products", q="ARSIP").partition('id="rows"')[2].partition("pager")[0]
    assert "Barang musiman" in admin.get("/products", show="archived")
    admin.done(f"{address}/restore")
    assert "Barang musiman" in admin.get("/products", q="ARSIP")


@pytest.mark.row("H-19")
def test_browsing(admin, cashier) -> None:
    """Goal: all goods, for everybody signed in. Method: the list, one kind, one category."""
    page = cashier.get("/products")
    assert all(name in page for name in ("Ban luar", "Oli mesin", "Pijat bayi"))
    assert "Oli mesin" not in admin.get("/products", show="service")
    category = catalogue_id(page, "Oli")
    assert "Ban luar" not in admin.get("/products", category=category)
    assert "Oli mesin" in admin.get("/products", category=category)


def catalogue_id(page: str, name: str) -> str:
    """The category's id in its chip."""
    return page.partition(f">{name}</a>")[0].rpartition("category=")[2].partition('"')[0]


@pytest.mark.row("H-20")
def test_searching(admin) -> None:
    """Goal: find by parts of name and code. Method: words, capitals, nothing that fits, a part for htmx."""
    for text in ("oli", "MESIN ol", "oli-1"):
        assert "Oli mesin" in admin.get("/products", q=text)
    assert "Tidak ada yang cocok" in admin.get("/products", q="qqqq")
    part = admin.client.get("/products?q=oli", headers={"HX-Request": "true"}).get_data(as_text=True)
    assert "<html" not in part


@pytest.mark.row("H-21")
def test_one_product(office, cashier) -> None:
    """Goal: full description, price, and what lies where. Method: a service with text, goods with stock."""
    page = cashier.get(f"/products/{office.product('PIJAT').hex()}")
    assert all(words in page for words in ("Satu jam, dengan minyak telon", "Rp90.000", "Jasa"))
    page = cashier.get(f"/products/{office.product('OLI-1').hex()}")
    assert all(words in page for words in ("899001", "Oli", "DPS ·", "PTK ·"))
    assert "/edit" not in page


def test_adopting_a_new_code(office, admin) -> None:
    """Goal: a code a branch met joins the catalogue under the same id. Method: sell it, adopt, look at the branch."""
    office.sell("DPS", "BARU-7", 2, 12_500)
    office.sync("DPS")
    before = office.product("BARU-7")
    assert "BARU-7" in admin.get("/products", show="new")
    page = admin.get(f"/products/{before.hex()}/adopt")
    assert ("Barang baru", "12500") == (value_of(page, "name"), value_of(page, "price"))
    admin.done(f"/products/{before.hex()}/adopt", **{**GOOD, "name": "Sandal", "price": "15000"})
    admin.get("/")  # the notice names the code once more
    assert "BARU-7" not in admin.get("/products", show="new")
    office.sync("DPS")
    item = item_of(office.branches["DPS"], "BARU-7")
    assert item is not None
    assert (before, "Sandal", 15_000, False) == (item.id, item.name, item.price, item.provisional)
    assert f"/products/{before.hex()}/edit" == admin.client.get(f"/products/{before.hex()}/adopt").headers["Location"]


def test_a_new_code_is_adopted_not_edited(office, admin) -> None:
    """Goal: one way in. Method: the edit address of a new code leads to its adoption."""
    office.sell("DPS", "BARU-8", 1, 1_000)
    office.sync("DPS")
    ident = office.product("BARU-8").hex()
    assert f"/products/{ident}/adopt" == admin.client.get(f"/products/{ident}/edit").headers["Location"]


@pytest.mark.row("H-62")
@pytest.mark.parametrize(
    "values",
    [{"code": "E", "name": "E", "price": "0"}, {"code": "T-100", "name": "Minyak telon 60 ml", "price": "Rp 25.000"},
     {"code": "X" * 64, "name": "ẞ" * 200, "price": str(RUPIAH_MAX), "unit": "u" * 20, "description": "d" * 2000}],
    ids=["easy", "typical", "extreme"],
)  # fmt: skip
def test_allowed_values(admin, values) -> None:
    """Goal: what is allowed is taken. Method: least, usual and greatest values."""
    assert values["name"] in admin.get(admin.done("/products/new", **{**GOOD, **values}))


@pytest.mark.row("H-62")
@pytest.mark.parametrize(
    "wrong",
    [{"code": ""}, {"code": "OLI-1"}, {"code": "oli-1 "}, {"code": "X" * 65}, {"code": "a\0b"}, {"name": ""},
     {"name": "x" * 201}, {"price": ""}, {"price": "-1"}, {"price": "12,5"}, {"price": "gratis"},
     {"price": str(RUPIAH_MAX + 1)}, {"price": "١٢"}, {"kind": "food"}, {"unit": "u" * 21}, {"barcode": "899001"},
     {"barcode": "1" * 65}, {"description": "d" * 2001}, {"category": "c" * 101}],
    ids=repr,
)  # fmt: skip
def test_illegal_values(office, admin, wrong) -> None:
    """Goal: each mistake is said beside its field, nothing is made. Method: one wrong value at a time."""
    before = office.count("product"), office.count("category")
    admin.refused("/products/new", **{**GOOD, "code": "SALAH", **wrong})
    assert before == (office.count("product"), office.count("category"))


def test_a_wrong_change_changes_nothing(office, admin) -> None:
    """Goal: nothing half-written. Method: a negative price with a new name."""
    ident = office.product("BAN-2").hex()
    page = admin.refused(f"/products/{ident}/edit", **{**GOOD, "price": "-5", "name": "Lain"})
    assert "Paling sedikit 0" in page
    item = item_of(office.hub, "BAN-2")
    assert item is not None
    assert ("Ban luar", 210_000) == (item.name, item.price)


def test_paging(office, admin) -> None:
    """Goal: every product once. Method: sixty products of one word, page by page."""
    with using(office.hub.store), office.hub.journal.unit() as unit:
        for count in range(60):
            catalogue.create_product(unit, {"code": f"SERI-{count}", "name": "Serial", "price": count})
    first = admin.get("/products", q="serial")
    address = first.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
    second = admin.get(address)
    codes = [code for code in range(60) if f">SERI-{code}<" in first or f">SERI-{code}<" in second]
    assert 60 == len(codes)
