"""Prices of a basket: those of its customer when one is chosen, and a word about what changed meanwhile."""

from flask import Response, make_response, render_template, request
from flask_babel import gettext as _

from branch_node.pages.areas import till_area
from branch_node.pages.baskets import Basket, BasketLine, read_basket, stock_here
from crm.catalogue import prices
from ui.access import requires
from ui.addresses import row_id
from ui.filters import rupiah
from ui.notices import say

TOLD_MAX = 3


@till_area.post("/till/prices")
@requires("sell")
def price_again() -> Response:
    """The lines of the basket that was sent, at the prices of the customer chosen now; a typed price stays."""
    basket, customer = read_basket(request.form, True), row_id(request.form.get("customer", ""))
    stock = stock_here([line.item.id for line in basket.lines])
    shown = [
        render_template("till/line.html", line=_priced(line, customer), stock=stock.get(line.item.id), kind="sale")
        for line in basket.lines
    ]
    return make_response("".join(shown))


def _priced(line: BasketLine, customer: bytes | None) -> BasketLine:
    return line._replace(price=prices.for_customer(line.item, customer) or line.price)


def tell_kept_prices(basket: Basket, customer: bytes | None) -> None:
    """Says on the receipt's page which prices head office changed while the basket was open: it kept those shown."""
    changed = prices.changed(((line.item, line.price or 0) for line in basket.lines), customer)
    for one in changed[:TOLD_MAX]:
        said = {"name": one.item.name, "kept": rupiah(one.kept), "now": rupiah(one.now)}
        say(_("%(name)s was sold at %(kept)s, as shown. Its price is %(now)s now.", **said), "info")
