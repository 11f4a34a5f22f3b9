"""The lists of the SMS room: where each message stands, as rows in words; and what customers answered."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from flask_babel import gettext as _
from markupsafe import Markup

from branch_node.pages.here import branch
from branch_node.pages.sms_modems import modem_name
from branch_node.sms_ledger import NOT_ARRIVED, SENT, UNKNOWN, WAITING, Held, Place, SmsLedger, taken
from crm import customers, messages, phones
from crm.customers import Holder
from crm.errors import BadPhone
from crm.reading import dicts
from sms_daemon.words import message_words
from sync.errors import N_
from ui.filters import when
from ui.paging import cursor_of, place_of
from ui.preferences import language
from ui.translate import text

ROWS = 25  # of a page: what a person reads before searching or going on
STATES = {"waiting": WAITING, "unknown": UNKNOWN, "missed": NOT_ARRIVED, "sent": SENT}
OLDEST_FIRST = ("waiting", "unknown")
DOUBTED = ("held", "duplicate")  # what a person's word alone sets free
UNTAKEN = N_("Waiting for the SMS program")
KIND_WORDS = {
    "staff": N_("Written here"),
    "notice": N_("Notice"),
    "receipt": N_("Receipt"),
    "reminder": N_("Reminder"),
    "greeting": N_("Greeting"),
    "promotion": N_("Offer"),
}
_LOOKS = {
    **dict.fromkeys(("sent", "delivered"), "ok"),
    **dict.fromkeys(("held", "unknown"), "warn"),
    **dict.fromkeys(("failed", "undelivered"), "bad"),
}
_ORDERED = {messages.RESEND: N_("It is being sent again."), messages.CANCEL: N_("It is being cancelled.")}
_STANDING = "(SELECT {} FROM message_state s WHERE s.message = m.id ORDER BY s.at DESC, s.position DESC LIMIT 1)"
_MESSAGES = (
    "SELECT m.id, m.kind, m.at, m.recipient, m.text, m.customer, c.name, c.number,"
    f" (SELECT action FROM message_order o WHERE o.message = m.id"
    f" AND o.ledger = coalesce({_STANDING.format('ledger')}, x'')"
    f" AND o.answers = coalesce({_STANDING.format('position')}, 0)"
    " ORDER BY o.rowno DESC LIMIT 1) AS ordered, m.rowno"
    " FROM message m LEFT JOIN customer c ON c.id = m.customer WHERE "
)
_UNTAKEN = "m.rowno > ? AND NOT EXISTS (SELECT 1 FROM message_state s WHERE s.message = m.id) ORDER BY m.rowno LIMIT ?"
_INBOX = (
    "SELECT id, at, coalesce(sent_at, at) AS sent_at, modem, sender, text FROM inbound_message"
    " WHERE (at, id) < (?, ?) ORDER BY at DESC, id DESC LIMIT ?"
)


class Part(NamedTuple):
    """One page of a list: rows for the template, and what ``after`` in the address continues it (empty: the end)."""

    rows: list[dict[str, Any]]
    next: str = ""


def part_of(tab: str, ledger: SmsLedger | None, after: str) -> Part:
    """The rows of *tab* behind *after*."""
    if tab == "waiting" and (ledger is None or after.startswith("o.")):
        return _untaken(ledger, after, ROWS)
    walk = ledger and (ledger.oldest if tab in OLDEST_FIRST else ledger.newest)
    held = walk(STATES[tab], _place(after), ROWS + 1) if walk else []
    shown = _rows(held[:ROWS])
    if len(held) > ROWS:
        return Part(shown, f"l.{cursor_of(held[ROWS - 1].changed_at, held[ROWS - 1].id)}")
    if tab != "waiting":
        return Part(shown)
    rest = _untaken(ledger, "", ROWS - len(shown))
    return Part(shown + rest.rows, rest.next)


def _place(after: str) -> Place | None:
    found = place_of(after.removeprefix("l."))
    return Place(*found) if found else None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19


def _told(message: str) -> str:
    """A sentence of a table in the language of the page; without the request's own ways, five times a row."""
    return text(message, language())


def _time(ms: int | None) -> Markup | None:
    """*ms* in words; None stays None."""
    return None if ms is None else when(ms)


# --- messages --------------------------------------------------------------------------------------------------


def _rows(found: Sequence[Held]) -> list[dict[str, Any]]:
    marks = ", ".join("?" * len(found))
    written = {bytes(row["id"]): row for row in dicts(f"{_MESSAGES} m.id IN ({marks})", [held.id for held in found])}
    return [_row(held, written.get(held.id, {})) for held in found]


def _row(held: Held, written: dict[str, Any]) -> dict[str, Any]:
    words = message_words(held.state, held.reason)
    ordered = written.get("ordered")
    return {
        **_said(held.id, written),
        "badge": (_told(words.label), _LOOKS.get(held.state, "quiet")),
        "happened": _told(_ORDERED[ordered]) if ordered else _told(words.happened) % words.params,
        "todo": "" if ordered or held.state in SENT else _told(words.todo),
        "changed_at": _time(held.changed_at),
        "due_at": _time(held.due_at) if held.state == "waiting" else None,
        "parts": held.parts,
        "can_resend": not ordered and held.state in (*UNKNOWN, *NOT_ARRIVED),
        "can_free": not ordered and (held.state, held.reason) == DOUBTED,
        "may_double": held.state in UNKNOWN,
        "can_cancel": ordered == messages.RESEND or (not ordered and held.state in WAITING[1:]),
    }


def _untaken(ledger: SmsLedger | None, after: str, limit: int) -> Part:
    """What the SMS program has not taken yet, oldest first."""
    typed = after.removeprefix("o.")
    begin = int(typed) if _is_number(typed) else taken(ledger)
    rows = dicts(_MESSAGES + _UNTAKEN, (begin, limit + 1))
    more = f"o.{rows[limit - 1]['rowno'] if limit else begin}" if len(rows) > limit else ""
    return Part([_new(row) for row in rows[:limit]], more)


def _new(written: dict[str, Any]) -> dict[str, Any]:
    ordered = written["ordered"]
    return {
        **_said(written["id"], written),
        "badge": (_told(UNTAKEN), "quiet"),
        "happened": _told(_ORDERED[ordered]) if ordered else "",
        "can_cancel": not ordered,
    }


def _said(ident: bytes, written: dict[str, Any]) -> dict[str, Any]:
    """What every row says of the message itself."""
    number = written.get("recipient")
    return {
        "id": ident.hex(),
        "who": written.get("name") or written.get("number") or "",
        "customer": written["customer"].hex() if written.get("customer") else "",
        "phone": phones.national(number) if number else _("number erased"),
        "text": written.get("text") or "",
        "kind": _told(KIND_WORDS.get(written.get("kind", ""), "")) if written else "",
        "at": _time(written.get("at")),
    }


# --- what came in ----------------------------------------------------------------------------------------------


def inbox(after: str) -> Part:
    """What customers sent to the branch's modems, newest first; a customer is named where one has the number."""
    found = dicts(_INBOX, (*(place_of(after) or (1 << 62, b"")), ROWS + 1))
    last, shown = found[ROWS - 1] if len(found) > ROWS else None, found[:ROWS]
    numbers = {row["id"]: number for row in shown if (number := _number(row["sender"] or ""))}
    holders = customers.holders(set(numbers.values()), branch().company_key)
    return Part(
        [_received(row, numbers.get(row["id"], ""), holders) for row in shown],
        cursor_of(last["at"], last["id"]) if last else "",
    )


def _number(sender: str) -> str:
    """*sender* as E.164; empty for short codes and for words such as TELKOMSEL."""
    try:
        return phones.normalise(sender)
    except BadPhone:
        return ""


def _received(row: dict[str, Any], number: str, holders: Mapping[str, list[Holder]]) -> dict[str, Any]:
    known = next(iter(holders.get(number, ())), None)
    return {
        **row,
        "phone": phones.national(number) if number else row["sender"] or _("number erased"),
        "who": (known.name or known.number) if known else "",
        "customer": known.id.hex() if known else "",
        "reply": number,
        "sent_at": _time(row["sent_at"]),
        "modem": modem_name(row["modem"]) if row["modem"] else "",
    }
