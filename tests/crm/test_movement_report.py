"""Stock movements of a period."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from crm import movement_report, selling, stock
from crm.movement_report import CUTS
from crm.periods import between
from crm.selling import Line, Paid
from crm.stock import Moved
from sync.model import natural_id

OIL, TYRE = natural_id("product", "OLI-1"), natural_id("product", "BAN-2")


def at(day: int) -> int:
    return int(datetime(2026, 2, day, 12, tzinfo=ZoneInfo("Asia/Jakarta")).timestamp() * 1_000)


@pytest.fixture
def moved(branch: Any) -> None:
    """Goods received now; a sale of two products and a return on two days of February."""
    with branch.unit() as unit:
        stock.record_document(unit, "receive", [Moved(OIL, 10)])
    for day, kind, lines in ((1, "sale", [Line(OIL, 2, 5), Line(TYRE, 1, 5)]), (2, "return", [Line(OIL, -1, 5)])):
        total = sum(line.quantity * line.price for line in lines)
        with branch.unit() as unit:
            selling.record_sale(unit, lines=lines, payments=[Paid("cash", total)], kind=kind, at=at(day))


def rows(by: str, *days: str, stream: int | None = None) -> list[tuple[Any, ...]]:
    return list(movement_report.movements(by, between(*days), stream))


def test_movements_by_kind_and_product(moved: None) -> None:
    """Goal: what came in and went out. Method: known documents, whole and one branch's; another has none."""
    assert [("receive", 10, 0, 1), ("return", 1, 0, 1), ("sale", 0, 3, 2)] == rows("kind") == rows("kind", stream=1)
    assert [("BAN-2", 0, 1, 1), ("OLI-1", 11, 2, 3)] == rows("product")
    assert [] == rows("kind", stream=2)


def test_movements_of_days(moved: None) -> None:
    """Goal: any period. Method: the day of the return."""
    assert [("OLI-1", 1, 0, 1)] == rows("product", "2026-02-02", "2026-02-02")


@pytest.mark.parametrize("by", CUTS)
def test_movements_add_up_to_what_is_on_hand(branch: Any, moved: None, by: str) -> None:
    """Goal: the report and the shelves agree. Method: in less out against the sum on hand."""
    ((held,),) = branch.store.connection().execute("SELECT sum(quantity) FROM on_hand").fetchall()
    assert held == sum(row[1] - row[2] for row in rows(by))
