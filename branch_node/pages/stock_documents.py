"""Goods received, and what else is a list made by scanning and saved in one step."""

from collections.abc import Callable
from typing import Any

from flask import Response, make_response, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from branch_node.pages.areas import stock_area
from branch_node.pages.baskets import Basket, new_token, read_basket
from branch_node.pages.here import branch, me
from crm import stock
from crm.errors import BadText, BusinessError
from crm.stock import Moved
from sync.unit import Unit
from ui.access import requires
from ui.beside import Beside
from ui.forms import Reading
from ui.notices import say
from ui.render import form_page, is_fragment


def list_page(basket: Basket, form: Reading, **texts: Any) -> Response:
    """The list as typed; *texts*: what ``stock/document.html`` says around it."""
    return form_page("stock/form.html" if is_fragment() else "stock/document.html", form, basket=basket, **texts)


def write_once(token: str, form: Reading, write: Callable[[Unit], bytes]) -> None:
    """Writes in one unit, unless a submission of the same list did; a rule that says no stands beside its field."""
    with Beside(form, _place), branch().journal.unit(actor=me()) as unit:
        if unit.remembered(token) is None:
            unit.remember(token, write(unit))


def _place(error: BusinessError) -> str:
    return "note" if isinstance(error, BadText) else "form"


def leave_for(address: str) -> Answer:
    """The list is done: on to *address*, for a form that was sent by htmx too."""
    if not is_fragment():
        return redirect(address, 303)
    answer = make_response("", 200)
    answer.headers["HX-Redirect"] = address
    return answer


def _page(basket: Basket, form: Reading) -> Response:
    return list_page(
        basket,
        form,
        title=_("Receive goods"),
        intro=_("Scan what came in; scanning the same article again adds one."),
        address=url_for("stock.save_received"),
        back=url_for("stock.browse"),
        note_hint=_("Such as the number of the delivery note."),
    )


@stock_area.get("/stock/receive")
@requires("stock.move")
def receive() -> Response:
    """An empty list of goods that came in."""
    return _page(Basket(new_token()), Reading({}))


@stock_area.post("/stock/receive")
@requires("stock.move")
def save_received() -> Answer:
    """Adds what came in."""
    basket, form = read_basket(request.form, False), Reading(request.form)
    note = form.text("note")
    form.errors |= basket.errors
    lines = [Moved(one.item.id, int(one.quantity)) for one in basket.lines if not one.error]
    if not form.errors:
        write_once(basket.token, form, lambda unit: stock.record_document(unit, "receive", lines, note=note))
    if form.errors:
        return _page(basket, form)
    say(_("Goods received: %(count)s lines.", count=len(lines)))
    return leave_for(url_for("stock.browse"))
