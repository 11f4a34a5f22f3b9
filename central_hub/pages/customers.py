"""Pelanggan: search, and one customer's card (rows H-45, H-49)."""

from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _

from central_hub.forms import row_id
from central_hub.pages.areas import customers_area
from crm import customers
from crm.customers import Found
from sync.errors import N_
from ui.access import requires
from ui.render import page
from ui.value_words import CUSTOMER_KINDS, PURPOSES

PAGE = 50
NOTE_KINDS = {"remark": N_("Remark"), "need": N_("Need"), "interaction": N_("Conversation")}


@customers_area.get("")
@requires("customers.edit")
def show_all() -> str:
    """Search as you type over name, number and phone; without text the newest."""
    text, after = request.args.get("q", ""), request.args.get("after", "")
    found = customers.search(text, PAGE + 1, after or None)
    return page(
        "customers/list.html",
        "customers/rows.html",
        customers=[_row(customer) for customer in found[:PAGE]],
        text=text,
        after=after,
        next_after=found[PAGE - 1].cursor if len(found) > PAGE else "",
    )


def _row(found: Found) -> dict[str, Any]:
    return {
        **found._asdict(),
        "title": found.name or found.number,
        "href": url_for("customers.show", ident=found.id.hex()),
        "phone": ", ".join(found.phones),
    }


@customers_area.get("/<ident>")
@requires("customers.edit")
def show(ident: str) -> str:
    """Who it is, how to reach them, what they agreed to, what was noted, what they bought."""
    card = customers.card(row_id(ident))
    for sale in card["sales"]:
        sale["href"] = url_for("sales.show", ident=sale["id"].hex())
    for note in card["notes"]:
        note["label"] = _(NOTE_KINDS.get(note["kind"], note["kind"]))
    return render_template(
        "customers/card.html",
        card=card,
        ident=ident,
        kind=_(CUSTOMER_KINDS.get(card["kind"], card["kind"])),
        purposes={name: _(words) for name, words in PURPOSES.items()},
        note_kinds={name: _(words) for name, words in NOTE_KINDS.items()},
        note=request.args.get("note", ""),
    )
