"""A basket put aside at the till, and gone on with later, at this till or another one of the branch."""

import json
from typing import Any

from flask import make_response, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as Answer

from branch_node.pages.areas import till_area
from branch_node.pages.baskets import TOKEN
from branch_node.pages.here import branch, me
from crm.customers import Customer
from crm.errors import BusinessError
from crm.selling import held
from ui.access import requires
from ui.addresses import row_id
from ui.explain import said
from ui.forms import Reading
from ui.notices import say
from ui.render import is_fragment

_KEPT = ("offer", "quantity", "discount", "sale_discount", "customer")


def form_of(token: str) -> MultiDict[str, str]:
    """The form of a held basket as it was sent; empty when it is not held any more."""
    content = held.content_of(token)
    kept: dict[str, list[str]] = json.loads(content) if content else {}
    return MultiDict({**kept, "token": [token]}) if kept else MultiDict()


@till_area.post("/till/hold")
@requires("sell")
def hold() -> Answer:
    """Puts the basket aside under a name, the customer's when none was typed; the till is free for the next one."""
    form = Reading(request.form)
    token, customer = form.text("token"), row_id(form.text("customer"))
    buyer = Customer.get_or_none(Customer.id == customer) if customer else None
    name = form.text("held_name", most=held.NAME_MAX) or (buyer.name if buyer else "") or _("Without a name")
    if not TOKEN.fullmatch(token) or not request.form.getlist("offer"):
        say(_("There is nothing in the list. Add at least one line."), "warn")
    else:
        _put_aside(token, name[: held.NAME_MAX])
    return _to_till()


def _put_aside(token: str, name: str) -> None:
    content = json.dumps({field: request.form.getlist(field) for field in _KEPT})
    try:
        with branch().store.write() as connection:
            held.hold(connection, token, name, content, branch().clock.now_ms())
    except BusinessError as error:
        say(said(error), "warn")
    else:
        say(_("The basket is put aside."))


@till_area.post("/till/resume")
@requires("sell")
def resume() -> Answer:
    """Goes on with a held basket; one that somebody goes on with already is taken over only when asked for."""
    token, over = request.form.get("token", ""), request.args.get("over") == "1"
    with branch().store.write() as connection:
        taken = held.take(connection, token, me(), branch().clock.now_ms(), over=over)
    if not taken:
        say(_("Somebody goes on with this basket already, or it is sold."), "warn")
        return _to_till()
    return redirect(url_for("till.show", held=token), 303)


@till_area.post("/till/drop")
@requires("sell")
def drop() -> Answer:
    """Nobody wants what is in a held basket any more."""
    token = request.form.get("token", "")
    content = held.content_of(token)
    with branch().store.write() as connection:
        held.drop(connection, token)
    if content:
        say(_("The held basket is gone. Nothing was sold."))
    return _to_till()


def _to_till() -> Answer:
    if not is_fragment():
        return redirect(url_for("till.show"), 303)
    answer: Any = make_response("", 200)
    answer.headers["HX-Redirect"] = url_for("till.show")
    return answer
