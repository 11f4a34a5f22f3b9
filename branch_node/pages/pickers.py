"""Parts of the till and the stock pages: hits while one scans or types."""

from collections.abc import Callable

from flask import render_template, request

from branch_node.pages.areas import stock_area, till_area
from branch_node.pages.baskets import BasketLine, first_line, stock_here
from crm import catalogue, customers
from crm.catalogue import Item, prices
from ui.access import requires
from ui.addresses import row_id

HITS = 8
CODE_CHARACTERS_MAX = 64


def _hits(line_of: Callable[[Item, int], BasketLine], kind: str, goods: str | None) -> str:
    """The products that fit ``q``, the exact code or barcode first, then names; each with the line it would add."""
    asked = request.args.get("q", "").strip()
    exact = catalogue.find(asked) if asked else None
    if exact and (exact.archived or (goods and exact.kind != goods)):
        exact = None
    others = [item for item in catalogue.suggest(asked, goods, HITS) if exact is None or item.id != exact.id]
    items = [exact, *others] if exact else others
    stock = stock_here([item.id for item in items])
    return render_template(
        "till/hits.html",
        asked=asked[:CODE_CHARACTERS_MAX],
        exact=exact is not None,
        hits=[(line_of(item, stock.get(item.id, 0)), stock.get(item.id)) for item in items],
        kind=kind,
    )


@till_area.get("/till/find")
@till_area.get("/till/find/<customer>")
@requires("sell")
def find_to_sell(customer: str = "") -> str:
    """Products for the basket, each at its price of now for this customer."""
    buyer = row_id(customer)
    return _hits(lambda item, _stock: first_line(item, prices.for_customer(item, buyer)), "sale", None)


@stock_area.get("/stock/receive/find")
@requires("stock.move")
def find_to_receive() -> str:
    """Goods that came in, or are to go to another branch."""
    return _hits(lambda item, _stock: first_line(item, None), "receive", "goods")


@till_area.get("/till/customers")
@requires("sell")
def find_customers() -> str:
    """Customers for the sale."""
    asked = request.args.get("q", "").strip()
    found = customers.search(asked, limit=HITS) if asked else []
    return render_template("till/customer_hits.html", asked=asked, found=customers.links.once_each(found))
