"""Pelanggan: making and changing a card, its agreements and notes, archiving it."""

from collections.abc import Iterable
from typing import Any

from flask import redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from central_hub.pages.areas import customers_area
from central_hub.pages.here import hub
from central_hub.people import workplaces
from crm import customers
from ui.access import requires
from ui.addresses import named_row
from ui.beside import Beside
from ui.forms import Reading
from ui.notices import say
from ui.render import form_page
from ui.value_words import CUSTOMER_KINDS, NOTE_KINDS, told

FIELDS = ("name", "street", "city", "birth_date", "caution")
NOTE_MAX = 2_000


def _page(form: Reading, values: dict[str, Any], title: str, back: str, **more: Any) -> Response:
    choices = {"kinds": told(CUSTOMER_KINDS), "branches": workplaces(_("None"))}
    return form_page("customers/form.html", form, values, title=title, back=back, **choices, **more)


@customers_area.route("/new", methods=["GET", "POST"])
@requires("customers.edit")
def add() -> Response:
    """A new card; without a number it gets head office's next one."""
    form = Reading(request.form)
    made = _made(form) if request.method == "POST" else None
    if made:
        say(_("Customer saved."))
        return redirect(url_for("customers.show", ident=made.hex()))
    start = {"kind": "individual", "home_branch": ""}
    return _page(form, start, _("New customer"), url_for("customers.show_all"), is_new=True)


@customers_area.route("/<ident>/edit", methods=["GET", "POST"])
@requires("customers.edit")
def edit(ident: str) -> Response:
    """The card's own fields; the number stays."""
    card = customers.card(named_row(ident))
    form = Reading(request.form)
    if request.method == "POST" and _changed(form, card["id"]):
        say(_("Customer saved."))
        return redirect(url_for("customers.show", ident=ident))
    title = _("Change %(name)s", name=card["name"] or card["number"])
    return _page(form, _values(card), title, url_for("customers.show", ident=ident))


@customers_area.post("/<ident>/agreements")
@requires("customers.edit")
def agree(ident: str) -> Response:
    """What the customer wants by SMS, every purpose at once."""
    with hub().journal.unit(actor=current_user.id) as unit:
        customers.agree(unit, named_row(ident), request.form)
    say(_("Agreements saved."))
    return redirect(url_for("customers.show", ident=ident))


@customers_area.post("/<ident>/notes")
@requires("customers.edit")
def note(ident: str) -> Response:
    """Adds something learnt of the customer."""
    card = customers.card(named_row(ident))
    form = Reading(request.form)
    kind, text = form.choice("kind", NOTE_KINDS), form.text("text", required=True, most=NOTE_MAX)
    if not form.errors:
        with Beside(form), hub().journal.unit(actor=current_user.id) as unit:
            customers.add_note(unit, card["id"], kind, text)
    for wrong in form.errors.values():
        say(wrong, "bad")
    return redirect(url_for("customers.show", ident=ident, _anchor="notes"))


@customers_area.post("/<ident>/<any(archive, restore):step>")
@requires("customers.edit")
def archive(ident: str, step: str) -> Response:
    """Takes the card off the lists, or puts it back."""
    card = customers.card(named_row(ident))
    with hub().journal.unit(actor=current_user.id) as unit:
        customers.change_customer(unit, card["id"], {"archived": step == "archive"})
    name = card["name"] or card["number"]
    if step == "archive":
        undo = url_for("customers.archive", ident=ident, step="restore")
        say(_("%(name)s is archived and no longer found by search.", name=name), undo=undo)
    else:
        say(_("%(name)s is back on the lists.", name=name))
    return redirect(url_for("customers.show", ident=ident))


def _values(card: dict[str, Any]) -> dict[str, Any]:
    numbers = [point["shown"] for point in card["contacts"] if point["kind"] == "phone"]
    home = card["home_branch"].hex() if card["home_branch"] else ""
    return {**card, "home_branch": home, "phones": "\n".join(numbers)}


def _read(form: Reading) -> tuple[dict[str, Any], list[str]]:
    values: dict[str, Any] = {name: form.text(name, required=name == "name") for name in FIELDS}
    values["kind"] = form.choice("kind", CUSTOMER_KINDS)
    home = form.choice("home_branch", workplaces(_("None")))
    values["home_branch"] = bytes.fromhex(home) if home else None
    return values, form.text("phones").splitlines()


def _made(form: Reading) -> bytes | None:
    values, phones = _read(form)
    number = form.text("number") or None
    if form.errors:
        return None
    with Beside(form), hub().journal.unit(actor=current_user.id) as unit:
        return customers.create_customer(unit, number=number, phones=phones, hash_key=hub().company_key, **values)
    return None


def _changed(form: Reading, customer: bytes) -> bool:
    values, phones = _read(form)
    if form.errors:
        return False
    return _save(form, customer, values, phones)


def _save(form: Reading, customer: bytes, values: dict[str, Any], phones: Iterable[str]) -> bool:
    with Beside(form), hub().journal.unit(actor=current_user.id) as unit:
        customers.change_customer(unit, customer, values, phones, hub().company_key)
    return not form.errors
