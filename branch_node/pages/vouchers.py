"""Vouchers: what may be taken here, taking it, and asking head office for more."""

from collections.abc import Callable

from flask import Response, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from branch_node.pages.areas import vouchers_area
from branch_node.pages.baskets import TOKEN, new_token
from branch_node.pages.here import branch, me
from crm import vouchers
from crm.errors import BusinessError
from sync.unit import Unit
from ui.access import requires
from ui.addresses import row_id
from ui.beside import Beside
from ui.forms import Reading
from ui.notices import say
from ui.render import form_page


def _page(form: Reading) -> Response:
    known = vouchers.here(branch().stream)
    choices = {one.id.hex(): f"{one.name} ({one.code})" for one in known}
    values = {"quantity": "1", **form.values}
    return form_page("vouchers/here.html", form, values, rows=known, choices=choices, token_of_list=new_token())


@vouchers_area.get("/vouchers")
@requires("sell")
def show() -> Response:
    """Every voucher that is given out, how many uses this branch has, and the form to take some."""
    return _page(Reading({}))


@vouchers_area.post("/vouchers/use")
@requires("sell")
def use() -> Answer:
    """A customer takes uses of a voucher."""
    return _done(vouchers.use, _("Written down."))


@vouchers_area.post("/vouchers/ask")
@requires("sell")
def ask() -> Answer:
    """Head office is asked for more."""
    return _done(vouchers.ask, _("Head office is asked; its answer comes by itself."))


def _done(act: Callable[[Unit, bytes, int], bytes], words: str) -> Answer:
    """Writes the step once; a rule that says no is told beside its field."""
    form = Reading(request.form)
    voucher, quantity = row_id(form.values.get("voucher", "")), form.quantity("quantity", most=vouchers.AT_ONCE_MAX)
    token = form.values.get("token", "")
    if voucher is None or not TOKEN.fullmatch(token):
        form.errors["voucher"] = _("Choose one of the list.")
    elif not form.errors:
        with Beside(form, _place), branch().journal.unit(actor=me()) as unit:
            if unit.remembered(token) is None:
                unit.remember(token, act(unit, voucher, quantity))
    if form.errors:
        return _page(form)
    say(words)
    return redirect(url_for("vouchers.show"), 303)


def _place(error: BusinessError) -> str:
    return "voucher" if error.code in ("unknown_voucher", "voucher_withdrawn") else "quantity"
