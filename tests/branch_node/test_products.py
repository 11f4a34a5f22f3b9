"""Products and stock over HTTP: browsing, searching, one in full, receiving and counting."""

from typing import Any

import pytest
from cabang_visitor import value_of, values_of

from crm.catalogue import Category
from crm.locations import shop_of
from crm.stock import OnHand
from sync.model import natural_id

pytestmark = pytest.mark.usefixtures("reading")
OIL, BUSI = natural_id("product", "OLI-1"), natural_id("product", "BUSI")


def on_hand(product: bytes) -> int:
    row = OnHand.get_or_none(OnHand.product == product, OnHand.location == shop_of(1))
    return row.quantity if row else 0


@pytest.mark.row("H-19")
def test_all_goods_are_shown(cashier, therapist) -> None:
    """Goal: browse everything. Method: the list without a filter, for two roles."""
    for visitor in (cashier, therapist):
        page = visitor.get("/products")
        for name in ("Oli mesin", "Ban luar", "Busi", "Pasang ban"):
            assert name in page


@pytest.mark.row("H-20")
def test_searching_in_detail(cashier) -> None:
    """Goal: find goods by words, code, category and kind. Method: each alone and together."""
    oils = bytes(Category.get(Category.name == "Oli").id).hex()
    cases = [
        ({"q": "oli"}, "Oli mesin", "Ban luar"),
        ({"q": "BAN-2"}, "Ban luar", "Oli mesin"),
        ({"category": oils}, "Oli mesin", "Ban luar"),
        ({"kind": "service"}, "Pasang ban", "Oli mesin"),
        ({"q": "pasang", "kind": "service"}, "Pasang ban", "Ban luar"),
    ]
    for query, there, absent in cases:
        page = cashier.get("/products", **query)
        assert (True, False) == (there in page, absent in page), query
    assert "Tidak ada yang cocok" in cashier.get("/products", q="zzz", kind="nonsense", category="zz", after="12")


@pytest.mark.row("H-21")
def test_one_in_full(cashier, hand) -> None:
    """Goal: description, price, stock here and how it moved. Method: the page of a product and of a service."""
    hand.sell(("OLI-1", "1"))
    page = cashier.get(f"/products/{OIL.hex()}")
    for fact in ("Oli mesin", "OLI-1", "899001", "Rp45.000", "Oli", "Terjual", "−1"):
        assert fact in page
    service = cashier.get(f"/products/{natural_id('product', 'PASANG').hex()}")
    assert "Termasuk balancing" in service and "Pergerakan stok" not in service


def document(visitor, kind: str, *lines: tuple[str, str], **more) -> dict[str, Any]:
    """The form of a stock document: *lines* are (code, quantity)."""
    page = visitor.get(f"/stock/{kind}")
    offers = [values_of(visitor.get(f"/stock/{kind}/find", q=code), "offer")[0] for code, _ in lines]
    return {"token": value_of(page, "token"), "offer": offers, "quantity": [q for _, q in lines], **more}


def test_goods_come_in(shop, leader) -> None:
    """Goal: a delivery is written down once. Method: two lines, sent twice."""
    before, documents = on_hand(OIL), shop.count("stock_document")
    form = document(leader, "receive", ("OLI-1", "24"), ("BUSI", "100"), note="SJ-118")
    assert [303, 303] == [leader.send("/stock/receive", form).status_code for _ in range(2)]
    assert (before + 24, documents + 1) == (on_hand(OIL), shop.count("stock_document"))
    assert "Barang diterima: 2 baris" in leader.get("/stock")
    assert "SJ-118" in leader.get(f"/products/{OIL.hex()}")


@pytest.mark.row("H-62")
@pytest.mark.parametrize(
    ("kind", "quantity", "status"),
    [
        ("receive", "1", 303),
        ("receive", "1000000000", 303),
        ("receive", "0", 422),
        ("receive", "-5", 422),
        ("receive", "1000000001", 422),
        ("receive", "banyak", 422),
        ("receive", "", 422),
        ("receive", "1,5", 422),
    ],
)
def test_quantities_of_every_class(shop, leader, kind, quantity, status) -> None:
    """Goal: easy, typical, extreme and illegal quantities. Method: each; a refusal keeps the list."""
    before = shop.count("stock_document")
    answer = leader.send(f"/stock/{kind}", document(leader, kind, ("BAN-2", quantity)))
    assert (status, before + (status == 303)) == (answer.status_code, shop.count("stock_document"))
    assert status == 303 or "Ban luar" in answer.get_data(as_text=True)


@pytest.mark.parametrize("note", ["x" * 201, "a\x00b"])
def test_a_note_that_cannot_be(shop, leader, note) -> None:
    """Goal: the error stands at the note, the list stays. Method: too long, unreadable; as a fragment."""
    before = shop.count("stock_document")
    form = document(leader, "receive", ("BUSI", "1"), note=note)
    answer = leader.send("/stock/receive", form, headers={"HX-Request": "true"})
    page = answer.get_data(as_text=True)
    assert (422, before) == (answer.status_code, shop.count("stock_document"))
    assert 'id="e-note"' in page and "Busi" in page and "<html" not in page


def test_an_empty_list_is_told(leader) -> None:
    """Goal: nothing to save is said. Method: a form without lines, and one of an older page."""
    empty = leader.send("/stock/receive", {"token": value_of(leader.get("/stock/receive"), "token")})
    old = leader.send("/stock/receive", document(leader, "receive", ("BUSI", "1")) | {"token": "?"})
    assert [422, 422] == [empty.status_code, old.status_code]
    assert "masih kosong" in empty.get_data(as_text=True) and "halaman lain" in old.get_data(as_text=True)


def test_stock_below_zero_is_red(leader, hand) -> None:
    """Goal: negative stock is seen at once. Method: sell more than there is, look at list and card."""
    hand.sell(("BAN-2", "2000000"), tendered="999.000.000.000")
    page = leader.get("/stock", q="ban")
    assert "Ban luar" in page and ("negative" in page) is (on_hand(natural_id("product", "BAN-2")) < 0)
    assert "Tidak ada yang cocok" in leader.get("/stock", q="zzz")
    leader.get("/stock", after="12.zz")


def test_labels_at_a_branch(cashier) -> None:
    """Goal: a branch prints labels too. Method: one product on a roll."""
    page = cashier.get("/products/labels", product=OIL.hex(), copies="2", paper="58")
    assert (2, True) == (page.count('class="bars"'), "899001" in page)
