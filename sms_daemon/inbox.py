"""Messages that came in: stored before the SIM forgets them, joined from their parts, each told once."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from sms_daemon.ledger import Ledger
from sms_daemon.received import whole

JOIN_WAIT_MS = 600_000
MISSING = "[…]"
SLICE = 200

_GROUP = "imsi = ? AND sender = ? AND ref = ? AND total = ? AND fact IS NULL"
OLD_SQL = (
    "SELECT imsi, sender, ref, total FROM inbound_part WHERE fact IS NULL"
    " GROUP BY imsi, sender, ref, total HAVING min(at) <= ? LIMIT ?"
)
_Group = tuple[str, str, int, int]


def take(ledger: Ledger, modem: str, imsi: str | None, messages: Iterable[Mapping[str, Any]], now: int) -> list[int]:
    """Stores what the SIM holds, one transaction; the places on the SIM that may be emptied now.

    A part that was stored before is only to be deleted.
    """
    found = [message for message in messages if isinstance(message.get("location"), int)]
    if found:
        with ledger.transaction():
            for message in found:
                _take(ledger, modem, imsi or "", message, now)
    return [message["location"] for message in found]


def _take(ledger: Ledger, modem: str, imsi: str, message: Mapping[str, Any], now: int) -> None:
    total, part = message.get("total") or 1, message.get("part") or 1
    group = (imsi, str(message.get("sender") or ""), message.get("ref") or 0, total)
    text = str(message.get("text") or "")
    if total > 1 and _holds_another(ledger, group, part, text):
        _tell(ledger, group, now)  # the same number for the next long message: the one before it is all there will be
    stored = ledger.run(
        "INSERT OR IGNORE INTO inbound_part (imsi, sender, smsc_at, ref, total, part, text, at, modem)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(imsi, group[1], str(message.get("smsc_at") or ""), group[2], total, part, text, now, modem),
    )
    if stored and len(_parts(ledger, group)) >= total:
        _tell(ledger, group, now)


def _holds_another(ledger: Ledger, group: _Group, part: int, text: str) -> bool:
    return _parts(ledger, group).get(part, text) != text


def _parts(ledger: Ledger, group: _Group) -> dict[int, str]:
    return dict(ledger.rows(f"SELECT part, text FROM inbound_part WHERE {_GROUP} ORDER BY id", *group))


def _tell(ledger: Ledger, group: _Group, now: int) -> None:
    """Joins what is there of a message and writes it down for the branch."""
    parts = _parts(ledger, group)
    text = whole("".join(parts.get(number, MISSING) for number in range(1, group[3] + 1)))
    sql = f"SELECT smsc_at, at, modem FROM inbound_part WHERE {_GROUP} ORDER BY part LIMIT 1"
    smsc_at, at, modem = ledger.rows(sql, *group)[0]
    body = {"sender": group[1], "text": text, "sent_at": sent_at(smsc_at, at), "modem": modem}
    fact = ledger.fact("inbound", None, now, body)
    ledger.run(f"UPDATE inbound_part SET fact = ? WHERE {_GROUP}", fact, *group)


def sent_at(text: str, otherwise: int) -> int:
    """The operator's time as ms since 1970 UTC; *otherwise* when it cannot be read."""
    try:
        found = datetime.fromisoformat(text)
        return int((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp() * 1000)
    except (ValueError, OverflowError):
        return otherwise


def join_old(ledger: Ledger, now: int) -> int:
    """Messages of which a part is still missing after ten minutes are told as they are, a slice; how many."""
    groups = ledger.rows(OLD_SQL, now - JOIN_WAIT_MS, SLICE)
    if groups:
        with ledger.transaction():
            for group in groups:
                _tell(ledger, (group[0], group[1], group[2], group[3]), now)
    return len(groups)
