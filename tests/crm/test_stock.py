"""Stock documents and what is on hand."""

from typing import Any

import pytest

from crm import selling, stock
from crm.errors import BadChoice, BadQuantity, BusinessError, NoLines, TooManyLines, UnknownProduct
from crm.locations import shop_of
from crm.selling import Line
from crm.stock import Moved
from sync import limits
from sync.model import natural_id

OIL = natural_id("product", "OLI-1")


def record(node: Any, kind: str, *lines: Moved, **options: Any) -> bytes:
    with node.unit() as unit:
        return stock.record_document(unit, kind, lines, **options)


def test_documents_move_the_stock(branch: Any, oil: bytes) -> None:
    """Goal: received, written off, counted. Method: one of each, then the sum and the list of movements."""
    record(branch, "receive", Moved(oil, 10))
    branch.now[0] += 1_000
    record(branch, "write_off", Moved(oil, -2, "bocor"), note="gudang")
    branch.now[0] += 1_000
    record(branch, "count", Moved(oil, 0), Moved(oil, -1))
    assert [7] == [row.quantity for row in stock.on_hand()]
    moved = stock.movements(oil)
    assert [("count", -1), ("count", 0), ("write_off", -2), ("receive", 10)] == [(m.kind, m.quantity) for m in moved]
    assert {"PTK"} == {m.branch for m in moved}
    assert moved[:1] == stock.movements(oil, shop_of(1), limit=1)
    assert [] == stock.movements(oil, shop_of(2))


@pytest.mark.row("H-62")
@pytest.mark.parametrize(
    ("kind", "lines", "error"),
    [
        ("gift", [Moved(OIL, 1)], BadChoice),
        ("receive", [], NoLines),
        ("receive", [Moved(OIL, 1)] * (limits.OP_ROWS_MAX + 1), TooManyLines),
        ("receive", [Moved(OIL, 0)], BadQuantity),
        ("receive", [Moved(OIL, -1)], BadQuantity),
        ("write_off", [Moved(OIL, 1)], BadQuantity),
        ("count", [Moved(OIL, limits.QUANTITY_MAX + 1)], BadQuantity),
        ("count", [Moved(OIL, -limits.QUANTITY_MAX - 1)], BadQuantity),
        ("count", [Moved(OIL, 1.0)], BadQuantity),  # type: ignore[arg-type]
        ("count", [Moved(b"?" * 16, 1)], UnknownProduct),
    ],
)
def test_a_wrong_document_is_refused(branch: Any, kind: str, lines: list[Moved], error: type[BusinessError]) -> None:
    """Goal: illegal quantities move nothing. Method: a table; count movements."""
    with pytest.raises(error):
        record(branch, kind, *lines)
    assert 0 == branch.count("stock_movement")


def test_an_imported_document_is_found_again(branch: Any, oil: bytes) -> None:
    """Goal: a file can be imported twice. Method: look it up by file kind and number."""
    made = record(branch, "write_off", Moved(oil, -1), at=1_291_190_400_000, source="online_retail", external="536589")
    with branch.unit() as unit:
        assert made == stock.imported_document(unit, "online_retail", "536589")
        assert stock.imported_document(unit, "online_retail", "1") is None
    assert [1_291_190_400_000] == [m.at for m in stock.movements(oil)]


def test_on_hand_is_listed_by_name_and_searched(branch: Any, oil: bytes) -> None:
    """Goal: find a product's stock, page by page. Method: three products, words, location, pages of one."""
    tyre = natural_id("product", "BAN-2")
    record(branch, "receive", Moved(oil, 5), Moved(tyre, 2))
    with branch.unit() as unit:
        selling.record_sale(unit, lines=[Line(tyre, 3, 0)], payments=[])
    assert [("Ban luar", -1), ("Oli mesin", 5)] == [(row.name, row.quantity) for row in stock.on_hand()]
    assert ["OLI-1"] == [row.code for row in stock.on_hand("oli")]
    assert [[], [], []] == [stock.on_hand("zzz"), stock.on_hand('"'), stock.on_hand(location=shop_of(2))]
    first = stock.on_hand(location=shop_of(1), limit=1)
    assert ["BAN-2"] == [row.code for row in first]
    assert ["OLI-1"] == [row.code for row in stock.on_hand(limit=1, after=first[0].cursor)]
