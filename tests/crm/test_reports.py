"""Sales reports."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from crm import catalogue, customers, periods, reports, sales_list, selling
from crm.errors import BadPeriod
from crm.periods import Days
from crm.sales_list import WITH_ROWS, Behind
from crm.selling import Line, Paid
from sync.model import natural_id

OIL, TYRE = natural_id("product", "OLI-1"), natural_id("product", "BAN-2")


def ms(text: str, zone: str = "Asia/Jakarta") -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1_000)


def sell(node: Any, at: int, *lines: Line, **options: Any) -> None:
    total = sum(line.quantity * line.price - line.discount for line in lines)
    with node.unit() as unit:
        selling.record_sale(unit, lines=lines, payments=[Paid("cash", total)], at=at, **options)


@pytest.fixture
def sales(branch: Any, sari: bytes) -> None:
    """Three sales and a return over two days, just before and after midnight."""
    sell(branch, ms("2026-01-31T23:59"), Line(OIL, 2, 45_000, 5_000), Line(TYRE, 1, 210_000), customer=sari)
    sell(branch, ms("2026-02-01T00:00"), Line(OIL, 1, 45_000))
    sell(branch, ms("2026-02-01T09:00"), Line(OIL, -1, 45_000), customer=sari, kind="return")
    with branch.unit() as unit:
        gift = catalogue.make_provisional(unit, "hadiah")
    sell(branch, ms("2026-02-02T12:00"), Line(gift, 3, 0), Line(OIL, 1, 45_000))


def rows(by: str, stream: int | None = None, **period: Any) -> list[tuple[Any, ...]]:
    return list(reports.sales(by, periods.between(**period), stream))


def test_sales_by_product(sales: None) -> None:
    """Goal: quantities and rupiah of each code, returns taken off, zero prices counted. Method: known sales."""
    assert [("BAN-2", 1, 210_000, 1), ("HADIAH", 3, 0, 1), ("OLI-1", 3, 130_000, 4)] == rows("product")


def test_sales_by_customer(sales: None) -> None:
    """Goal: those without a number stand under "". Method: known sales."""
    assert [("", 5, 90_000, 3), ("PTK-000001", 2, 250_000, 3)] == rows("customer")


def test_sales_by_day_of_the_branch(sales: None) -> None:
    """Goal: midnight is the branch's. Method: sales a minute before and at midnight in WIB."""
    assert [("2026-01-31", 3, 295_000, 2), ("2026-02-01", 0, 0, 2), ("2026-02-02", 4, 45_000, 2)] == rows("day")


def test_sales_by_branch(sales: None) -> None:
    """Goal: one row for each branch, by number if asked. Method: known sales; another branch has none."""
    assert [("PTK", 7, 340_000, 6)] == rows("branch") == rows("branch", stream=1)
    assert [] == rows("branch", stream=2)


def test_sales_by_payment_and_cashier(branch: Any, sales: None) -> None:
    """Goal: a sale paid in two ways counts in both rows, one without a cashier under "". Method: known sales."""
    with branch.unit() as unit:
        paid = [Paid("qris", 40_000), Paid("cash", 5_000)]
        selling.record_sale(unit, lines=[Line(OIL, 1, 45_000)], payments=paid, at=ms("2026-02-03T12:00"))
    assert [("cash", 5, 345_000), ("qris", 1, 40_000)] == rows("method")
    assert [("", 8, 385_000, 7)] == rows("cashier")


@pytest.mark.parametrize("by", WITH_ROWS)
def test_behind_each_row_are_its_sales(sales: None, by: str) -> None:
    """Goal: following a row finds what it counts, no more. Method: shares of the sales behind each row, added."""
    days = periods.between()
    found = rows(by)
    assert found
    for key, *figures in found:
        behind = Behind(by, key)
        page = sales_list.page(days, None, 100, behind=behind)
        rupiah = figures[reports.columns(by).index("rupiah") - 1]
        assert rupiah == sum(row["share"] for row in page) == sales_list.sums(days, None, behind)["share"], key
        assert all(row["receipt"].startswith("PTK-1-") for row in page)
    assert [] == sales_list.page(days, None, 100, behind=Behind(by, "nobody"))


@pytest.mark.parametrize("kind", [str, date.fromisoformat])
def test_a_period_includes_both_days(sales: None, kind: Any) -> None:
    """Goal: from and to are days. Method: one day, open ends, text or date."""
    one = kind("2026-02-01")
    assert [("2026-02-01", 0, 0, 2)] == rows("day", first=one, last=one)
    assert ["2026-01-31", "2026-02-01"] == [row[0] for row in rows("day", last=one)]
    assert ["2026-02-01", "2026-02-02"] == [row[0] for row in rows("day", first=one)]


@pytest.mark.parametrize(
    "period", [{"first": "yesterday"}, {"last": "2026-02-30"}, {"first": "2026-02-02", "last": "2026-02-01"}]
)
def test_a_wrong_period_is_an_error(period: dict[str, Any]) -> None:
    """Goal: what to type instead. Method: words, a day that does not exist, an end before its beginning."""
    with pytest.raises(BadPeriod):
        periods.between(**period)


def test_each_branch_has_its_own_midnight(hub: Any) -> None:
    """Goal: head office sees each branch's day. Method: one moment, two zones, through rows as the hub holds them."""
    at = ms("2026-02-01T00:30", "Asia/Makassar")
    with hub.store.write() as connection:
        for stream in (1, 2, 0):
            sale = bytes([0, stream]) + b"x" * 12
            connection.execute(
                "INSERT INTO sale (id, stream, till, number, kind, total, at) VALUES (?, ?, 1, 1, 'sale', 5, ?)",
                (sale, stream, at),
            )
            connection.execute("INSERT INTO sale_line VALUES (?, 1, x'99', 1, 5, 0, 0)", (sale,))
    assert [("2026-01-31", 2, 10, 2), ("2026-02-01", 1, 5, 1)] == rows("day")
    assert [("BJM", 1, 5, 1)] == rows("branch", first="2026-02-01")
    assert [("BJM", 1, 5, 1), ("HO", 1, 5, 1), ("PTK", 1, 5, 1)] == rows("branch")
    assert [("99", 3, 15, 3)] == rows("product")


@pytest.mark.parametrize(
    ("now", "today"),  # where the first sale was just made in WITA and the second in WIB
    [
        (ms("2026-02-01T23:30"), {"BJM", "PTK"}),  # WITA is on the next day already
        (ms("2026-02-01T22:30"), {"PTK"}),  # ... and not yet
        (ms("2026-02-02T00:30"), {"BJM"}),
    ],
)
def test_today_is_each_branchs_own(hub: Any, now: int, today: set[str]) -> None:
    """Goal: what is sold now is sold today, wherever. Method: sales of 23.30 WIB (00.30 WITA), seen at three times."""
    with hub.store.write() as connection:
        for stream in (1, 2):
            sale = bytes([0, stream]) + b"y" * 12
            row = (sale, stream, ms("2026-02-01T23:30"))
            connection.execute(
                "INSERT INTO sale (id, stream, till, number, kind, total, at) VALUES (?, ?, 1, 1, 'sale', 5, ?)", row
            )
            connection.execute("INSERT INTO sale_line VALUES (?, 1, x'99', 1, 5, 0, 0)", (sale,))
    found = {back: {row[0] for row in reports.sales("branch", Days(-back, -back, now))} for back in (0, 1)}
    assert (today, set()) == (found[0], found[0] & found[1])


def test_customers_are_counted_by_number_not_by_name(branch: Any, key: bytes) -> None:
    """Goal: homonyms stay apart. Method: two of one name."""
    with branch.unit() as unit:
        twins = [customers.create_customer(unit, name="Sari", hash_key=key) for _ in range(2)]
    for twin in twins:
        sell(branch, ms("2026-02-01T10:00"), Line(OIL, 1, 1), customer=twin)
    assert [("PTK-000001", 1, 1, 1), ("PTK-000002", 1, 1, 1)] == rows("customer")
