"""The states of messages and parts, how the parts' make the message's, and the facts the branch is told."""

from collections.abc import Sequence

from sms_daemon.ledger import Ledger

QUEUED, WAITING, HELD, SENDING = "queued", "waiting", "held", "sending"
SENT, DELIVERED, UNDELIVERED, NO_REPORT = "sent", "delivered", "undelivered", "no_report"
UNKNOWN, FAILED, EXPIRED, CANCELLED = "unknown", "failed", "expired", "cancelled"

OPEN = (QUEUED, WAITING, HELD)
GIVEN_UP = (EXPIRED, CANCELLED)
FINAL = (SENT, DELIVERED, UNDELIVERED, NO_REPORT, UNKNOWN, FAILED, *GIVEN_UP)
TOLD = (*FINAL, HELD)  # the branch hears of these
GONE_OUT = (SENT, DELIVERED)  # a part that is never submitted again
_BY_WEIGHT = (SENDING, QUEUED, FAILED, UNKNOWN, *GIVEN_UP, UNDELIVERED, SENT, DELIVERED)


def settled(parts: Sequence[tuple[str, str | None]]) -> tuple[str, str | None]:
    """State and reason of a message from the (state, reason) of its parts: the least finished one decides."""
    return min(parts, key=lambda part: _BY_WEIGHT.index(part[0]))


def move(ledger: Ledger, message: bytes, state: str, reason: str | None, at: int, *, due_at: int | None = None) -> None:
    """Puts a message into a state and tells the branch if it is a new one; inside a transaction.

    *due_at*: when a waiting message is looked at again, ms UTC.
    """
    before = ledger.one("SELECT state, reason, parts FROM message WHERE id = ?", message)
    sql = "UPDATE message SET state = ?, reason = ?, due_at = ?, changed_at = ? WHERE id = ?"
    ledger.run(sql, state, reason, due_at, at, message)
    if before and before[:2] != (state, reason) and state in TOLD:
        tell(ledger, message, state, reason, before[2], at)


def tell(ledger: Ledger, message: bytes, state: str, reason: str | None, parts: int, at: int) -> None:
    """Writes down for the branch how a message is; inside a transaction."""
    ledger.fact("message", message, at, {"state": state, "reason": reason, "parts": parts})


def settle(ledger: Ledger, message: bytes, at: int) -> None:
    """Puts a message into the state its parts make; inside a transaction.

    One that waits for something goes on waiting while a part of it does.
    """
    parts = ledger.rows("SELECT state, reason FROM part WHERE message = ? ORDER BY part", message)
    state, reason = settled([(state, reason) for state, reason in parts])
    if state != QUEUED or ledger.one("SELECT 1 FROM message WHERE id = ? AND state = ?", message, SENDING):
        move(ledger, message, state, reason, at)


def give_up(ledger: Ledger, message: bytes, state: str, at: int) -> None:
    """Takes what is left of a message out of the queue: CANCELLED or EXPIRED; inside a transaction.

    A part that an earlier try may have aired is as unknown as it was before it was to be sent again.
    """
    sql = "UPDATE part SET state = iif(sent_at IS NULL, ?, ?), reason = ? WHERE message = ? AND state = ?"
    ledger.run(sql, state, UNKNOWN, state, message, QUEUED)
    settle(ledger, message, at)
