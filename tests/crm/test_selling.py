"""Sales in the database."""

from typing import Any

import pytest

from crm import catalogue, selling, stock
from crm.errors import BadChoice, BadQuantity, Underpaid, UnknownCustomer, UnknownProduct, UnknownSale
from crm.selling import Line, Paid
from sync.model import natural_id


def sell(node: Any, lines: list[Line], **options: Any) -> selling.Receipt:
    total = sum(line.quantity * line.price - line.discount for line in lines)
    with node.unit() as unit:
        return selling.record_sale(unit, lines=lines, payments=[Paid("cash", total)], **options)


def test_a_sale_is_numbered_and_totalled(branch: Any, oil: bytes) -> None:
    """Goal: receipts count for each till. Method: sales at two tills."""
    numbers = [sell(branch, [Line(oil, 2, 45_000)], till=till).number for till in (1, 1, 2, 1)]
    assert [1, 2, 1, 3] == numbers
    assert ["PTK-1-000123", "PTK-12-1234567"] == [
        selling.receipt_number("PTK", 1, 123),
        selling.receipt_number("PTK", 12, 1_234_567),
    ]


def test_the_receipt_reads_back(branch: Any, oil: bytes, massage: bytes, sari: bytes) -> None:
    """Goal: screen and printer get everything. Method: a sale with discount, service, customer and change."""
    with branch.unit() as unit:
        made = selling.record_sale(
            unit,
            lines=[Line(oil, 2, 45_000, 5_000), Line(massage, 1, 90_000, goods=False)],
            payments=[Paid("cash", 200_000)],
            customer=sari,
        )
    assert (175_000, 25_000) == (made.total, made.change)
    receipt = selling.load_receipt(made.id)
    assert ("PTK-1-000001", "Pontianak", "WIB") == (receipt["receipt"], receipt["branch_name"], receipt["zone"])
    assert ("PTK-000001", "Sari Dewi") == (receipt["customer_number"], receipt["customer_name"])
    assert [("OLI-1", 85_000), ("PIJAT", 90_000)] == [(line["code"], line["amount"]) for line in receipt["lines"]]
    assert [{"method": "cash", "amount": 175_000, "tendered": 200_000}] == receipt["payments"]
    assert (175_000, 25_000, 3) == (receipt["total"], receipt["change"], receipt["items"])


def test_goods_leave_the_shop_and_services_do_not(branch: Any, oil: bytes, massage: bytes) -> None:
    """Goal: stock follows the sale, below zero too. Method: sale and return, then what is on hand."""
    sell(branch, [Line(oil, 3, 45_000), Line(massage, 1, 90_000, goods=False)])
    sell(branch, [Line(oil, -1, 45_000)], kind="return")
    assert [("OLI-1", -2)] == [(row.code, row.quantity) for row in stock.on_hand()]


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"kind": "gift"}, BadChoice),
        ({"customer": b"?" * 14}, UnknownCustomer),
        ({"lines": [Line(b"?" * 16, 1, 45_000)]}, UnknownProduct),
        ({"payments": []}, Underpaid),
        ({"lines": [Line(natural_id("product", "OLI-1"), -1, 45_000)]}, BadQuantity),
        ({"lines": [Line(natural_id("product", "OLI-1"), -1, 45_000)], "source": "till", "external": "1"}, BadQuantity),
    ],
)
def test_a_wrong_sale_leaves_nothing(branch: Any, oil: bytes, change: dict[str, Any], error: type[Exception]) -> None:
    """Goal: refused means nothing happened. Method: wrong sales; counts of rows and log entries before and after."""
    before = [branch.count(table) for table in ("sale", "sale_line", "payment", "stock_movement", "entry")]
    sale: dict[str, Any] = {"lines": [Line(oil, 1, 45_000)], "payments": [Paid("cash", 45_000)], **change}
    with pytest.raises(error), branch.unit() as unit:
        selling.record_sale(unit, **sale)
    assert before == [branch.count(table) for table in ("sale", "sale_line", "payment", "stock_movement", "entry")]


def test_an_imported_sale_keeps_its_time_and_is_found_again(branch: Any, oil: bytes) -> None:
    """Goal: a file can be imported twice. Method: an import with a negative line, looked up by its number."""
    lines = [Line(oil, 2, 45_000), Line(oil, -1, 45_000), Line(oil, 1, -5_000)]
    made = sell(branch, lines, at=1_291_190_400_000, source="online_retail", external="536365")
    with branch.unit() as unit:
        assert made.id == selling.imported_sale(unit, "online_retail", "536365")
        assert selling.imported_sale(unit, "online_retail", "536366") is None
        assert selling.imported_sale(unit, "other", "536365") is None
    assert 1_291_190_400_000 == selling.load_receipt(made.id)["at"]


def test_a_sale_of_an_unknown_code_stays_readable(branch: Any) -> None:
    """Goal: a provisional product can be sold and printed. Method: sell one without a name at price 0."""
    with branch.unit() as unit:
        gift = catalogue.make_provisional(unit, " x-9 ")
    made = sell(branch, [Line(gift, 1, 0)])
    assert [("X-9", "X-9", 0)] == [
        (li["code"], li["name"], li["amount"]) for li in selling.load_receipt(made.id)["lines"]
    ]


def test_an_unknown_sale_is_an_error(branch: Any) -> None:
    """Goal: a stale link says what to do. Method: an id nobody made."""
    with pytest.raises(UnknownSale):
        selling.load_receipt(b"?" * 14)
