"""What the ledger says, for status, inbox and pages: plain dicts, read without ever writing, daemon running or not."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sms_daemon import ledger, lock, schema
from sms_daemon.ledger_errors import LedgerUnreadable, explained
from sms_daemon.masking import mask

LIMIT = 200
WAIT_S = 2
ATTEMPTS_SQL = "SELECT outcome, count(*) FROM attempt GROUP BY outcome"
OLDEST_SQL = "SELECT min(made_at) FROM message INDEXED BY message_open WHERE state IN ('queued', 'waiting', 'sending')"
_MODEM = (
    *("modem", "state", "reason", "since", "operator", "registration", "signal", "sim_used", "sim_size"),
    *("balance", "balance_at", "restarts"),
)


def status(folder: Path, now: int) -> dict[str, Any]:
    """All that a person asks first: does it run, what waits, what is unknown, how are the modems.

    ``waiting`` counts messages not yet sent (queued, waiting, held, sending); times in ms UTC, ages in ms.
    """
    with _open(folder) as connection:
        if connection is None:
            return {"running": lock.is_held(folder), "ledger": None, **_nothing()}
        states = dict(connection.execute("SELECT state, count(*) FROM message GROUP BY state"))
        return {
            "running": lock.is_held(folder),
            "ledger": _value(connection, "id").hex(),
            "waiting": sum(states.get(state, 0) for state in ("queued", "waiting", "held", "sending")),
            "states": states,
            "parts": dict(connection.execute("SELECT state, count(*) FROM part GROUP BY state")),
            "attempts": {outcome or "sending": count for outcome, count in connection.execute(ATTEMPTS_SQL)},
            "unknown": _unknown(connection),
            "modems": _modems(connection),
            "oldest_waiting_ms": _oldest(connection, now),
        }


def inbox(folder: Path) -> list[dict[str, Any]]:
    """What came in, newest first: id, at, sent_at, modem, sender, text."""
    sql = "SELECT id, at, body FROM fact WHERE kind = 'inbound' ORDER BY id DESC LIMIT ?"
    with _open(folder) as connection:
        rows = [] if connection is None else connection.execute(sql, (LIMIT,)).fetchall()
    return [{"id": fact, "at": at, **json.loads(body)} for fact, at, body in rows]


def facts(folder: Path, after: int, limit: int) -> tuple[bytes | None, list[dict[str, Any]]]:
    """The ledger's id and its next facts behind number *after*: id, kind, message, at, body."""
    sql = "SELECT id, kind, message, at, body FROM fact WHERE id > ? ORDER BY id LIMIT ?"
    with _open(folder) as connection:
        if connection is None:
            return None, []
        rows = connection.execute(sql, (after, limit)).fetchall()
        names = ("id", "kind", "message", "at")
        return _value(connection, "id"), [
            {**dict(zip(names, row[:4], strict=True)), "body": json.loads(row[4])} for row in rows
        ]


@contextmanager
def _open(folder: Path) -> Iterator[sqlite3.Connection | None]:
    """A read-only connection; None when there is no ledger yet."""
    path = folder / ledger.FILE
    if not path.is_file():
        yield None
        return
    with explained(path, LedgerUnreadable), closing(connect(path)) as connection:
        yield connection


def connect(path: Path) -> sqlite3.Connection:
    """Reads the ledger at *path* as it is at this moment.

    Raises LedgerNewer, LedgerUnreadable, LedgerNotWritten (its disk refuses), FileBusy.
    """
    uri = f"{path.absolute().as_uri()}?mode=ro"
    with explained(path, LedgerUnreadable):
        connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=WAIT_S)
        try:
            connection.execute("BEGIN")
            schema.version(connection, path)
        except BaseException:
            connection.close()
            raise
    return connection


def _nothing() -> dict[str, Any]:
    counts: dict[str, Any] = {"states": {}, "parts": {}, "attempts": {}}
    return {"waiting": 0, **counts, "unknown": [], "modems": [], "oldest_waiting_ms": None}


def _value(connection: sqlite3.Connection, name: str) -> Any:
    return connection.execute("SELECT value FROM ledger WHERE name = ?", (name,)).fetchone()[0]


def _unknown(connection: sqlite3.Connection) -> list[dict[str, Any]]:
    sql = (
        "SELECT id, recipient, changed_at, reason FROM message WHERE state = 'unknown' ORDER BY changed_at DESC LIMIT ?"
    )
    return [
        {"id": message.hex(), "recipient": mask(recipient), "at": at, "reason": reason}
        for message, recipient, at, reason in connection.execute(sql, (LIMIT,))
    ]


def _modems(connection: sqlite3.Connection) -> list[dict[str, Any]]:
    rows = connection.execute(f"SELECT {', '.join(_MODEM)} FROM device ORDER BY modem")
    return [dict(zip(("name", *_MODEM[1:]), row, strict=True)) for row in rows]


def _oldest(connection: sqlite3.Connection, now: int) -> int | None:
    found = connection.execute(OLDEST_SQL).fetchone()[0]
    return None if found is None else max(0, now - found)
