"""Two versions: what two people changed without seeing each other, and deciding which one stands."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from crm import conflicts
from crm.conflicts import Place
from sync.ids import NATURAL_ID_BYTES, OP_ID_BYTES
from ui.access import requires
from ui.conflict_words import tell, tell_code
from ui.node import node
from ui.notices import say
from ui.pages.areas import HERE

PAGE, CODES_PAGE, SETTLED_SHOWN = 20, 50, 5
TIME_DIGITS_MAX = 15


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
    settled, after = request.args.get("show") == "settled", _place(request.args.get("after", ""))
    found = conflicts.decisions(PAGE + 1, after, is_open=not settled)
    shown, more = [tell(pair) for pair in found[:PAGE]], len(found) > PAGE
    show = "settled" if settled else None
    lately = [] if settled or more else conflicts.decisions(SETTLED_SHOWN, is_open=False)
    return {
        "only_settled": settled,
        "listed": shown,
        "lately": [tell(pair) for pair in lately],
        "counts": conflicts.counts(),
        "here": request.args.get("after") or None,
        "next_href": url_for(".browse", show=show, after=_after(found[PAGE - 1])) if more else "",
        "first_href": url_for(".browse", show=show) if after else "",
    }


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


def _after(pair: conflicts.Pair) -> str:
    return f"{pair.noted_at}.{pair.id.hex()}"


def _place(text: str) -> Place | None:
    """The place in the list that the address names; None when nobody gave it out."""
    at, _dot, last = text.partition(".")
    if not (at.isascii() and at.isdecimal() and len(at) <= TIME_DIGITS_MAX):
        return None
    try:
        return int(at), bytes.fromhex(last)
    except ValueError:
        return None


# --- deciding ----------------------------------------------------------------------------------------------------


@requires("conflicts.settle")
def use(ident: str) -> Response:
    """Puts the other version in force, as an ordinary change."""
    with node().journal.unit(actor=current_user.id) as unit:
        op = conflicts.choose(unit, _id(ident), "lost")
    if op:
        undo = url_for(".undo", ident=ident, op=op.hex())
        say(_("The other version stands now."), undo=undo)
    return _back(ident, op is not None)


@requires("conflicts.settle")
def leave(ident: str) -> Response:
    """Confirms the version that stands: an ordinary entry, so that everybody knows it is decided."""
    with node().journal.unit(actor=current_user.id) as unit:
        op = conflicts.choose(unit, _id(ident), "kept")
    if op:
        say(_("It stays as it is."))
    return _back(ident, op is not None)


@requires("conflicts.settle")
def undo(ident: str, op: str) -> Response:
    """Takes ``use`` back, unless somebody has written something newer since."""
    with node().journal.unit(actor=current_user.id) as unit:
        done = conflicts.take_back(unit, _id(ident), _id(op))
    if done:
        say(_("Taken back: the version that stood before stands again."))
    return _back(ident, done)


@requires("conflicts.settle")
def leave_code(ident: str) -> Response:
    """Confirms name and price of one code as they stand."""
    with node().journal.unit(actor=current_user.id) as unit:
        done = conflicts.leave_codes(unit, _id(ident))
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


def _told_of_codes(done: int, words: str) -> Response:
    if done:
        say(words)
    else:
        _say_too_late()
    return redirect(url_for(".codes", after=request.args.get("after")), 303)


def _back(ident: str, done: bool) -> Response:
    """To the list the conflict is in, at the place where the person was."""
    if not done:
        _say_too_late()
    about_code = conflicts.find(_id(ident)).table == conflicts.CODES
    return redirect(url_for(".codes" if about_code else ".browse", after=request.args.get("after")), 303)


def _say_too_late() -> None:
    say(_("This was settled already; nothing was changed."), "info")


def _id(text: str) -> bytes:
    """The id in an address; 404 when it cannot be one."""
    try:
        found = bytes.fromhex(text)
    except ValueError:
        abort(404)
    if len(found) not in (OP_ID_BYTES, NATURAL_ID_BYTES):
        abort(404)
    return found


ACTIONS: dict[str, Callable[..., Response]] = {
    "/<ident>/use": use,
    "/<ident>/leave": leave,
    "/<ident>/undo/<op>": undo,
    "/codes": leave_all_codes,
    "/codes/<ident>": leave_code,
}
