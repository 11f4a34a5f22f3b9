"""The shift at the till: opened with a float, cash put in and taken out, closed by counting blind."""

from flask import Response, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from branch_node.pages.areas import shifts_area
from branch_node.pages.baskets import TOKEN, new_token
from branch_node.pages.here import branch, me
from branch_node.pages.till import TILL
from crm import money
from crm.errors import BusinessError
from crm.money import IN, OUT, Span
from ui.access import requires
from ui.addresses import named_row, row_id
from ui.beside import Beside
from ui.forms import Reading
from ui.notices import say
from ui.render import form_page


def _page(form: Reading) -> Response:
    shift = money.current(branch().stream, TILL)
    last = None if shift else money.last(branch().stream, TILL)
    return form_page(
        "shifts/here.html",
        form,
        shift=shift,
        moves=money.moves(shift.id) if shift else [],
        since=(0, 0) if shift else money.sold_since(branch().stream, TILL),
        last_href=url_for("shifts.show_one", ident=last.hex()) if last else "",
        token_of_list=new_token(),
        reason_max=money.REASON_MAX,
    )


@shifts_area.get("/shift")
@requires("sell")
def show() -> Response:
    """The shift that is open, with a form for cash without a sale; without one, the form that opens it."""
    return _page(Reading({}))


@shifts_area.post("/shift")
@requires("sell")
def open_one() -> Answer:
    """Opens a shift; sent twice it opens one."""
    form = Reading(request.form)
    opening = form.rupiah("opening")
    if not form.errors and not money.is_open(branch().stream, TILL):
        with Beside(form, lambda error: "opening"), branch().journal.unit(actor=me()) as unit:
            money.open_shift(unit, opening, TILL)
        if not form.errors:
            say(_("The shift is open."))
    return _page(form) if form.errors else redirect(url_for("shifts.show"), 303)


@shifts_area.post("/shift/cash")
@requires("sell")
def move() -> Answer:
    """Cash put into the drawer or taken out of it; the same form twice counts once."""
    form = Reading(request.form)
    kind, amount = form.choice("kind", (IN, OUT)), form.rupiah("amount", least=1)
    reason = form.text("reason", required=True, most=money.REASON_MAX)
    shift, token = row_id(form.values.get("shift", "")), form.values.get("token", "")
    if shift is None or not TOKEN.fullmatch(token):
        form.errors["form"] = _("Open a shift first.")
    elif not form.errors:
        with Beside(form, _place), branch().journal.unit(actor=me()) as unit:
            if unit.remembered(token) is None:
                unit.remember(token, money.move_cash(unit, shift, kind, amount, reason))
    if form.errors:
        return _page(form)
    say(_("Written down."))
    return redirect(url_for("shifts.show"), 303)


def _place(error: BusinessError) -> str:
    return {"bad_text": "reason", "bad_cash": "amount"}.get(error.code, "form")


@shifts_area.get("/shift/<ident>/count")
@requires("sell")
def count(ident: str) -> Answer:
    """The form for what was counted; it tells nothing of what should be there."""
    return _counting(money.find(named_row(ident)), Reading({}))


@shifts_area.post("/shift/<ident>/count")
@requires("sell")
def close(ident: str) -> Answer:
    """Closes the shift and shows what differs; sent twice it closes once."""
    shift, form = money.find(named_row(ident)), Reading(request.form)
    counted = form.rupiah("counted")
    if not form.errors and shift.closing is None:
        with Beside(form, lambda error: "counted"), branch().journal.unit(actor=me()) as unit:
            money.close_shift(unit, shift.id, counted)
        if not form.errors:
            say(_("The shift is closed."))
    return _counting(shift, form)


def _counting(shift: Span, form: Reading) -> Answer:
    """The form while it is to be filled in; else what it led to."""
    if form.errors or (shift.closing is None and not form.values):
        return form_page("shifts/count.html", form, shift=shift)
    return redirect(url_for("shifts.show_one", ident=shift.id.hex()), 303)
