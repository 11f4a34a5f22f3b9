"""Goods received and shelves counted: a list made by scanning, saved in one step."""

from flask import Response, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from branch_node.pages.areas import stock_area
from branch_node.pages.baskets import Basket, new_token, read_basket
from branch_node.pages.here import branch, me, said
from crm import stock
from crm.errors import BadText, BusinessError
from crm.stock import Moved
from ui.access import requires
from ui.forms import Reading
from ui.notices import say
from ui.render import is_fragment


def _page(kind: str, basket: Basket, form: Reading, status: int = 200) -> Response:
    template = "stock/form.html" if is_fragment() else "stock/document.html"
    shown = render_template(template, kind=kind, basket=basket, values=form.values, errors=form.errors)
    return make_response(shown, status)


@stock_area.get("/stock/receive")
@requires("stock.move")
def receive() -> Response:
    """An empty list of goods that came in."""
    return _page("receive", Basket(new_token()), Reading({}))


@stock_area.get("/stock/count")
@requires("stock.move")
def count() -> Response:
    """An empty list of goods counted."""
    return _page("count", Basket(new_token()), Reading({}))


@stock_area.post("/stock/receive")
@requires("stock.move")
def save_received() -> Answer:
    """Adds what came in."""
    basket = read_basket(request.form)
    return _save("receive", basket, [Moved(one.item.id, int(one.quantity)) for one in basket.lines if not one.error])


@stock_area.post("/stock/count")
@requires("stock.move")
def save_count() -> Answer:
    """Corrects the books by what differed when each line was begun: sales made meanwhile stay counted once."""
    basket = read_basket(request.form, least=0)
    found = [(one, int(one.quantity) - one.number) for one in basket.lines if not one.error]
    return _save("count", basket, [Moved(one.item.id, difference) for one, difference in found if difference])


def _save(kind: str, basket: Basket, moved: list[Moved]) -> Answer:
    form = Reading(request.form)
    note = form.text("note")
    form.errors |= basket.errors
    if not form.errors and moved:
        try:
            _record(kind, basket.token, moved, note)
        except BusinessError as error:
            form.errors["note" if isinstance(error, BadText) else "form"] = said(error)
    if form.errors:
        return _page(kind, basket, form, 422)
    say(_saved(kind, len(moved)))
    return _to_stock()


def _record(kind: str, token: str, moved: list[Moved], note: str) -> None:
    with branch().journal.unit(actor=me()) as unit:
        if unit.remembered(token) is None:
            unit.remember(token, stock.record_document(unit, kind, moved, note=note))


def _saved(kind: str, count: int) -> str:
    if kind == "receive":
        return _("Goods received: %(count)s lines.", count=count)
    return _("Counted: %(count)s lines differed.", count=count) if count else _("Counted: everything was right.")


def _to_stock() -> Answer:
    if not is_fragment():
        return redirect(url_for("stock.browse"), 303)
    answer = make_response("", 200)
    answer.headers["HX-Redirect"] = url_for("stock.browse")
    return answer
