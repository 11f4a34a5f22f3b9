"""What a product costs whom: the retail price, one for members and one for companies; head office sets them."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from crm.catalogue.lookup import Item
from crm.catalogue.models import Product, ProductPrice
from crm.customers.models import Customer
from crm.errors import BadPrice, PriceAboveRetail, UnknownProduct
from crm.reading import dicts
from sync import limits
from sync.unit import Unit

MEMBER, CORPORATE = "member", "corporate"
LISTS = (MEMBER, CORPORATE)
OF_KIND = {"individual": (MEMBER,), "corporate": (MEMBER, CORPORATE)}  # the lists a known customer buys by
_LISTED = "SELECT price_list, price FROM product_price WHERE product = ? AND price IS NOT NULL"


class Change(NamedTuple):
    """A product whose price changed after it was put in a basket: ``kept`` there, ``now`` in the catalogue, rupiah."""

    item: Item
    kept: int
    now: int


def price_for(retail: int, listed: Mapping[str, int], kind: str | None) -> int:
    """The rule: the lowest price that a customer of this *kind* may have, in rupiah; None is a customer nobody knows.

    Every known customer is a member; a company has the members' price too.  A product without a retail price has none.
    """
    return min([retail, *(listed[name] for name in OF_KIND.get(kind or "", ()) if name in listed)])


def listed(product: bytes) -> dict[str, int]:
    """The prices of a product beside the retail one, by list, in rupiah."""
    return {row["price_list"]: row["price"] for row in dicts(_LISTED, (product,))}


def for_customer(item: Item, customer: bytes | None) -> int:
    """What *item* costs this customer now; an archived card is nobody's."""
    card = Customer.get_or_none((Customer.id == customer) & ~Customer.archived) if customer else None
    return price_for(item.price, listed(item.id), card.kind) if card else item.price


def changed(shown: Iterable[tuple[Item, int]], customer: bytes | None) -> list[Change]:
    """The products whose price for this customer is another now than the one *shown*."""
    now = [(item, price, for_customer(item, customer)) for item, price in shown]
    return [Change(item, price, today) for item, price, today in now if today and today != price]


def set_prices(unit: Unit, product: bytes, wanted: Mapping[str, int | None]) -> bool:
    """Sets the prices of these lists; None takes one away.  True when something changed.  Head office only.

    Raises UnknownProduct, BadPrice, PriceAboveRetail.
    """
    row = unit.get(Product, product)
    if row is None:
        raise UnknownProduct
    had = dict(unit.query(_LISTED, (product,)))
    new = {name: price for name, price in wanted.items() if had.get(name) != price}
    for name, price in new.items():
        _check(name, price, row["price"])
        values = {"product": product, "price_list": name, "price": price}
        unit.insert(ProductPrice, values, key=(product, name))
    return bool(new)


def _check(name: str, price: int | None, retail: int) -> None:
    if price is not None and not 0 < price <= limits.RUPIAH_MAX:
        raise BadPrice(price=price, limit=limits.RUPIAH_MAX)
    if price is not None and price > retail:
        raise PriceAboveRetail(price_list=name, price=price, retail=retail)
