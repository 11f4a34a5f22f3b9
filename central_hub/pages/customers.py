"""Pelanggan: search, and one customer's card (rows H-45, H-49)."""

from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _

from central_hub.pages.areas import customers_area
from crm import customers
from crm.customers import Found
from ui.access import requires
from ui.addresses import named_row
from ui.pages import conflicts, interests
from ui.paging import PAGE_ROWS, paged
from ui.render import page
from ui.value_words import CUSTOMER_KINDS, NOTE_KINDS, PURPOSES, told

interests.hang(customers_area, "/<ident>")


@customers_area.get("")
@requires("customers.edit")
def show_all() -> str:
    """Search as you type over name, number and phone; without text all, by name."""
    text, after = request.args.get("q", ""), request.args.get("after", "")
    found = customers.search(text, PAGE_ROWS + 1, after or None)
    return page(
        "customers/list.html",
        "customers/rows.html",
        rows=[_row(customer) for customer in customers.links.once_each(found[:PAGE_ROWS])],
        asked=text,
        **paged(found, after, q=text or None),
    )


def _row(found: Found) -> dict[str, Any]:
    return {
        **found._asdict(),
        "number": ", ".join((found.number, *found.also)),
        "title": found.name or found.number,
        "href": url_for("customers.show", ident=found.id.hex()),
        "phone": ", ".join(found.phones),
    }


@customers_area.get("/<ident>")
@requires("customers.edit")
def show(ident: str) -> str:
    """Who it is, how to reach them, what they agreed to, what was noted, what they bought."""
    card = customers.card(named_row(ident))
    for sale in card["sales"]:
        sale["href"] = url_for("sales.show", ident=sale["id"].hex())
    for note in card["notes"]:
        note["label"] = _(NOTE_KINDS.get(note["kind"], note["kind"]))
    return render_template(
        "customers/card.html",
        card=card,
        versions=conflicts.about_customer(card["id"]),
        ident=ident,
        offered=interests.offered(),
        kind=_(CUSTOMER_KINDS.get(card["kind"], card["kind"])),
        purposes=told(PURPOSES),
        note_kinds=told(NOTE_KINDS),
        note=request.args.get("note", ""),
    )
