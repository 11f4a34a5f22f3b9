"""The lists of the SMS room: where each message stands, as rows in words; and what customers answered."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from flask_babel import gettext as _
from markupsafe import Markup

from branch_node.pages.here import PAGE_ROWS, branch
from branch_node.sms_ledger import NOT_ARRIVED, SENT, UNKNOWN, WAITING, Held, Place, SmsLedger, taken
from crm import messages, phones
from crm.customers import ContactPoint, Customer
from crm.errors import BadPhone
from crm.reading import dicts
from sms_daemon.words import message_words
from sync.errors import N_
from ui.filters import when

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
        return _untaken(ledger, after, PAGE_ROWS)
    walk = ledger and (ledger.oldest if tab in OLDEST_FIRST else ledger.newest)
    held = walk(STATES[tab], _place(after), PAGE_ROWS + 1) if walk else []
    shown = _rows(held[:PAGE_ROWS])
    if len(held) > PAGE_ROWS:
        return Part(shown, f"l.{held[PAGE_ROWS - 1].changed_at}.{held[PAGE_ROWS - 1].id.hex()}")
    if tab != "waiting":
        return Part(shown)
    rest = _untaken(ledger, "", PAGE_ROWS - len(shown))
    return Part(shown + rest.rows, rest.next)


def _place(after: str) -> Place | None:
    kind, _dot, rest = after.partition(".")
    at, _dot, ident = rest.partition(".")
    known = kind == "l" and _is_number(at) and len(ident) == 32 and set(ident) <= set("0123456789abcdef")
    return Place(int(at), bytes.fromhex(ident)) if known else None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19


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
        "badge": (_(words.label), _LOOKS.get(held.state, "quiet")),
        "happened": _(_ORDERED[ordered]) if ordered else _(words.happened) % words.params,
        "todo": "" if ordered or held.state in SENT else _(words.todo),
        "changed_at": _time(held.changed_at),
        "due_at": _time(held.due_at) if held.state == "waiting" else None,
        "parts": held.parts,
        "can_resend": not ordered and held.state in (*UNKNOWN, *NOT_ARRIVED),
        "can_free": not ordered and (held.state, held.reason) == DOUBTED,
        "may_double": held.state in UNKNOWN,
        "can_cancel": not ordered and held.state in WAITING[1:],
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
        "badge": (_(UNTAKEN), "quiet"),
        "happened": _(_ORDERED[ordered]) if ordered else "",
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
        "kind": _(KIND_WORDS.get(written.get("kind", ""), "")) if written else "",
        "at": _time(written.get("at")),
    }


# --- what came in ----------------------------------------------------------------------------------------------


def inbox(after: str) -> Part:
    """What customers sent to the branch's modems, newest first."""
    at, _dot, ident = after.partition(".")
    place = (
        (int(at), bytes.fromhex(ident)) if _is_number(at) and len(ident) == 32 and ident.isalnum() else (1 << 62, b"")
    )
    found = dicts(_INBOX, (*place, PAGE_ROWS + 1))
    last = found[PAGE_ROWS - 1] if len(found) > PAGE_ROWS else None
    return Part(
        [{**row, **_sender(row["sender"] or ""), "sent_at": _time(row["sent_at"])} for row in found[:PAGE_ROWS]],
        f"{last['at']}.{last['id'].hex()}" if last else "",
    )


def _sender(sender: str) -> dict[str, str]:
    """Who that is: a customer's name where one has the number; words such as TELKOMSEL stay as they are."""
    try:
        number = phones.normalise(sender)
    except BadPhone:
        return {"phone": sender or _("number erased"), "who": "", "customer": "", "reply": ""}
    hashed = phones.value_hash(number, branch().company_key)
    points = ContactPoint.select(ContactPoint.customer).where(
        (ContactPoint.value_hash == hashed) & ~ContactPoint.archived
    )
    known: Any = Customer.select().where(Customer.id.in_(points) & ~Customer.archived).first()
    return {
        "phone": phones.national(number),
        "who": (known.name or known.number) if known else "",
        "customer": known.id.hex() if known else "",
        "reply": number,
    }
