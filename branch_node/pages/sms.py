"""The SMS room: what waits, what nobody knows the fate of, what went, what came in; and the modems in words."""

from collections.abc import Callable

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from branch_node.pages import sms_modems
from branch_node.pages.areas import sms_area
from branch_node.pages.here import branch, me
from branch_node.pages.sms_lists import Part, inbox, part_of
from branch_node.pages.sms_modems import Desk
from branch_node.sms_ledger import SmsLedger, look
from crm import messages
from crm.errors import BusinessError
from sync.errors import N_, CabangError
from sync.handover_lines import Relayed
from sync.unit import Unit
from ui.access import requires
from ui.addresses import named_row
from ui.explain import explained, said
from ui.notices import say

INBOX = "inbox"
TABS = {
    "waiting": N_("Waiting"),
    "unknown": N_("Not certain"),
    "sent": N_("Sent"),
    "missed": N_("Did not arrive"),
    INBOX: N_("Inbox"),
}
EMPTY = {
    "waiting": (N_("Nothing is waiting"), N_("Receipts and other SMS wait here until the modem has sent them.")),
    "unknown": (
        N_("Nothing is uncertain"),
        N_("When the modem stops in the middle of an SMS, it appears here for a person to decide."),
    ),
    "sent": (N_("Nothing was sent yet"), N_("Every SMS the network took appears here.")),
    "missed": (N_("Everything arrived"), N_("SMS that failed, came too late or were cancelled appear here.")),
    INBOX: (N_("Nothing came in yet"), N_("What customers send to the modem's number appears here.")),
}


@sms_area.get("/sms")
@requires("sms.send")
def show() -> str:
    """One list, and how sending stands."""
    tab, after = request.args.get("tab", ""), request.args.get("after", "")
    tab = tab if tab in TABS else next(iter(TABS))
    try:
        with look(branch().folder) as ledger:
            return _page(tab, _part(tab, ledger, after), sms_modems.desk(ledger), bool(after))
    except Relayed as error:
        return _page(tab, _part(tab, None, after), sms_modems.desk(None), bool(after), error)


def _part(tab: str, ledger: SmsLedger | None, after: str) -> Part:
    return inbox(after) if tab == INBOX else part_of(tab, ledger, after)


def _page(tab: str, part: Part, here: Desk, further: bool, error: CabangError | None = None) -> str:
    failure = error or branch().sms.failure
    return render_template(
        "sms/page.html",
        tab=tab,
        chips=_chips(tab, here),
        rows=part.rows,
        next_href=url_for(".show", tab=tab, after=part.next) if part.next else "",
        first_href=url_for(".show", tab=tab) if further else "",
        empty=[_(words) for words in EMPTY[tab]],
        desk=here,
        program=sms_modems.program(here),
        modems=sms_modems.cards(here),
        failure=explained(failure) if failure else None,
    )


def _chips(tab: str, here: Desk) -> list[tuple[str, str, bool]]:
    counts = {"waiting": here.waiting, "unknown": here.unknown}
    return [
        (_counted(_(words), counts.get(name, 0)), url_for(".show", tab=name), name == tab)
        for name, words in TABS.items()
    ]


def _counted(words: str, count: int) -> str:
    return f"{words} ({sms_modems.counted(count)})" if count else words


@sms_area.post("/sms/<message>/resend")
@requires("sms.send")
def resend(message: str) -> Response:
    """A person decides that it goes once more; pressed twice it is one order."""
    return _order(messages.resend, named_row(message), _("It is sent again as soon as the modem is free."))


@sms_area.post("/sms/<message>/cancel")
@requires("sms.send")
def cancel(message: str) -> Response:
    """Takes back what has not gone."""
    return _order(messages.cancel, named_row(message), _("It is cancelled."))


def _order(order: Callable[[Unit, bytes], bytes], message: bytes, done: str) -> Response:
    """Gives the order, after hearing what became of the message meanwhile."""
    try:
        branch().sms.take_in()
        with branch().journal.unit(actor=me()) as unit:
            order(unit, message)
    except (BusinessError, Relayed) as error:
        say(said(error), "warn")
    else:
        say(done)
    return redirect(url_for(".show", tab="waiting"), 303)
