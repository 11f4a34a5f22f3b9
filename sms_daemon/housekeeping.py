"""What is done now and then: old texts forgotten, reports given up, long messages joined, consent asked anew."""

import json

from sms_daemon import inbox, reports
from sms_daemon.ledger import Ledger
from sms_daemon.outbox import Outbox
from sms_daemon.states import FINAL, HELD, QUEUED, move

KEPT_MS = 90 * 86_400_000
SLICE = 200

# Without their texts two SMS of one second would be the same: the row's number keeps them apart.
INBOUND_SQL = (
    "UPDATE inbound_part SET text = '', smsc_at = smsc_at || ' ' || id"
    " WHERE fact IS NOT NULL AND at <= ? AND text != ''"
)


def sweep(ledger: Ledger, outbox: Outbox, now: int) -> None:
    """What is due every minute."""
    reports.give_up(ledger, now)
    inbox.join_old(ledger, now)
    _free_consented(ledger, outbox, now)


def _free_consented(ledger: Ledger, outbox: Outbox, now: int) -> None:
    """Queues messages that were held for want of consent and whose customers gave it since; a slice at each call."""
    after = ledger.value("consent_asked", b"")
    sql = "SELECT id, kind, customer FROM message WHERE state = ? AND reason = 'consent' AND id > ? ORDER BY id LIMIT ?"
    held = ledger.rows(sql, HELD, after, SLICE)
    if held or after:
        given = [message for message, kind, customer in held if outbox.may_send(kind, customer)]
        with ledger.transaction():
            for message in given:
                move(ledger, message, QUEUED, None, now)
            ledger.put("consent_asked", held[-1][0] if len(held) == SLICE else b"")


def purge(ledger: Ledger, now: int, facts_taken: int) -> int:
    """Empties texts older than 90 days, all else stays; how many messages.

    *facts_taken*: number of the last fact the branch took in; later ones keep their text until it has.
    """
    before, after = now - KEPT_MS, ledger.value("purged", 0)
    texts = 0
    with ledger.transaction():
        for state in FINAL:
            where = "state = ? AND changed_at > ? AND changed_at <= ?"
            old = f"SELECT id FROM message WHERE {where}"
            ledger.run(f"UPDATE part SET text = '' WHERE message IN ({old})", state, after, before)
            texts += ledger.run(f"UPDATE message SET text = '' WHERE {where}", state, after, before)
        ledger.run(INBOUND_SQL, before)
        _purge_facts(ledger, before, facts_taken)
        ledger.put("purged", before)
    return texts


def _purge_facts(ledger: Ledger, before: int, facts_taken: int) -> None:
    after = ledger.value("facts_purged", 0)
    sql = "SELECT id, body FROM fact WHERE id > ? AND id <= ? AND at <= ? AND kind = 'inbound' ORDER BY id"
    for fact, body in ledger.rows(sql, after, facts_taken, before):
        emptied = {**json.loads(body), "text": ""}
        ledger.run("UPDATE fact SET body = ? WHERE id = ?", json.dumps(emptied, separators=(",", ":")), fact)
        ledger.put("facts_purged", fact)
