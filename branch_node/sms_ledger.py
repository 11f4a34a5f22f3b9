"""The SMS daemon's ledger as the branch reads it: ``DIR/sms.db``, never written here."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from branch_node.sms_errors import relayed
from sms_daemon import reading
from sms_daemon.errors import SmsError
from sms_daemon.ledger import FILE
from sms_daemon.ledger_errors import LedgerUnreadable, explained
from sync.database import database

WAITING = ("sending", "held", "queued", "waiting")
UNKNOWN = ("unknown",)
SENT = ("sent", "delivered", "no_report")
NOT_ARRIVED = ("failed", "undelivered", "expired", "cancelled")
ALL = -1  # as SQLite says it: no limit


class Place(NamedTuple):
    """Where a list goes on: behind the message that changed ``at`` (ms UTC)."""

    at: int
    id: bytes


class Held(NamedTuple):
    """One message as the ledger has it; times in ms UTC."""

    id: bytes
    state: str
    reason: str | None
    parts: int
    changed_at: int
    due_at: int | None

    @property
    def place(self) -> Place:
        return Place(self.changed_at, self.id)


class Device(NamedTuple):
    """What the ledger knows of one modem; ``since`` in ms UTC, ``balance`` in rupiah.

    ``reason``: what keeps one that is ready from sending all the same, such as a SIM without credit.
    """

    modem: str
    state: str
    reason: str | None
    since: int
    operator: str | None
    signal: int | None
    sim_used: int | None
    sim_size: int | None
    balance: int | None
    balance_at: int | None


class SmsLedger:
    """One look at the ledger: every answer is of the same moment.

    Its methods raise, relayed, what ``reading.connect`` does.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self._path, self._connection = path, connection

    def value(self, name: str) -> bytes | int | None:
        """A value of the ledger's own: "id", "outbox" …"""
        found = self._rows("SELECT value FROM ledger WHERE name = ?", name)
        return found[0][0] if found else None

    def count(self, states: Sequence[str], at_most: int = ALL) -> int:
        """How many messages are in one of *states*; no more than *at_most* are looked at."""
        marks = ", ".join("?" * len(states))
        some = f"SELECT 1 FROM message WHERE state IN ({marks}) LIMIT ?"
        return int(self._rows(f"SELECT count(*) FROM ({some})", *states, at_most)[0][0])

    def oldest(self, states: Sequence[str], after: Place | None, limit: int) -> list[Held]:
        """At most *limit* messages in *states*, the one that changed longest ago first, behind *after*."""
        return self._walk(states, after or Place(-1, b""), limit, ">", "ASC")

    def newest(self, states: Sequence[str], before: Place | None, limit: int) -> list[Held]:
        """At most *limit* messages in *states*, the one that changed last first, behind *before*."""
        return self._walk(states, before or Place(1 << 62, b""), limit, "<", "DESC")

    def _walk(self, states: Sequence[str], place: Place, limit: int, sign: str, order: str) -> list[Held]:
        """Each state is one stretch of an index, so a hundred thousand waiting ones cost nothing."""
        sql = (
            "SELECT id, state, reason, parts, changed_at, due_at FROM message"
            f" WHERE state = ? AND (changed_at, id) {sign} (?, ?) ORDER BY changed_at {order}, id {order} LIMIT ?"
        )
        found = [Held(*row) for state in states for row in self._rows(sql, state, *place, limit)]
        return sorted(found, key=lambda held: held.place, reverse=order == "DESC")[:limit]

    def devices(self) -> list[Device]:
        """Every modem the program ever looked after."""
        return [Device(*row) for row in self._rows(f"SELECT {', '.join(Device._fields)} FROM device ORDER BY modem")]

    def _rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        try:
            with explained(self._path, LedgerUnreadable):
                return self._connection.execute(sql, values).fetchall()
        except SmsError as error:
            raise relayed(error) from error


@contextmanager
def look(folder: Path) -> Iterator[SmsLedger | None]:
    """The ledger of the branch in *folder*; None when there is none yet.  Raises what its methods do."""
    path = folder / FILE
    if not path.is_file():
        yield None
        return
    try:
        connection = reading.connect(path)
    except SmsError as error:
        raise relayed(error) from error
    with closing(connection):
        yield SmsLedger(path, connection)


# --- beside the branch's own outbox ------------------------------------------------------------------------------

_UNTOLD = "FROM message m WHERE m.rowno > ? AND NOT EXISTS (SELECT 1 FROM message_state s WHERE s.message = m.id)"


def taken(ledger: SmsLedger | None) -> int:
    """The number of the last row of the branch's outbox that the SMS program took."""
    return int(ledger.value("outbox") or 0) if ledger else 0


def count_waiting(ledger: SmsLedger | None, at_most: int = ALL) -> int:
    """How many messages have not gone yet, those included that the SMS program has not taken.

    Of those it took no more than *at_most* are looked at.
    """
    return (ledger.count(WAITING, at_most) if ledger else 0) + count_untaken(ledger, at_most)


def count_untaken(ledger: SmsLedger | None, at_most: int = ALL) -> int:
    """How many messages the SMS program has not taken; without a ledger no more than *at_most* are counted."""
    connection = database.connection()
    if ledger is None:
        return int(connection.execute(f"SELECT count(*) FROM (SELECT 1 {_UNTOLD} LIMIT ?)", (0, at_most)).fetchone()[0])
    (newest,) = connection.execute("SELECT coalesce(max(rowno), 0) FROM message").fetchone()
    return max(0, int(newest) - taken(ledger))


def oldest_untaken(ledger: SmsLedger | None) -> int | None:
    """When the oldest of those was written, ms UTC; None when there is none."""
    sql = f"SELECT m.at {_UNTOLD} ORDER BY m.rowno LIMIT 1"
    found = database.connection().execute(sql, (taken(ledger),)).fetchone()
    return int(found[0]) if found else None
