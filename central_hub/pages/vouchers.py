"""Vouchers: issuing them, who holds how many uses, granting more, writing off what a lost computer held."""

from collections.abc import Callable
from typing import Any

from flask import Response, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from central_hub.pages.areas import vouchers_area
from crm import vouchers
from crm.errors import BusinessError
from crm.vouchers import Holding, Listed
from sync.unit import Unit
from ui.access import requires
from ui.addresses import named_row
from ui.beside import Beside
from ui.forms import Reading
from ui.node import node
from ui.notices import say
from ui.render import form_page


@vouchers_area.get("")
@requires("catalogue.edit")
def show_all() -> str:
    """Every voucher: issued, held by branches, used, lost, left."""
    told = [{**one._asdict(), "href": url_for("vouchers.show", ident=one.id.hex())} for one in vouchers.listed()]
    return render_template("vouchers/list.html", rows=told)


@vouchers_area.get("/<ident>")
@requires("catalogue.edit")
def show(ident: str) -> Response:
    """One voucher, branch by branch."""
    return _page(_known(ident), Reading({}))


def _page(one: Listed, form: Reading) -> Response:
    parts = vouchers.holdings(one.id)
    working = {part.code: f"{part.name} ({part.code})" for part in parts if part.at_work}
    lost = [part for part in parts if part.gone > 0]
    return form_page("vouchers/page.html", form, voucher=one, parts=parts, working=working, lost=lost)


@vouchers_area.route("/new", methods=["GET", "POST"])
@requires("catalogue.edit")
def add() -> Answer:
    """A new kind of voucher."""
    form = Reading(request.form)
    if request.method == "POST" and _written(form, vouchers.issue):
        say(_("Voucher saved. Branches get their share when they ask."))
        return redirect(url_for("vouchers.show_all"))
    return form_page("vouchers/form.html", form, {}, title=_("New voucher"), back=url_for("vouchers.show_all"))


@vouchers_area.route("/<ident>/edit", methods=["GET", "POST"])
@requires("catalogue.edit")
def edit(ident: str) -> Answer:
    """Its name, and how many uses there are in all."""
    one, form = _known(ident), Reading(request.form)
    back = url_for("vouchers.show", ident=ident)
    if request.method == "POST" and _written(form, lambda unit, *values: vouchers.change(unit, one.id, *values)):
        say(_("Voucher saved. Every branch gets the change."))
        return redirect(back)
    return form_page("vouchers/form.html", form, one._asdict(), title=_("Change %(code)s", code=one.code), back=back)


@vouchers_area.post("/<ident>/grant")
@requires("catalogue.edit")
def grant(ident: str) -> Answer:
    """A branch gets more uses."""
    one, form = _known(ident), Reading(request.form)
    parts = {part.code: part for part in vouchers.holdings(one.id)}
    code, quantity = form.choice("branch", tuple(parts)), form.quantity("quantity")
    if not form.errors:
        _write(form, lambda unit: vouchers.grant(unit, one.id, parts[code].stream, quantity))
    if form.errors:
        return _page(one, form)
    say(_("%(code)s gets them at its next contact.", code=code))
    return redirect(url_for("vouchers.show", ident=ident))


@vouchers_area.post("/<ident>/lost/<code>")
@requires("catalogue.edit")
def write_off(ident: str, code: str) -> Answer:
    """Head office bears what a computer held that is gone."""
    one, form = _known(ident), Reading(request.form)
    part = _part(one, code)
    _write(form, lambda unit: vouchers.write_off_lost(unit, one.id, part.stream))
    if form.errors:
        return _page(one, form)
    say(_("%(count)s uses are written off and can be granted again.", count=part.gone))
    return redirect(url_for("vouchers.show", ident=ident))


@vouchers_area.post("/<ident>/archive")
@requires("catalogue.edit")
def archive(ident: str) -> Answer:
    """Takes it back from the branches; the notice undoes that."""
    _withdrawn(ident, True)
    undo = url_for("vouchers.restore", ident=ident)
    say(_("Withdrawn. Branches that hear of it take no more uses."), undo=undo)
    return redirect(url_for("vouchers.show", ident=ident))


@vouchers_area.post("/<ident>/restore")
@requires("catalogue.edit")
def restore(ident: str) -> Answer:
    """Gives it out again."""
    _withdrawn(ident, False)
    say(_("It is given out again."))
    return redirect(url_for("vouchers.show", ident=ident))


def _known(ident: str) -> Listed:
    """The voucher the address names; 404 for one nobody issued."""
    return vouchers.find(named_row(ident))


def _part(one: Listed, code: str) -> Holding:
    part = next((part for part in vouchers.holdings(one.id) if part.code == code), None)
    if part is None:
        abort(404)
    return part


def _withdrawn(ident: str, is_withdrawn: bool) -> None:
    one = _known(ident)
    with node().journal.unit(actor=current_user.id) as unit:
        vouchers.withdraw(unit, one.id, is_withdrawn)


def _written(form: Reading, write: Callable[..., Any]) -> bool:
    code, name = form.text("code", required=True), form.text("name", required=True)
    issued = form.quantity("issued", least=0)
    if not form.errors:
        _write(form, lambda unit: write(unit, code, name, issued))
    return not form.errors


def _write(form: Reading, act: Callable[[Unit], object]) -> None:
    """One unit; then branches that wait are answered, as far as something is left now."""
    with Beside(form, _place):
        with node().journal.unit(actor=current_user.id) as unit:
            act(unit)
        vouchers.share_out(node().journal)


def _place(error: BusinessError) -> str:
    if error.code == "bad_text":
        return "code" if error.params["what"] == "Code" else "name"
    return {"voucher_code_taken": "code", "fewer_than_granted": "issued"}.get(error.code, "quantity")
