"""Delivery reports: which part each one speaks of, and what it proves.

A modem's reference is one byte and comes round again, so a report belongs to the newest part sent with that
reference, from that SIM, to a number with the same last nine digits, within 72 hours.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from sms_daemon.ledger import Ledger
from sms_daemon.outcomes import report_state
from sms_daemon.states import DELIVERED, NO_REPORT, QUEUED, SENT, move, settle

WINDOW_MS = 72 * 3_600_000
SLICE = 200

OWNERS_SQL = (
    "SELECT a.message, a.part, p.state, a.id, m.recipient FROM attempt a INDEXED BY attempt_reference"
    " JOIN part p ON p.message = a.message AND p.part = a.part JOIN message m ON m.id = a.message"
    " WHERE a.reference = ? AND a.began > ? AND a.imsi IS ? AND a.outcome = 'sent' ORDER BY a.began DESC, a.id DESC"
)
UNKNOWN_SQL = (
    "SELECT DISTINCT a.message, a.part, p.state, m.recipient FROM attempt a JOIN part p ON p.message = a.message"
    " AND p.part = a.part JOIN message m ON m.id = a.message WHERE a.outcome = 'unknown' AND a.began > ?"
    " AND a.imsi IS ? AND (p.state = 'unknown' OR p.state = 'queued' AND p.sent_at IS NOT NULL)"
)
OVERDUE_SQL = "SELECT id FROM message WHERE state = 'sent' AND changed_at <= ? ORDER BY changed_at LIMIT ?"


def take(ledger: Ledger, imsi: str | None, reports: Iterable[Mapping[str, Any]], now: int) -> int:
    """Stores reports and draws their conclusions, one transaction; how many there were."""
    found = [report for report in reports if isinstance(report.get("reference"), int)]
    if found:
        with ledger.transaction():
            for report in found:
                _take(ledger, imsi, report, now)
    return len(found)


def _take(ledger: Ledger, imsi: str | None, report: Mapping[str, Any], now: int) -> None:
    sender, reference, status = str(report.get("sender") or ""), report["reference"], int(report.get("status") or 0)
    state = report_state(status)
    message, part = _owner(ledger, sender, reference, imsi, now, arrived=state == DELIVERED) or (None, None)
    ledger.run(
        "INSERT INTO report (sender, imsi, reference, status, at, message, part) VALUES (?, ?, ?, ?, ?, ?, ?)",
        *(sender, imsi, reference, status, now, message, part),
    )
    if message is not None:
        sql = "UPDATE part SET state = ?, reason = NULL, report = ?, reference = ? WHERE message = ? AND part = ?"
        ledger.run(sql, state or SENT, state, reference, message, part)
        settle(ledger, message, now)


def _owner(
    ledger: Ledger, sender: str, reference: int, imsi: str | None, now: int, *, arrived: bool
) -> tuple[bytes, int] | None:
    """The part a report speaks of; None when it cannot be told, or all is known already.

    A reference that no attempt to this number owns proves that the one unknown part to this number was sent.  Is that
    one queued to be sent again, only a report that it *arrived* keeps it from going.
    """
    owners = [row for row in ledger.rows(OWNERS_SQL, reference, now - WINDOW_MS, imsi) if _same(row[4], sender)]
    if owners:
        return next(((message, part) for message, part, state, *_ in owners if state == SENT), None)
    unsure = [row for row in ledger.rows(UNKNOWN_SQL, now - WINDOW_MS, imsi) if _same(row[3], sender)]
    if len(unsure) != 1 or (unsure[0][2] == QUEUED and not arrived):
        return None
    return unsure[0][0], unsure[0][1]


def _same(recipient: str, sender: str) -> bool:
    digits = [character for character in sender if character.isdigit()][-9:]
    return len(digits) == 9 and recipient.endswith("".join(digits))


def give_up(ledger: Ledger, now: int) -> int:
    """Messages sent more than 72 hours ago of which no report came, a slice; how many."""
    overdue = ledger.rows(OVERDUE_SQL, now - WINDOW_MS, SLICE)
    if overdue:
        with ledger.transaction():
            for (message,) in overdue:
                move(ledger, message, NO_REPORT, NO_REPORT, now)
    return len(overdue)


def awaited(ledger: Ledger, since: int) -> bool:
    """True while a part sent since then (ms UTC) has no report."""
    sql = "SELECT 1 FROM attempt a JOIN part p ON p.message = a.message AND p.part = a.part"
    found = ledger.one(f"{sql} WHERE a.began >= ? AND a.outcome = 'sent' AND p.state = ? LIMIT 1", since, SENT)
    return found is not None
