"""Lines of a list as the page needs them again: after a reload, and when a product without a price gets one."""

from typing import Any

from flask import Response, abort, make_response, render_template, request

from branch_node.pages.areas import stock_area, till_area
from branch_node.pages.baskets import first_line, read_basket, stock_here
from crm import catalogue
from crm.reading import dicts
from ui.access import requires
from ui.addresses import named_row
from ui.forms import Reading

_SENT = "SELECT 1 FROM request WHERE name = ?"


def _again(kind: str) -> Response:
    """The lines that were sent, written anew; 204 when the list of their token was saved already."""
    basket = read_basket(request.form, kind == "sale")
    if dicts(_SENT, (basket.token,)):
        return make_response("", 204)
    stock = stock_here([line.item.id for line in basket.lines])
    shown = [
        render_template("till/line.html", line=line, stock=stock.get(line.item.id), kind=kind) for line in basket.lines
    ]
    return make_response("".join(shown))


@till_area.post("/till/again")
@requires("sell")
def again_to_sell() -> Response:
    """An unsent basket, each line at the price it was shown at."""
    return _again("sale")


@stock_area.post("/stock/receive/again")
@requires("stock.move")
def again_to_receive() -> Response:
    """An unsent list of goods."""
    return _again("receive")


@till_area.post("/till/price")
@requires("sell")
def give_price() -> Response:
    """The line of a product without a price, at the price typed; one that has a price keeps it."""
    form = Reading(request.form)
    found: Any = catalogue.item(named_row(form.text("code"))) or abort(404)
    price = found.price or form.rupiah("price")
    if form.errors:
        return make_response(
            render_template("till/priceless.html", item=found, values=form.values, errors=form.errors), 422
        )
    stock = stock_here([found.id]).get(found.id)
    return make_response(render_template("till/line.html", line=first_line(found, price), stock=stock, kind="sale"))
