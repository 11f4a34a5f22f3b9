"""What a customer is interested in, on the card of both nodes: added by typing, taken off by a button."""

from collections.abc import Sequence

from flask import Blueprint, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from crm.customers import tags
from crm.errors import BadText, BusinessError
from ui.access import requires
from ui.addresses import named_row
from ui.beside import Beside
from ui.forms import Reading
from ui.node import node
from ui.notices import say

OFFERED = 30


def hang(area: Blueprint, customer: str) -> None:
    """The two steps as routes of a node's customers' room; *customer*: the route of a card there."""
    area.add_url_rule(f"{customer}/interests", view_func=add_interest, methods=["POST"])
    area.add_url_rule(f"{customer}/interests/remove", view_func=remove_interest, methods=["POST"])


def offered() -> Sequence[str]:
    """Words other cards bear, to choose from while one types."""
    return tags.known(OFFERED)


@requires("customers.edit")
def add_interest(ident: str) -> Response:
    """Puts a word on the card; what is wrong with it is told on top of the card."""
    form = Reading(request.values)
    word = form.text("interest", required=True, most=tags.TAG_MAX)
    if not form.errors:
        with Beside(form, _place), node().journal.unit(actor=current_user.id) as unit:
            tags.add(unit, named_row(ident), word)
    for wrong in form.errors.values():
        say(wrong, "bad")
    return _back(ident)


@requires("customers.edit")
def remove_interest(ident: str) -> Response:
    """Takes a word off the card; one tap puts it back."""
    word = request.form.get("interest", "")
    with node().journal.unit(actor=current_user.id) as unit:
        removed = tags.remove(unit, named_row(ident), word)
    if removed:
        say(_("Taken off the card."), undo=url_for(".add_interest", ident=ident, interest=word))
    return _back(ident)


def _place(error: BusinessError) -> str:
    return "interest" if isinstance(error, BadText) else ""


def _back(ident: str) -> Response:
    return redirect(url_for(".show", ident=ident, _anchor="interests"), 303)
