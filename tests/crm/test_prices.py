"""Prices: the rule, who buys by which list, what head office may set, and what a basket keeps."""

from typing import Any

import pytest

from crm import catalogue, customers
from crm.catalogue import prices
from crm.catalogue.prices import price_for
from crm.errors import BadPrice, PriceAboveRetail, UnknownProduct
from sync import limits
from sync.errors import NotAllowedHere

BOTH = {"member": 900, "corporate": 800}


def make(hub: Any, **listed: int | None) -> bytes:
    with hub.unit() as unit:
        made = catalogue.create_product(unit, {"code": "OLI", "name": "Oli", "price": 1_000})
        prices.set_prices(unit, made, listed)
    return made


@pytest.mark.row("G-38", "G-40")
@pytest.mark.parametrize(
    ("retail", "listed", "kind", "price"),
    [
        (1_000, BOTH, None, 1_000),
        (1_000, BOTH, "individual", 900),
        (1_000, BOTH, "corporate", 800),
        (1_000, {"member": 700, "corporate": 800}, "corporate", 700),
        (1_000, {"member": 900}, "corporate", 900),
        (1_000, {"corporate": 800}, "individual", 1_000),
        (1_000, {}, "individual", 1_000),
        (850, BOTH, "individual", 850),
        (0, BOTH, "corporate", 0),
        (1_000, {"gold": 1}, "individual", 1_000),
        (1_000, BOTH, "another", 1_000),
    ],
)
def test_the_rule(retail: int, listed: dict[str, int], kind: str | None, price: int) -> None:
    """Goal: the lowest price a customer may have, never above the one for everybody. Method: a table."""
    assert price == price_for(retail, listed, kind)


def test_a_price_is_set_changed_and_taken_away(hub: Any) -> None:
    """Goal: head office sets each list by itself. Method: set, set again, take one away, an unknown product."""
    oil = make(hub, member=900)
    with hub.unit() as unit:
        assert prices.set_prices(unit, oil, {"corporate": 800})
        assert prices.set_prices(unit, oil, {"member": 900}) is False
    assert BOTH == prices.listed(oil)
    with hub.unit() as unit:
        assert prices.set_prices(unit, oil, {"member": None, "corporate": 1_000})
        with pytest.raises(UnknownProduct):
            prices.set_prices(unit, b"?" * 16, {"member": 1})
    assert {"corporate": 1_000} == prices.listed(oil)


@pytest.mark.row("H-62")
@pytest.mark.parametrize(
    ("price", "error"), [(0, BadPrice), (-1, BadPrice), (limits.RUPIAH_MAX + 1, BadPrice), (1_001, PriceAboveRetail)]
)
def test_illegal_prices(hub: Any, price: int, error: type[Exception]) -> None:
    """Goal: none for nothing, none that would cost a member more. Method: a table; nothing is made."""
    with pytest.raises(error):
        make(hub, member=price)
    assert (0, 0) == (hub.count("product"), hub.count("product_price"))


def test_a_branch_reads_prices(branch: Any, oil: bytes) -> None:
    """Goal: they are head office's. Method: set one at a branch."""
    with pytest.raises(NotAllowedHere), branch.unit() as unit:
        prices.set_prices(unit, oil, {"member": 1})


@pytest.mark.row("G-38", "G-40")
def test_what_a_customer_pays_and_what_a_basket_keeps(hub: Any, key: bytes) -> None:
    """Goal: the card decides; what changed is told. Method: nobody, person, company, archived; baskets old and new."""
    item = catalogue.item(make(hub, **BOTH))
    assert item
    with hub.unit() as unit:
        sari = customers.create_customer(unit, name="Sari", hash_key=key)
        firm = customers.create_customer(unit, name="PT Maju", kind="corporate", hash_key=key)
        gone = customers.create_customer(unit, name="Dewi", hash_key=key)
        customers.change_customer(unit, gone, {"archived": True})
    assert [1_000, 900, 800, 1_000, 1_000] == [
        prices.for_customer(item, one) for one in (None, sari, firm, gone, b"?" * 14)
    ]
    assert [(950, 900)] == [(one.kept, one.now) for one in prices.changed([(item, 950), (item, 900)], sari)]
    assert [] == prices.changed([(item._replace(price=0), 500)], None)
