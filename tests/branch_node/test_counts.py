"""Counting the shelf: blind, line by line, saved at once, corrected at the end."""

import pytest

from crm.locations import shop_of
from crm.stock import OnHand, sheets
from sync.model import natural_id

pytestmark = pytest.mark.usefixtures("reading")
OIL, BUSI = natural_id("product", "OLI-1"), natural_id("product", "BUSI")


def on_hand(product: bytes) -> int:
    found = OnHand.get_or_none(OnHand.product == product, OnHand.location == shop_of(1))
    return found.quantity if found else 0


def write(leader, product: bytes, quantity: str, **more):
    return leader.send("/stock/count/lines", {"product": product.hex(), "quantity": quantity, **more})


@pytest.fixture
def sheet(leader):
    """A sheet that is open, and none afterwards."""
    leader.send("/stock/count/begin")
    yield sheets.open_sheet(1)
    leader.send("/stock/count/leave")


def shown(answer) -> str:
    assert 200 == answer.status_code
    return str(answer.get_data(as_text=True))


@pytest.mark.row("H-44")
def test_a_count_from_the_first_scan_to_the_result(leader, hand, sheet) -> None:
    """Goal: the stock is right though the shop sells meanwhile. Method: by code, by name, a sale, the result."""
    before = on_hand(OIL)
    assert "Berapa Oli mesin?" in shown(leader.send("/stock/count/lines", {"code": "899001"}))
    asked = shown(leader.send("/stock/count/lines", {"code": "bus"}))
    assert "Yang mana?" in asked and BUSI.hex() in asked
    assert "Berapa Busi?" in shown(leader.send("/stock/count/lines", {"product": BUSI.hex()}))
    page = shown(write(leader, OIL, str(before + 5)))
    assert f"{before + 5}" in page and "Menurut catatan" not in page
    hand.sell(("OLI-1", "1"))
    leader.send("/stock/count/lines", {"product": BUSI.hex(), "quantity": "3"}, headers={"HX-Request": "true"})
    answer = leader.send("/stock/count/submit")
    assert before + 4 == on_hand(OIL) and 3 == on_hand(BUSI)
    result = leader.get(str(answer.headers["Location"]))
    assert "Hasil stok opname" in result and f"{before + 5}" in result
    assert "Dibetulkan: " in result and "Oli mesin lebih 5" in result
    assert "Stok opname terakhir" in leader.get("/stock/count")


def test_a_line_may_be_counted_again_or_taken_off(shop, leader, sheet) -> None:
    """Goal: a mistake is put right by the next line. Method: twice, then removed, with and without scripts."""
    write(leader, OIL, "1")
    assert "2" in shown(write(leader, OIL, "2"))
    assert [2] == [line.quantity for line in sheets.counted(sheet.id)]
    part = leader.send("/stock/count/lines/remove", {"product": OIL.hex()}, headers={"HX-Request": "true"})
    assert "<html" not in shown(part)
    assert 303 == leader.send("/stock/count/lines/remove", {"product": OIL.hex()}).status_code
    assert [] == sheets.counted(sheet.id)
    empty = leader.send("/stock/count/submit")
    assert (422, True) == (empty.status_code, "field-error" in empty.get_data(as_text=True))


@pytest.mark.row("H-62")
@pytest.mark.parametrize(
    ("quantity", "status"), [("0", 200), ("1000000000", 200), ("1000000001", 422), ("-1", 422), ("banyak", 422)]
)
def test_numbers_of_every_class(shop, leader, sheet, quantity, status) -> None:
    """Goal: easy, extreme and illegal numbers. Method: each; a refusal asks again for the same article."""
    before = shop.count("counted_line")
    answer = write(leader, OIL, quantity)
    assert (status, before + (status == 200)) == (answer.status_code, shop.count("counted_line"))
    assert status == 200 or "Berapa Oli mesin?" in answer.get_data(as_text=True)


def test_what_cannot_be_counted(leader, sheet) -> None:
    """Goal: a wrong article is told. Method: nothing typed, a code nobody knows, a service."""
    for code in ("", "zzz", "PASANG"):
        answer = leader.send("/stock/count/lines", {"code": code})
        assert (422, True) == (answer.status_code, 'id="e-code"' in answer.get_data(as_text=True)), code


def test_without_a_sheet_nothing_is_counted(shop, leader) -> None:
    """Goal: an old page does no harm. Method: every step while no count is open; a result that is none."""
    before = shop.count("counted_line")
    steps = ("lines", "lines/remove", "submit", "leave")
    answers = [leader.send(f"/stock/count/{step}", {"product": OIL.hex(), "quantity": "1"}) for step in steps]
    assert [303] * 4 == [answer.status_code for answer in answers]
    assert (before, True) == (shop.count("counted_line"), "Mulai menghitung" in leader.get("/stock/count"))
    leader.get(f"/stock/counts/{'0' * 28}", 404)
