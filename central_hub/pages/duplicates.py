"""Pelanggan: two cards that may be one person's, side by side; saying which, and taking it back."""

from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from central_hub import duplicates
from central_hub.pages.areas import customers_area
from crm import customers
from crm.customers import links
from crm.customers.duplicates import BORN, KINDS, NAMES, SEVERAL, TAKEN_BACK, TITLES, UNNAMED, Pair
from crm.customers.links import DIFFERENT, FAMILY, LINKED, OPEN, Said
from crm.reading import query
from sync.errors import N_
from ui.access import local_target, requires
from ui.addresses import named_row
from ui.node import node
from ui.notices import say

PAGE, LATELY = 20, 5
HASH_DIGITS_MAX = 64
WHY = {
    UNNAMED: N_("They share a phone, and one card has no name."),
    TITLES: N_("They share phone and name; the titles say a man and a woman."),
    NAMES: N_("They share a phone; the names differ."),
    KINDS: N_("They share phone and name; one is a person, one a company."),
    BORN: N_("They share phone and name; the dates of birth differ."),
    SEVERAL: N_("They share phone and name, but a third customer of that name could be meant too."),
    TAKEN_BACK: N_("They share a phone; what was said of them was taken back."),
}
SAID = {LINKED: N_("Same person"), DIFFERENT: N_("Different people"), FAMILY: N_("Family")}
TOLD = {
    LINKED: N_("The cards are linked. Nothing was moved."),
    DIFFERENT: N_("Noted: different people."),
    FAMILY: N_("Noted: family."),
    OPEN: N_("Taken back."),
}


@customers_area.get("/duplicates")
@requires("conflicts.settle")
def review() -> str:
    """What is to decide, phone by phone, and what was said lately; or all that was said."""
    settled, after = request.args.get("show") == "settled", request.args.get("after", "")
    pairs, more = ([], "") if settled else _waiting(_hash(after))
    said, older = _said(after) if settled else (links.said(LATELY), "")
    following = older or more
    show = "settled" if settled else None
    return render_template(
        "customers/duplicates.html",
        only_settled=settled,
        pairs=[_told(pair) for pair in pairs],
        said=[_told_said(one) for one in said],
        verdicts=SAID,
        here=after or None,
        next_href=url_for(".review", show=show, after=following) if following else "",
        first_href=url_for(".review", show=show) if after else "",
    )


@customers_area.post("/duplicates/<ident>/<other>/<any(linked, different, family, open):verdict>")
@requires("conflicts.settle")
def decide(ident: str, other: str, verdict: str) -> Response:
    """Says what the two are to each other; one tap puts back what was said before."""
    with node().journal.unit(actor=current_user.id) as unit:
        before = links.say(unit, named_row(ident), named_row(other), verdict)
    back = local_target(request.args.get("back", ""))
    if before == verdict:
        say(_("This was settled already; nothing was changed."), "info")
    else:
        duplicates.count(node().store)
        undo = url_for(".decide", ident=ident, other=other, verdict=before, back=back or None)
        say(_(TOLD[verdict]), undo=undo)
    return redirect(back or url_for(".review", after=request.args.get("after"), show=request.args.get("show")))


def _waiting(after: bytes) -> tuple[list[Pair], str]:
    """Pairs for one page, all of a phone together, and what continues the list."""
    found: list[Pair] = []
    for pair in customers.duplicates.waiting(query, after):
        if len(found) >= PAGE and pair.phone != found[-1].phone:
            return found, found[-1].phone.hex()
        found.append(pair)
    return found, ""


def _hash(text: str) -> bytes:
    """The phone behind which a list goes on; the beginning for an address nobody gave out."""
    try:
        return bytes.fromhex(text[:HASH_DIGITS_MAX])
    except ValueError:
        return b""


def _said(after: str) -> tuple[list[Said], str]:
    found = links.said(PAGE + 1, _hash(after))
    return found[:PAGE], found[PAGE - 1].id.hex() if len(found) > PAGE else ""


def _told(pair: Pair) -> dict[str, Any]:
    return {"why": _(WHY[pair.why]), "cards": _cards(pair.one, pair.other)}


def _told_said(one: Said) -> dict[str, Any]:
    who = one.who or _("by itself")
    return {"words": _(SAID[one.state]), "who": who, "at": one.at, "cards": _cards(one.first, one.second)}


def _cards(*idents: bytes) -> list[dict[str, Any]]:
    return [{**customers.card(ident), "ident": ident.hex()} for ident in idents]
