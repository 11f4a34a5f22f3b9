"""To decide: what two people changed without seeing each other, and deciding which one stands."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from crm import conflict_rights, conflicts
from crm.conflicts import Pair
from sync.errors import N_
from ui.access import local_target, requires
from ui.addresses import named_row
from ui.conflict_words import Told, ToldCode, tell, tell_code
from ui.navigation import Entry
from ui.node import node
from ui.notices import say
from ui.pages.areas import HERE
from ui.paging import cursor_of, place_of

PAGE, CODES_PAGE, SETTLED_SHOWN = 20, 50, 5
OTHER = {"kept": "lost", "lost": "kept"}


def entry(reading: str) -> Entry:
    """The room in the navigation, with the number of what is open."""
    return Entry("conflicts.browse", N_("To decide"), "signpost-split", reading, waiting=conflicts.waiting)


def room(reading: str, template: str = "conflicts/page.html", more: Callable[[], dict[str, Any]] = dict) -> Blueprint:
    """The pages, for one node: *reading* is the permission to look; *template* extends the page and shows *more*."""
    area = Blueprint("conflicts", "ui", root_path=HERE, url_prefix="/conflicts")

    @area.get("")
    @requires(reading)
    def browse() -> str:
        """What is open, newest first; the settled ones after the last of them, or alone."""
        return render_template(template, **_listed(), **more())

    @area.get("/codes")
    @requires(reading)
    def codes() -> str:
        """New codes with two names or prices, by code."""
        return render_template("conflicts/codes.html", **_codes())

    for rule, view in ACTIONS.items():
        area.add_url_rule(rule, view_func=view, methods=["POST"])
    return area


def _listed() -> dict[str, Any]:
    settled, after = request.args.get("show") == "settled", place_of(request.args.get("after", ""))
    found = conflicts.decisions(PAGE + 1, after, is_open=not settled)
    shown, more = _told(found[:PAGE]), len(found) > PAGE
    show = "settled" if settled else None
    lately = [] if settled or more else conflicts.decisions(SETTLED_SHOWN, is_open=False)
    return {
        "only_settled": settled,
        "listed": shown,
        "lately": _told(lately),
        "counts": conflicts.counts(),
        "here": request.args.get("after") or None,
        "next_href": url_for(".browse", show=show, after=cursor_of(found[PAGE - 1].noted_at, found[PAGE - 1].id))
        if more
        else "",
        "first_href": url_for(".browse", show=show) if after else "",
    }


def _told(pairs: list[Pair]) -> list[Told]:
    return [tell(pair, current_user.role) for pair in pairs]


def about_customer(customer: bytes) -> list[Told]:
    """What is open about a card, for the page of the card (``conflicts/box.html``)."""
    return _told(conflicts.about_customer(customer))


def about_code(product: bytes) -> ToldCode | None:
    """A code with two names or prices, for the page of the product (``conflicts/code_box.html``)."""
    found = conflicts.about_code(product)
    return tell_code(found) if found else None


def _codes() -> dict[str, Any]:
    after = request.args.get("after", "")
    found = conflicts.codes(CODES_PAGE + 1, after)
    more = len(found) > CODES_PAGE
    return {
        "codes": [tell_code(code) for code in found[:CODES_PAGE]],
        "count": conflicts.counts().codes,
        "here": after or None,
        "next_href": url_for(".codes", after=found[CODES_PAGE - 1].code) if more else "",
        "first_href": url_for(".codes") if after else "",
    }


# --- deciding ----------------------------------------------------------------------------------------------------


@requires()
def use(ident: str) -> Response:
    """Puts the other version in force, as an ordinary change."""
    _check(ident)
    with node().journal.unit(actor=current_user.id) as unit:
        op = conflicts.choose(unit, named_row(ident), "lost")
    if op:
        undo = url_for(".undo", ident=ident, op=op.hex(), back=_came_from() or None)
        say(_("The other version stands now."), undo=undo)
    return _back(ident, op is not None)


@requires()
def leave(ident: str) -> Response:
    """Confirms the version that stands: an ordinary entry, so that everybody knows it is decided."""
    _check(ident)
    with node().journal.unit(actor=current_user.id) as unit:
        op = conflicts.choose(unit, named_row(ident), "kept")
    if op:
        say(_("It stays as it is."))
    return _back(ident, op is not None)


@requires()
def undo(ident: str, op: str) -> Response:
    """Takes ``use`` back, unless somebody has written something newer since."""
    _check(ident)
    with node().journal.unit(actor=current_user.id) as unit:
        done = conflicts.take_back(unit, named_row(ident), named_row(op))
    if done:
        say(_("Taken back: the version that stood before stands again."))
    return _back(ident, done)


@requires()
def change(ident: str, side: str) -> Response:
    """Another mind about what is settled: the version that does not stand comes into force."""
    _check(ident)
    if side not in OTHER:
        abort(404)
    with node().journal.unit(actor=current_user.id) as unit:
        op = conflicts.choose_again(unit, named_row(ident), side)
    if op:
        undo = url_for(".change", ident=ident, side=OTHER[side], back=_came_from() or None)
        say(_("The other version stands now."), undo=undo)
    else:
        say(_("Something else stands by now; nothing was changed."), "info")
    return redirect(_came_from() or url_for(".browse", show="settled"), 303)


@requires("conflicts.settle")
def leave_code(ident: str) -> Response:
    """Confirms name and price of one code as they stand."""
    with node().journal.unit(actor=current_user.id) as unit:
        done = conflicts.leave_codes(unit, named_row(ident))
    return _told_of_codes(done, _("It stays as it is."))


@requires("conflicts.settle")
def leave_all_codes() -> Response:
    """Confirms all new codes as they stand, some hundred at a time."""
    count = conflicts.counts().codes
    while _leave_some() == conflicts.AT_ONCE_MAX:
        pass
    return _told_of_codes(count, _("All new codes stay as they are."))


def _leave_some() -> int:
    with node().journal.unit(actor=current_user.id) as unit:
        return conflicts.leave_codes(unit)


def _check(ident: str) -> None:
    """Only who may edit the very thing decides about it."""
    if not conflict_rights.may_decide(current_user.role, conflicts.find(named_row(ident))):
        abort(403)


def _told_of_codes(done: int, words: str) -> Response:
    if done:
        say(words)
    else:
        _say_too_late()
    return redirect(_came_from() or url_for(".codes", after=request.args.get("after")), 303)


def _back(ident: str, done: bool) -> Response:
    """To the page where the person was: another room's, or the list the conflict is in, at the same place."""
    if not done:
        _say_too_late()
    about_code = conflicts.find(named_row(ident)).table == conflicts.CODES
    listed = url_for(".codes" if about_code else ".browse", after=request.args.get("after"))
    return redirect(_came_from() or listed, 303)


def _came_from() -> str:
    """The page of another room that shows the conflict; empty for the lists of this one."""
    return local_target(request.args.get("back", ""))


def _say_too_late() -> None:
    say(_("This was settled already; nothing was changed."), "info")


ACTIONS: dict[str, Callable[..., Response]] = {
    "/<ident>/use": use,
    "/<ident>/leave": leave,
    "/<ident>/undo/<op>": undo,
    "/<ident>/change/<side>": change,
    "/codes": leave_all_codes,
    "/codes/<ident>": leave_code,
}
