"""Penjualan: all branches' sales, filters in the address, paging, one sale with lines and payments."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from ui import clock

OLD_MS = int(datetime(2024, 3, 1, 5, tzinfo=UTC).timestamp() * 1000)


def receipts(page: str) -> list[str]:
    """The receipt numbers on a page, in its order."""
    return re.findall(r'href="/sales/[0-9a-f]+">([A-Z0-9]+-1-\d{6})<', page)


@pytest.mark.row("H-61")
def test_sales_of_every_branch(office, admin) -> None:
    """Goal: one list for all. Method: today's sales of both branches; then of one."""
    codes = {number.split("-")[0] for number in receipts(admin.get("/sales"))}
    assert {"PTK", "DPS"} <= codes
    assert {"DPS"} == {number.split("-")[0] for number in receipts(admin.get("/sales", branch="DPS"))}


def test_periods(office, admin) -> None:
    """Goal: chips and typed days choose. Method: one sale long ago, asked for in five ways."""
    office.sell("PTK", "OLI-1", 1, 45_000, at=OLD_MS)
    office.sync("PTK")
    assert "1 Mar 2024" not in admin.get("/sales")
    assert "1 Mar 2024" in admin.get("/sales", period="all")
    one_day = {"from": "2024-03-01", "to": "2024-03-01"}
    page = admin.get("/sales", **one_day)
    assert 1 == len(receipts(page))
    assert "Rp45.000" in page
    assert "Tidak ada penjualan" in admin.get("/sales", **{"from": "2024-03-02", "to": "2024-03-02"})


def test_the_day_is_that_of_the_branch(office, admin) -> None:
    """Goal: a sale at 00.30 in Bali belongs to the new day. Method: 16.30 UTC is the next day in WITA, not in WIB."""
    late = int(datetime(2024, 5, 1, 16, 30, tzinfo=UTC).timestamp() * 1000)
    office.sell("DPS", "OLI-1", 1, 45_000, at=late)
    office.sell("PTK", "OLI-1", 1, 45_000, at=late)
    office.sync()
    days = [receipts(admin.get("/sales", **{"from": day, "to": day})) for day in ("2024-05-01", "2024-05-02")]
    assert [["PTK"], ["DPS"]] == [[number.split("-")[0] for number in numbers] for numbers in days]


def test_today_is_that_of_each_branch(office, admin, monkeypatch) -> None:
    """Goal: nobody misses the evening's sales. Method: 23.30 at head office (WIB) is 00.30 in Bali; both just sold."""
    now = int(datetime(2024, 5, 20, 16, 30, tzinfo=UTC).timestamp() * 1000)
    for code in ("PTK", "DPS"):
        office.sell(code, "OLI-1", 1, 45_000, at=now - 60_000)
    office.sync()
    monkeypatch.setattr(clock, "wall_ms", lambda: now)
    assert ["DPS", "PTK"] == sorted(number.split("-")[0] for number in receipts(admin.get("/sales")))
    assert "Rp90.000" in admin.get("/")


@pytest.mark.parametrize(
    "query", [{"from": "yesterday"}, {"from": "2024-02-30"}, {"from": "2024-02-02", "to": "2024-02-01"}]
)
def test_days_that_are_none(admin, query) -> None:
    """Goal: a wrong day is said in words. Method: a word, a day that never was, the wrong order."""
    assert "bukan tanggal" in admin.get("/sales", 422, **query)


@pytest.mark.parametrize(
    "query", [{"period": "x"}, {"branch": "NONE"}, {"after": "garbage"}, {"after": "1.zz"}, {"after": f"{'9' * 20}.00"}]
)
def test_a_strange_address_shows_the_ordinary_page(admin, query) -> None:
    """Goal: an old bookmark still works. Method: filters nobody gave out."""
    assert receipts(admin.get("/sales", **query))


def test_paging(office, admin) -> None:
    """Goal: every sale once, newest first. Method: 120 sales of one month, page by page."""
    start = datetime(2023, 6, 1, tzinfo=UTC)
    for count in range(120):
        at = start + timedelta(minutes=count % 40)  # several at the very same time
        office.sell("PTK", "BUSI", 1, 15_500, at=int(at.timestamp() * 1000))
    office.sync("PTK")
    found, address = [], "/sales?from=2023-06-01&to=2023-06-30"
    while address:
        page = admin.get(address)
        found += receipts(page)
        following = re.search(r'href="([^"]+)" rel="next"', page)
        address = following[1].replace("&amp;", "&") if following else ""
    assert (120, 120) == (len(found), len(set(found)))
    assert "120 struk" in admin.get("/sales", **{"from": "2023-06-01", "to": "2023-06-30"})
    assert "Rp1.860.000" in admin.get("/sales", **{"from": "2023-06-01", "to": "2023-06-30"})


def test_one_sale(office, admin) -> None:
    """Goal: lines, payments and total of one sale. Method: open it from its id."""
    sale = office.sell("DPS", "BAN-2", 2, 210_000)
    office.sync("DPS")
    page = admin.get(f"/sales/{sale.id.hex()}")
    assert all(words in page for words in ("Ban luar", "BAN-2", "Rp420.000", "Tunai", "WITA"))


def test_a_return_is_red_and_named(office, admin) -> None:
    """Goal: money given back is seen. Method: a return on the list and by itself."""
    given = office.sell("PTK", "BUSI", -1, 15_500, kind="return")
    office.sync("PTK")
    page = admin.get(f"/sales/{given.id.hex()}")
    assert "Retur" in page
    assert '<span class="money negative">−Rp15.500</span>' in page
    assert "Retur" in admin.get("/sales", branch="PTK")
