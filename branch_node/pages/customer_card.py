"""One customer: everything this branch knows, and what is written down about the person."""

from typing import Any

from flask import Response, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from branch_node.pages.areas import customers_area
from branch_node.pages.here import branch, me, named_row, said
from crm import customers
from crm.customers import PURPOSES
from crm.errors import BadText
from sync.errors import N_
from ui import value_words
from ui.access import requires
from ui.forms import Reading
from ui.notices import say

NOTE_WORDS = {"need": N_("Need"), "interaction": N_("Contact"), "remark": N_("Remark")}
NOTE_CHARACTERS_MAX = 2_000


def _page(customer: bytes, form: Reading, status: int = 200) -> Response:
    shown = render_template(
        "customers/card.html",
        card=_card(customer),
        purposes={name: _(words) for name, words in value_words.PURPOSES.items()},
        note_kinds={name: _(words) for name, words in NOTE_WORDS.items()},
        kinds={name: _(words) for name, words in value_words.CUSTOMER_KINDS.items()},
        values=form.values,
        errors=form.errors,
    )
    return make_response(shown, status)


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
    row = named_row(customer)
    held = customers.card(row)["consents"]
    wanted = {purpose: purpose in request.form.getlist("purpose") for purpose in PURPOSES}
    changed = [purpose for purpose in PURPOSES if wanted[purpose] is not bool(held[purpose])]
    with branch().journal.unit(actor=me()) as unit:
        for purpose in changed:
            customers.set_consent(unit, row, purpose, wanted[purpose])
    say(_("What the customer agreed to is saved."))
    return _back(customer)


@customers_area.post("/customers/<customer>/notes")
@requires("customers.edit")
def add_note(customer: str) -> Answer:
    """Something learnt of the customer."""
    form, row = Reading(request.form), named_row(customer)
    kind = form.choice("kind", NOTE_WORDS)
    text = form.text("text", required=True, most=NOTE_CHARACTERS_MAX)
    if not form.errors:
        try:
            with branch().journal.unit(actor=me()) as unit:
                customers.add_note(unit, row, kind, text)
        except BadText as error:
            form.errors["text"] = said(error)
        else:
            say(_("The note is saved."))
            return _back(customer)
    return _page(row, form, 422)
