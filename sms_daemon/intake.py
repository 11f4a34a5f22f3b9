"""Taking messages and orders from the outbox into the ledger, a slice at a time.

What is fixed here stays as it is for ever: alphabet, split, and the number that tells a telephone which parts belong
together.
"""

import re
from collections.abc import Mapping
from hashlib import blake2b
from itertools import takewhile
from typing import NamedTuple

from sms_daemon import policy, segments
from sms_daemon.errors import BadText, TextTooLong
from sms_daemon.ledger import Ledger
from sms_daemon.outbox import Order, Outbox, Row
from sms_daemon.policy import Quiet
from sms_daemon.states import (
    CANCELLED,
    EXPIRED,
    FAILED,
    FINAL,
    GONE_OUT,
    HELD,
    NO_REPORT,
    OPEN,
    QUEUED,
    SENDING,
    SENT,
    TOLD,
    UNKNOWN,
    WAITING,
    give_up,
    move,
    tell,
)

SLICE = 200
AGAIN = "again"  # another of the same cause came first
EMPTY = "empty"  # without a text, or its text was forgotten
UDH_NUMBERS = 256
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_NO_PLAN = segments.Plan(segments.GSM7, ())
_PART_STATES = {**dict.fromkeys(OPEN, QUEUED), NO_REPORT: SENT}


class Rules(NamedTuple):
    """What decides when a message may go: the branch's zone and the quiet hours of each kind."""

    zone: str
    quiet: Mapping[str, Quiet]


class _Fate(NamedTuple):
    state: str
    reason: str | None = None
    due_at: int | None = None
    told: bool = True  # False: the branch knows it already


def take_messages(ledger: Ledger, outbox: Outbox, rules: Rules, now: int) -> int:
    """Takes the next slice of messages in, one transaction; how many there were."""
    rows = outbox.messages(ledger.value("outbox"), SLICE)
    known = outbox.states([row.id for row in rows])
    if rows:
        with ledger.transaction():
            lost, since = ledger.value("lost", 0), outbox.known().since
            for row in rows:
                if ledger.one("SELECT 1 FROM message WHERE id = ?", row.id) is None:
                    _take(ledger, row, _past(row, known, row.rowno <= lost or row.at < since), rules, now)
            ledger.put("outbox", rows[-1].rowno)
    return len(rows)


def _past(row: Row, known: Mapping[bytes, tuple[str, str | None]], is_old: bool) -> _Fate | None:
    """What became of a message made before this ledger, or this copy of the branch, began; None for one that is new.

    One of a cause that has an earlier one does not go: that one did, or does.
    """
    if row.id in known and known[row.id][0] in FINAL:
        return _Fate(*known[row.id], told=False)
    if row.again:
        return _Fate(CANCELLED, AGAIN, told=False)
    return _Fate(UNKNOWN, "ledger_lost") if is_old else None


def _take(ledger: Ledger, row: Row, past: _Fate | None, rules: Rules, now: int) -> None:
    plan, fault = _plan(row)
    digest = blake2b(f"{row.recipient}\0{row.text}".encode("utf-8", "replace"), digest_size=8).digest()
    fate = past or fault or _first_state(ledger, row, digest, rules, now)
    udh = _next_udh(ledger) if len(plan.parts) > 1 else None
    ledger.run(
        "INSERT INTO message (id, kind, rank, customer, recipient, text, coding, udh, parts, digest, state, reason,"
        " made_at, not_before, expires, due_at, changed_at, exempt)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(row.id, row.kind, policy.rank(row.kind), row.customer, row.recipient or "", "".join(plan.parts)),
        *(plan.coding, udh, len(plan.parts), digest, fate.state, fate.reason, row.at, row.not_before, row.expires),
        *(fate.due_at, now, row.kind == "staff"),
    )
    state, reason = _PART_STATES.get(fate.state, fate.state), None if fate.state in OPEN else fate.reason
    for number, text in enumerate(plan.parts, 1):
        sql = "INSERT INTO part (message, part, text, state, reason) VALUES (?, ?, ?, ?, ?)"
        ledger.run(sql, row.id, number, text, state, reason)
    if fate.told and fate.state in TOLD:
        tell(ledger, row.id, fate.state, fate.reason, len(plan.parts), now)


def _plan(row: Row) -> tuple[segments.Plan, _Fate | None]:
    """How the text is split (no parts: it can never be sent), and what is wrong with the message, if anything."""
    if row.recipient is None or row.text is None:
        return _NO_PLAN, _Fate(CANCELLED, "cancelled")
    if not _E164.fullmatch(row.recipient):
        return _NO_PLAN, _Fate(FAILED, "bad_number")
    try:
        plan = segments.plan(row.text)
    except TextTooLong:
        return _NO_PLAN, _Fate(FAILED, "too_long")
    except BadText:
        return _NO_PLAN, _Fate(FAILED, "bad_text")
    return plan, None if plan.parts else _Fate(FAILED, EMPTY)


def _first_state(ledger: Ledger, row: Row, digest: bytes, rules: Rules, now: int) -> _Fate:
    if row.expires is not None and row.expires <= now:
        return _Fate(EXPIRED, "expired")
    if policy.is_duplicate(row.kind, _earlier(ledger, digest, row.at)):
        return _Fate(HELD, "duplicate")
    if row.not_before is not None and row.not_before > now:
        return _Fate(WAITING, "not_before", row.not_before)
    return _quiet(row, rules, now) or _Fate(QUEUED)


def _quiet(row: Row, rules: Rules, now: int) -> _Fate | None:
    until = policy.quiet_until(row.kind, now, rules.zone, rules.quiet)
    return None if until is None else _Fate(WAITING, "quiet", min(until, row.expires or until))


def _earlier(ledger: Ledger, digest: bytes, at: int) -> int:
    """How many messages with the same number and text were made shortly before."""
    sql = "SELECT count(*) FROM (SELECT 1 FROM message WHERE digest = ? AND made_at > ? LIMIT ?)"
    found = ledger.one(sql, digest, at - policy.DUPLICATE_WINDOW_MS, policy.DUPLICATES)
    return found[0] if found else 0


def _next_udh(ledger: Ledger) -> int:
    number = (int(ledger.value("udh", 0)) + 1) % UDH_NUMBERS
    ledger.put("udh", number)
    return number


def take_orders(ledger: Ledger, outbox: Outbox, now: int) -> int:
    """Carries out the next slice of orders of people, one transaction; how many there were.

    An order about a message that was not taken in yet waits for it; one that came too late does nothing.
    """
    taken = ledger.value("outbox")
    found = outbox.orders(ledger.value("orders"), SLICE)
    orders = list(takewhile(lambda order: outbox.row_number(order.message) <= taken, found))
    if orders:
        with ledger.transaction():
            for order in orders:
                _obey(ledger, order, now)
            ledger.put("orders", orders[-1].rowno)
    return len(orders)


def _obey(ledger: Ledger, order: Order, now: int) -> None:
    found = ledger.one("SELECT state, text, parts FROM message WHERE id = ?", order.message)
    state, text, parts = found or (None, "", 0)
    if not parts:
        return
    if order.action == "cancel" and state in OPEN:
        give_up(ledger, order.message, CANCELLED, now)
    elif order.action == "resend" and state not in (QUEUED, WAITING, SENDING, *GONE_OUT, NO_REPORT):
        if text:
            _send_again(ledger, order.message, now)
            tell(ledger, order.message, WAITING, None, parts, now)
        else:
            ledger.run("UPDATE message SET reason = ? WHERE id = ?", EMPTY, order.message)
            tell(ledger, order.message, state, EMPTY, parts, now)


def _send_again(ledger: Ledger, message: bytes, now: int) -> None:
    """Queues what did not go out once more, as it was; a deadline that passed no longer counts.

    Of a part that may have gone out ``sent_at`` goes on saying so until it goes again.
    """
    sql = (
        "UPDATE part SET state = ?, reason = NULL, tries = 0, report = NULL, sent_at = CASE state WHEN ?"
        " THEN coalesce(sent_at, ?) WHEN ? THEN sent_at END WHERE message = ? AND state NOT IN (?, ?)"
    )
    ledger.run(sql, QUEUED, UNKNOWN, now, QUEUED, message, *GONE_OUT)
    ledger.run("UPDATE message SET expires = NULL WHERE id = ? AND expires <= ?", message, now)
    move(ledger, message, QUEUED, None, now)
