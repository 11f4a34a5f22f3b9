"""Branches."""

from typing import Any

import pytest

from crm import branches
from crm.errors import BadBranchCode, BadChoice, BadText, BranchCodeTaken, BusinessError
from crm.locations import StockLocation, shop_of
from sync.errors import NotAllowedHere


def test_a_branch_is_found_by_code_and_number(hub: Any) -> None:
    """Goal: look-ups and zones. Method: two branches and ones that do not exist."""
    found = branches.by_code(" ptk ")
    assert found
    assert ("Pontianak", 1) == (found.name, found.stream)
    assert [None, None, None] == [branches.by_code("ZZZ"), branches.by_stream(9), branches.by_stream(0)]
    assert ["WIB", "WITA", "WIB"] == [branches.zone_of(stream) for stream in (1, 2, 0)]


def test_a_branch_has_its_shop(hub: Any) -> None:
    """Goal: goods have a place from the first day. Method: read the location."""
    assert "shop" == StockLocation.get(StockLocation.id == shop_of(1)).name


@pytest.mark.row("H-62")
@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"code": "P"}, BadBranchCode),
        ({"code": "PONTIANAK"}, BadBranchCode),
        ({"code": "P-1"}, BadBranchCode),
        ({"code": "ÄÖ"}, BadBranchCode),
        ({"code": "HO"}, BadBranchCode),
        ({"code": "ptk"}, BranchCodeTaken),
        ({"name": ""}, BadText),
        ({"kind": "bakery"}, BadChoice),
        ({"zone": "GMT"}, BadChoice),
    ],
)
def test_a_wrong_branch_is_refused(hub: Any, change: dict[str, Any], error: type[BusinessError]) -> None:
    """Goal: nothing half-made. Method: a table; count branches and locations."""
    values = {"code": "SBY", "name": "Surabaya", "kind": "outlet", "stream": 3, "zone": "WIB", **change}
    with pytest.raises(error), hub.unit() as unit:
        branches.create_branch(unit, **values)
    assert (2, 2) == (hub.count("branch"), hub.count("stock_location"))


def test_a_branch_makes_no_branches(branch: Any) -> None:
    """Goal: head office alone does. Method: try it at a branch."""
    with pytest.raises(NotAllowedHere), branch.unit() as unit:
        branches.create_branch(unit, "SBY", "Surabaya", kind="outlet", stream=3)
