"""Transfers in plain words, for the pages of both nodes: where goods are, who said what, what does not tally."""

from typing import Any, NamedTuple

from flask import request, url_for
from flask_babel import gettext as _

from crm import catalogue, transfers
from crm.transfers import (
    CANCEL,
    CANCELLED,
    PUT_BACK,
    RECEIVE,
    RECEIVED,
    REQUESTED,
    SEND,
    SENT,
    WRITE_OFF,
    Account,
    Said,
    Shown,
)
from sync.errors import N_
from sync.events import BEATEN, ILLEGAL, REPEATED
from ui.paging import PAGE_ROWS, cursor_of, paged, place_of

STATUS = {
    REQUESTED: (N_("Asked for"), "quiet", "hourglass-split"),
    SENT: (N_("On the way"), "warn", "truck"),
    RECEIVED: (N_("Arrived"), "ok", ""),
    CANCELLED: (N_("Cancelled"), "quiet", "x-circle"),
}
DIFFERENT = (N_("Difference"), "bad", "")
CLOSED = (N_("Closed"), "quiet", "check2")
SAID = {
    SEND: N_("Sent off"),
    RECEIVE: N_("Received"),
    CANCEL: N_("Cancelled"),
    PUT_BACK: N_("Put back into the stock"),
    WRITE_OFF: N_("Written off as lost"),
}
FLAGS = {
    REPEATED: N_("The other branch said the same; it counts once."),
    ILLEGAL: N_("It came after the end of this transfer; look where the goods are."),
    BEATEN: N_("It does not count: the goods had moved already. Receive them, or send them back."),
}
MOVED = {
    "transfer_out": N_("Sent to a branch"),
    "transfer_in": N_("Came from a branch"),
    "transfer_back": N_("Put back into the stock"),
}


class Row(NamedTuple):
    """A transfer in a list; ``status`` are the arguments of a badge."""

    href: str
    route: str
    at: int
    goods: str
    status: tuple[str, str, str]


def listed(endpoint: str) -> dict[str, Any]:
    """What ``transfers/list.html`` shows: open ones or those that are done; *endpoint*: the page of one."""
    done, after = request.args.get("show") == "done", request.args.get("after", "")
    found = transfers.listed(not done, PAGE_ROWS + 1, place_of(after))
    here = request.endpoint or ""
    return {
        "rows": [row(one, endpoint) for one in found[:PAGE_ROWS]],
        "done": done,
        "unequal": transfers.unequal(),
        "chips": [(_("Under way"), url_for(here), not done), (_("Done"), url_for(here, show="done"), done)],
        **paged(found, after, lambda one: cursor_of(one.at, one.id), show="done" if done else None),
    }


def row(shown: Shown, endpoint: str) -> Row:
    """A transfer as a list shows it."""
    pieces = sum(one.sent or one.requested or one.received for one in shown.accounts)
    goods = _("%(products)s products, %(pieces)s pieces", products=len(shown.accounts), pieces=pieces)
    return Row(url_for(endpoint, ident=shown.id.hex()), route(shown), shown.at, goods, status(shown))


def route(shown: Shown) -> str:
    """*PTK → BJM*."""
    return f"{shown.sender.code} → {shown.receiver.code}"


def status(shown: Shown) -> tuple[str, str, str]:
    """Word, look and icon of how it stands."""
    found = STATUS[shown.status]
    if shown.differs or (shown.status == CANCELLED and shown.is_open):
        found = DIFFERENT
    elif shown.status == SENT and not shown.is_open:
        found = CLOSED
    return _(found[0]), found[1], found[2]


def told(shown: Shown) -> dict[str, Any]:
    """What ``transfers/page.html`` shows."""
    return {
        "shown": shown,
        "title": route(shown),
        "status": status(shown),
        "accounts": [_account(one) for one in shown.accounts],
        "columns": _columns(shown),
        "said": [_said(one, shown) for one in shown.said],
    }


def goods(product: bytes) -> dict[str, str]:
    """Name and code of a product."""
    found = catalogue.item(product)
    return {"name": found.name, "code": found.code} if found else {"name": "?", "code": product.hex()}


def _account(one: Account) -> dict[str, Any]:
    return {**one._asdict(), **goods(one.product), "rest": one.rest, "difference": -one.rest}


def _columns(shown: Shown) -> list[dict[str, Any]]:
    """The columns that say something: what nobody wrote down has none."""
    arrived = shown.status != SENT
    rest = {"key": "difference", "label": _("Difference")} if arrived else {"key": "rest", "label": _("On the way")}
    named = [("requested", _("Asked for")), ("sent", _("Sent off")), ("received", _("Received")),
             ("put_back", _("Returned")), ("written_off", _("Lost"))]  # fmt: skip
    used = [(key, label) for key, label in named if any(getattr(one, key) for one in shown.accounts)]
    figures = [{"key": key, "label": label, "kind": "number"} for key, label in used]
    last = [{**rest, "kind": "number", "lead": True}] if shown.said else []
    return [{"key": "name", "label": _("Product"), "lead": True}, {"key": "code", "label": _("Code")}, *figures, *last]


def _said(one: Said, shown: Shown) -> dict[str, Any]:
    return {
        "what": _(SAID[one.kind]),
        "at": one.at,
        "where": shown.sender.code if one.stream == shown.sender.stream else shown.receiver.code,
        "by": one.by,
        "note": " · ".join(filter(None, [one.note, "" if one.sent else _("not told to head office yet")])),
        "flag": _(FLAGS[one.flag]) if one.flag else "",
    }
