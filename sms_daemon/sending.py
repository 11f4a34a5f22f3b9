"""One part on its way: the intent that is on the disk before the modem hears of it, and what came of it."""

from typing import NamedTuple

from sms_daemon import policy
from sms_daemon.ledger import Ledger
from sms_daemon.outcomes import RESTART, Outcome
from sms_daemon.states import FAILED, QUEUED, SENDING, SENT, UNKNOWN, WAITING, move, settle


class Job(NamedTuple):
    """The next part of a message, ready to be sent."""

    message: bytes
    part: int
    tries: int
    kind: str
    rank: int
    customer: bytes | None
    recipient: str
    text: str
    coding: str
    udh: int | None
    parts: int
    expires: int | None
    exempt: bool


class Sender(NamedTuple):
    """Who sends: the start of the daemon, the modem, and the SIM in it."""

    boot: bytes
    modem: str
    imei: str | None
    imsi: str | None


class Answer(NamedTuple):
    """What became of a submission: the outcome, the modem's reference, the network's code."""

    outcome: Outcome
    reference: int | None = None
    code: int | None = None


def begin(ledger: Ledger, job: Job, sender: Sender, now: int) -> int:
    """Commits that this part is about to be submitted; the number of the attempt."""
    with ledger.transaction():
        sql = "UPDATE part SET state = ?, reason = NULL, modem = ?, imsi = ? WHERE message = ? AND part = ?"
        ledger.run(sql, SENDING, sender.modem, sender.imsi, job.message, job.part)
        move(ledger, job.message, SENDING, None, now)
        return ledger.insert(
            "INSERT INTO attempt (message, part, boot, modem, imei, imsi, began) VALUES (?, ?, ?, ?, ?, ?, ?)",
            *(job.message, job.part, *sender, now),
        )


def finish(ledger: Ledger, job: Job, attempt: int, answer: Answer, now: int, chance: float) -> None:
    """Commits what came of an attempt; *chance* (0 ≤ x < 1) spreads the retries."""
    with ledger.transaction():
        sql = "UPDATE attempt SET ended = ?, outcome = ?, code = ?, reference = ? WHERE id = ?"
        ledger.run(sql, now, answer.outcome.kind, answer.code, answer.reference, attempt)
        if answer.outcome.kind == "sent":
            _gone(ledger, job, SENT, answer, now)
        elif answer.outcome.kind == "unknown":
            _gone(ledger, job, UNKNOWN, answer, now)
        elif answer.outcome.kind == "retry":
            _later(ledger, job, answer.outcome.reason, now, chance)
        elif answer.outcome.kind == "failed":
            _fail(ledger, job, answer.outcome.reason, now)
        else:
            _back(ledger, job, answer.outcome.reason, now)


def _gone(ledger: Ledger, job: Job, state: str, answer: Answer, now: int) -> None:
    """The part was, or may have been, submitted; the rest of the message stays with this modem."""
    sql = "UPDATE part SET state = ?, reason = ?, reference = ?, sent_at = ? WHERE message = ? AND part = ?"
    ledger.run(sql, state, answer.outcome.reason, answer.reference, now, job.message, job.part)
    if job.parts > 1:
        sql = "UPDATE message SET modem = (SELECT modem FROM part WHERE message = id AND part = ?) WHERE id = ?"
        ledger.run(sql, job.part, job.message)
    settle(ledger, job.message, now)


def _later(ledger: Ledger, job: Job, reason: str | None, now: int, chance: float) -> None:
    """The network refused for now."""
    due = policy.next_try(job.tries + 1, now, chance)
    if due is None:
        _fail(ledger, job, "too_many_tries", now)
        return
    _put_back(ledger, job, job.tries + 1, reason)
    move(ledger, job.message, WAITING, "backoff", now, due_at=min(due, job.expires or due))


def _fail(ledger: Ledger, job: Job, reason: str | None, now: int) -> None:
    """This message cannot be sent; its other parts are not tried."""
    sql = "UPDATE part SET state = ?, reason = ? WHERE message = ? AND (part = ? OR state = ?)"
    ledger.run(sql, FAILED, reason, job.message, job.part, QUEUED)
    settle(ledger, job.message, now)


def _back(ledger: Ledger, job: Job, reason: str | None, now: int) -> None:
    """The modem's trouble, not the message's: it stays where it was and no try is counted."""
    _put_back(ledger, job, job.tries, reason)
    settle(ledger, job.message, now)


def _put_back(ledger: Ledger, job: Job, tries: int, reason: str | None) -> None:
    sql = "UPDATE part SET state = ?, reason = ?, tries = ? WHERE message = ? AND part = ?"
    ledger.run(sql, QUEUED, reason, tries, job.message, job.part)


SENDING_SQL = "SELECT message, part FROM part WHERE state = 'sending'"


def recover(ledger: Ledger, now: int) -> int:
    """At the start: what was on its way when the last daemon ended is unknown; how many parts that were."""
    found = ledger.rows(SENDING_SQL)
    if found:
        with ledger.transaction():
            for message, part in found:
                _lost(ledger, message, part, now)
    return len(found)


def _lost(ledger: Ledger, message: bytes, part: int, now: int) -> None:
    sql = "UPDATE attempt SET ended = ?, outcome = ? WHERE message = ? AND part = ? AND outcome IS NULL"
    ledger.run(sql, now, RESTART.kind, message, part)
    sql = "UPDATE part SET state = ?, reason = ?, sent_at = ? WHERE message = ? AND part = ?"
    ledger.run(sql, UNKNOWN, RESTART.reason, now, message, part)
    settle(ledger, message, now)
