"""One customer: everything this branch knows, and what is written down about the person."""

from typing import Any

from flask import Response, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from branch_node.pages.areas import customers_area
from branch_node.pages.here import branch, me
from crm import customers
from ui.access import requires
from ui.addresses import named_row
from ui.beside import Beside
from ui.forms import Reading
from ui.notices import say
from ui.pages import conflicts, interests
from ui.render import form_page
from ui.value_words import CUSTOMER_KINDS, NOTE_KINDS, PURPOSES, told

NOTE_CHARACTERS_MAX = 2_000
interests.hang(customers_area, "/customers/<ident>")


def _page(customer: bytes, form: Reading) -> Response:
    return form_page(
        "customers/card.html",
        form,
        card=_card(customer),
        versions=conflicts.about_customer(customer),
        offered=interests.offered(),
        purposes=told(PURPOSES),
        note_kinds=told(NOTE_KINDS),
        kinds=told(CUSTOMER_KINDS),
    )


def _card(customer: bytes) -> dict[str, Any]:
    card = customers.card(customer)
    for sale in card["sales"]:
        sale["link"] = url_for("sales.receipt", sale=sale["id"].hex())
    return card


def _back(customer: str) -> Answer:
    return redirect(url_for("customers.show", ident=customer), 303)


@customers_area.get("/customers/<ident>")
@requires("customers.edit")
def show(ident: str) -> Response:
    """Contacts, consents, notes, purchases."""
    return _page(named_row(ident), Reading({}))


@customers_area.post("/customers/<customer>/consents")
@requires("customers.edit")
def set_consents(customer: str) -> Answer:
    """What the customer wants to get by SMS: each purpose on or off; only what changed is written."""
    with branch().journal.unit(actor=me()) as unit:
        customers.agree(unit, named_row(customer), request.form.getlist("purpose"))
    say(_("What the customer agreed to is saved."))
    return _back(customer)


@customers_area.post("/customers/<customer>/notes")
@requires("customers.edit")
def add_note(customer: str) -> Answer:
    """Something learnt of the customer."""
    form, row = Reading(request.form), named_row(customer)
    kind = form.choice("kind", NOTE_KINDS)
    text = form.text("text", required=True, most=NOTE_CHARACTERS_MAX)
    if not form.errors:
        with Beside(form), branch().journal.unit(actor=me()) as unit:
            customers.add_note(unit, row, kind, text)
    if form.errors:
        return _page(row, form)
    say(_("The note is saved."))
    return _back(customer)
