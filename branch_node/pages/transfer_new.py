"""Goods sent to another branch, or asked of one: a list made by scanning."""

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from branch_node.pages.areas import stock_area
from branch_node.pages.baskets import Basket, new_token, read_basket
from branch_node.pages.here import branch
from branch_node.pages.stock_documents import leave_for, list_page, write_once
from crm import transfers
from crm.branches import Branch
from crm.transfers import Moved
from ui.access import requires
from ui.forms import Reading
from ui.notices import say


def _partners() -> dict[str, str]:
    """The other branches, by id in hex."""
    others = Branch.select().where(~Branch.archived & (Branch.stream != branch().stream)).order_by(Branch.code)
    return {"": _("Choose a branch"), **{bytes(one.id).hex(): f"{one.code} · {one.name}" for one in others}}


def _texts(sending: bool) -> dict[str, Any]:
    if sending:
        return {
            "title": _("Send to a branch"),
            "intro": _("Scan what you pack. The other branch sees it on the way as soon as both are online."),
            "address": url_for("stock.send_unasked"),
            "partner_label": _("To which branch"),
            "done": _("Send"),
        }
    return {
        "title": _("Ask a branch for goods"),
        "intro": _("Scan what you need. The other branch sees the list and sends what it can."),
        "address": url_for("stock.ask_for_goods"),
        "partner_label": _("From which branch"),
        "done": _("Ask"),
    }


def _page(sending: bool, basket: Basket, form: Reading) -> Response:
    return list_page(basket, form, partners=_partners(), back=url_for("stock.transfers_list"), **_texts(sending))


@stock_area.get("/stock/transfers/send")
@requires("stock.move")
def new_sending() -> Response:
    """An empty list of goods to pack."""
    return _page(True, Basket(new_token()), Reading({}))


@stock_area.get("/stock/transfers/request")
@requires("stock.move")
def new_request() -> Response:
    """An empty list of goods that are needed."""
    return _page(False, Basket(new_token()), Reading({}))


@stock_area.post("/stock/transfers/send")
@requires("stock.move")
def send_unasked() -> Answer:
    """The goods leave this shop now."""
    return _save(True)


@stock_area.post("/stock/transfers/request")
@requires("stock.move")
def ask_for_goods() -> Answer:
    """The other branch is asked."""
    return _save(False)


def _save(sending: bool) -> Answer:
    basket, form = read_basket(request.form, False), Reading(request.form)
    note, partner = form.text("note"), form.choice("partner", tuple(_partners())[1:])
    form.errors |= basket.errors
    lines = [Moved(one.item.id, int(one.quantity)) for one in basket.lines if not one.error]
    write = transfers.send_new if sending else transfers.request
    if not form.errors:
        write_once(basket.token, form, lambda unit: write(unit, bytes.fromhex(partner), lines, note))
    if form.errors:
        return _page(sending, basket, form)
    say(_("Sent: the goods are on the way until they are received.") if sending else _("The goods are asked for."))
    return leave_for(url_for("stock.transfers_list"))
