"""The shift at the till, over HTTP without scripts: float, cash in and out, the blind count, reports, the list."""

import csv
from io import StringIO

import pytest
from cabang_branch import TillHand
from cabang_visitor import value_of

from crm import money

pytestmark = pytest.mark.usefixtures("reading")
REASON_MAX = money.REASON_MAX
_TOTAL = "Total hari itu"  # on the list of sales


@pytest.fixture
def shift(cashier):
    """A shift that Dewi opened with 200,000, and none afterwards."""
    assert 303 == cashier.send("/shift", {"opening": "200.000"}).status_code
    opened = money.current(1, 1)
    assert opened is not None
    yield opened
    left = money.current(1, 1)
    if left is not None:
        cashier.send(f"/shift/{left.id.hex()}/count", {"counted": "0"})


def move(visitor, kind: str, amount: str, reason: str = "Galon air", **more: str):
    page = visitor.get("/shift")
    filled = {"token": value_of(page, "token"), "shift": value_of(page, "shift")}
    return visitor.send("/shift/cash", {**filled, "kind": kind, "amount": amount, "reason": reason, **more})


@pytest.mark.row("S-21")
def test_a_day_at_the_till(cashier, leader, hand, shift) -> None:
    """Goal: the cashier counts blind, then sees what differs. Method: sales of two people, cash in and out."""
    hand.sell(("OLI-1", "2"))
    assert "Oli mesin" in leader.get("/stock", q="oli")
    TillHand(leader).sell(("OLI-1", "1"), method="qris", tendered="")
    assert 303 == move(cashier, "out", "15.000").status_code
    assert 303 == move(cashier, "in", "Rp5.000", "Uang receh").status_code
    here, ident = cashier.get("/shift"), shift.id.hex()
    assert "Galon air" in here and "−Rp15.000" in here and "Belum ada sif" not in cashier.get("/till")
    blind = [cashier.get(f"/shift/{ident}/count"), cashier.get(f"/shifts/{ident}")]
    assert all("Rp280.000" not in page and "Rp90.000" not in page for page in blind)
    assert "Laporan X" in blind[1] and "ditampilkan setelah Anda menghitungnya" in blind[1]
    assert "Rp280.000" in leader.get(f"/shifts/{ident}")
    assert [False, True] == [_TOTAL in visitor.get("/sales") for visitor in (cashier, leader)]
    done = cashier.send(f"/shift/{ident}/count", {"counted": "279.500"})
    z = cashier.get(str(done.headers["Location"]))
    assert _TOTAL in cashier.get("/sales")
    for words in (
        "Laporan Z",
        "Rp280.000",
        "Rp279.500",
        "−Rp500",
        "Kas keluar",
        "Penjualan tunai",
        "Dewi Lestari (1)",
        "Sari Wijayanti (1)",
    ):
        assert words in z, words
    assert "Pembukuan" not in z and "Pembukuan" in leader.get(f"/shifts/{ident}", width="80")
    assert "receipt-80" in leader.get(f"/shifts/{ident}", width="80")


def test_each_step_counts_once(shop, cashier, shift) -> None:
    """Goal: a repeat changes nothing. Method: opening, the same pay-out and closing, each sent twice."""
    before = [shop.count(table) for table in ("shift", "cash_move", "shift_close")]
    cashier.send("/shift", {"opening": "1"})
    page, ident = cashier.get("/shift"), shift.id.hex()
    filled = {"token": value_of(page, "token"), "shift": ident, "kind": "out", "amount": "5", "reason": "x"}
    assert [303, 303] == [cashier.send("/shift/cash", filled).status_code for _ in range(2)]
    closings = [cashier.send(f"/shift/{ident}/count", {"counted": amount}) for amount in ("7", "8")]
    assert [f"/shifts/{ident}"] * 2 == [str(one.headers["Location"]) for one in closings]
    assert [before[0], before[1] + 1, before[2] + 1] == [
        shop.count(table) for table in ("shift", "cash_move", "shift_close")
    ]
    assert 7 == money.report(shift.id).span.counted
    late = cashier.send("/shift/cash", {**filled, "token": filled["token"][::-1]})
    assert (422, True) == (late.status_code, "Sif ini sudah tidak terbuka" in late.get_data(as_text=True))
    assert f"/shifts/{ident}" == cashier.client.get(f"/shift/{ident}/count").headers["Location"]


@pytest.mark.row("H-62")
@pytest.mark.parametrize("amount", ["", "-1", "banyak", "1" * 17])
def test_amounts_of_every_wrong_kind(shop, cashier, shift, amount) -> None:
    """Goal: nothing is written and the field says why. Method: each in each form."""
    before = [shop.count(table) for table in ("shift", "cash_move", "shift_close")]
    for form in ("out", "in"):
        assert 'id="e-amount"' in move(cashier, form, amount).get_data(as_text=True)
    assert 'id="e-counted"' in cashier.refused(f"/shift/{shift.id.hex()}/count", counted=amount)
    assert 'id="e-reason"' in move(cashier, "out", "5", "x" * (REASON_MAX + 1)).get_data(as_text=True)
    assert 422 == move(cashier, "away", "5").status_code == move(cashier, "in", "0").status_code
    assert 422 == move(cashier, "in", "5", shift="").status_code
    assert before == [shop.count(table) for table in ("shift", "cash_move", "shift_close")]


def test_an_opening_that_is_none(shop, cashier) -> None:
    """Goal: no shift without its float. Method: nothing typed, less than nothing; a sale without a shift is told."""
    before = shop.count("shift")
    for opening in ("", "-5", "x"):
        assert 'id="e-opening"' in cashier.refused("/shift", opening=opening)
    assert (before, True) == (shop.count("shift"), "Belum ada sif yang dibuka" in cashier.get("/till"))


def test_sales_without_a_shift_are_shown(cashier, leader, hand, shift) -> None:
    """Goal: no cash is forgotten. Method: closed, sold, seen at once and in the list when the next shift is open."""
    cashier.send(f"/shift/{shift.id.hex()}/count", {"counted": "200000"})
    hand.sell(("OLI-1", "1"))
    assert "Sejak sif terakhir: 1 struk, Rp45.000." in cashier.get("/shift")
    cashier.send("/shift", {"opening": "0"})
    rows = leader.get("/shifts")
    assert "Terjual sebelumnya tanpa sif" in rows and "Rp45.000" in rows


def test_the_list_and_its_file(leader, cashier, shift) -> None:
    """Goal: a supervisor sees every difference, and takes it along. Method: one too little; list, pages, CSV."""
    cashier.send(f"/shift/{shift.id.hex()}/count", {"counted": "199000"})
    page = leader.get("/shifts")
    assert "Kurang" in page and "−Rp1.000" in page and f"/shifts/{shift.id.hex()}" in page
    assert shift.id.hex() not in leader.get("/shifts", after=f"{shift.opened_at}.{shift.id.hex()}")
    assert shift.id.hex() in leader.get("/shifts", after="x.y")
    newest = next(csv.DictReader(StringIO(leader.get("/shifts.csv"))))
    assert ("PTK", "200000", "199000", "-1000") == tuple(
        newest[key] for key in ("branch", "expected", "counted", "difference")
    )
    for address in ("/shifts/" + "0" * 28, "/shift/" + "0" * 28 + "/count", "/shifts/zz"):
        leader.get(address, 404)


def test_what_another_copy_did_is_told(shop, cashier, shift) -> None:
    """Goal: nothing a copied database did is hidden. Method: its closing, its cash, a shift it opened besides."""
    ident, row = shift.id.hex(), {"number": shift.number + 1, "opening": 0, "receipts_from": shift.receipts_from}
    assert f"/shift/{ident}/count" not in cashier.get(f"/shifts/{ident}")
    with shop.node.journal.unit() as unit:
        unit.insert(money.Shift, row)
    assert f"/shift/{ident}/count" in cashier.get(f"/shifts/{ident}")
    cashier.send(f"/shift/{ident}/count", {"counted": "200000"})
    closing = {"shift": shift.id, "counted": 7_000, "expected": 200_000, "receipts_to": 0}
    with shop.node.journal.unit() as unit:
        unit.insert(money.ShiftClose, closing)
        unit.insert(money.CashMove, {"shift": shift.id, "kind": "in", "amount": 50, "reason": "x"})
    page = cashier.get(f"/shifts/{ident}")
    assert "Komputer lain juga menutup sif ini: dihitung Rp7.000" in page and "masuk lagi Rp50" in page
