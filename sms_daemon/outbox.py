"""The branch's outbox, read from ``DIR/branch.db`` without ever writing there: fetch all, end the read, then act."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from sms_daemon.errors import N_, SmsError
from sms_daemon.ledger_errors import FileBusy, is_busy

FILE = "branch.db"
WAIT_S = 2
_NODE = ("sms_ledger", "sms_facts", "sms_distrusted", "epoch_since")  # values of the branch's node table
_AGAIN = "EXISTS (SELECT 1 FROM message e WHERE e.kind = m.kind AND e.cause = m.cause AND e.rowno < m.rowno)"
_SAID_BEFORE = (
    "EXISTS (SELECT 1 FROM message_order e WHERE e.message = o.message AND e.action = o.action"
    " AND e.ledger = o.ledger AND e.answers = o.answers AND e.rowno < o.rowno)"
)
CONSENT_ASKED = frozenset({"receipt", "reminder", "greeting", "promotion"})


class NoBranch(SmsError):
    code = "sms_no_branch"
    happened = N_("There is no branch in the folder %(folder)s.")
    todo = N_('Give the folder that "cabang branch init" made.')


class BranchReplaced(SmsError):
    code = "sms_branch_replaced"
    happened = N_("Another file took the place of %(file)s.")
    todo = N_("Start the SMS program again.")


class BranchUnreadable(SmsError):
    code = "sms_branch_unreadable"
    happened = N_("The branch's database %(file)s cannot be read, or it is of another version.")
    todo = N_('Give "cabang doctor" with the branch\'s folder; it says what is wrong.')


class Row(NamedTuple):
    """A message as the branch wrote it; ``recipient`` and ``text`` are None once the person is erased.

    ``again``: there is an earlier one of the same cause, which another copy of the branch's database queued.
    """

    rowno: int
    id: bytes
    kind: str
    customer: bytes | None
    at: int
    not_before: int | None
    expires: int | None
    recipient: str | None
    text: str | None
    again: bool


class Order(NamedTuple):
    """What a person decided about a message: ``action`` resend or cancel."""

    rowno: int
    message: bytes
    action: str
    at: int


class Known(NamedTuple):
    """What the branch's database says of the ledger: its id, and how many of its facts were taken in.

    A database that was put back or copied goes on since ``since`` (ms UTC): what was made before may have been sent
    already, and the ledger ``distrusted`` may be such a copy as well.
    """

    ledger: bytes | None
    facts: int
    distrusted: bytes | None = None
    since: int = 0


class Outbox:
    """A read-only connection to the branch's database."""

    def __init__(self, folder: Path) -> None:
        """Raises NoBranch; this and every question: BranchUnreadable, FileBusy."""
        self._path = folder / FILE
        if not self._path.is_file():
            raise NoBranch(folder=str(folder))
        self._file = _identity(self._path)
        uri = f"{self._path.absolute().as_uri()}?mode=ro"
        with _explained(self._path):
            self._connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=WAIT_S)
        self._connection.text_factory = lambda text: text.decode("utf-8", "replace")
        self._version = -1

    def close(self) -> None:
        """Ends the connection."""
        self._connection.close()

    def changed(self) -> bool:
        """True when the branch wrote since the last call, and at the first; raises BranchReplaced."""
        if _identity(self._path) != self._file:
            raise BranchReplaced(file=str(self._path))
        before, self._version = self._version, self._rows("PRAGMA data_version")[0][0]
        return before != self._version

    def messages(self, after: int, limit: int) -> list[Row]:
        """The next messages behind row *after*, oldest first."""
        columns = ", ".join(Row._fields[:-1])
        sql = f"SELECT {columns}, {_AGAIN} FROM message m WHERE rowno > ? ORDER BY rowno LIMIT ?"
        return [Row(*row) for row in self._rows(sql, after, limit)]

    def orders(self, after: int, limit: int) -> list[Order]:
        """The next orders behind row *after*, oldest first; one that says what an earlier one said is passed over."""
        sql = (
            f"SELECT rowno, message, action, at FROM message_order o WHERE rowno > ? AND NOT {_SAID_BEFORE}"
            " ORDER BY rowno LIMIT ?"
        )
        return [Order(*row) for row in self._rows(sql, after, limit)]

    def row_number(self, message: bytes) -> int:
        """Where a message stands in the outbox; 0 when it is not there."""
        found = self._rows("SELECT rowno FROM message WHERE id = ?", message)
        return int(found[0][0]) if found else 0

    def ends(self) -> tuple[int, int]:
        """The number of the newest message row and of the newest order row; 0 when there is none."""
        sql = "SELECT coalesce(max(rowno), 0) FROM"
        return self._rows(f"{sql} message")[0][0], self._rows(f"{sql} message_order")[0][0]

    def states(self, messages: Sequence[bytes]) -> dict[bytes, tuple[str, str | None]]:
        """State and reason that the branch knows of these messages; those it knows nothing of are left out."""
        sql = "SELECT state, reason FROM message_state WHERE message = ? ORDER BY at DESC, position DESC LIMIT 1"
        found = ((message, self._rows(sql, message)) for message in messages)
        return {message: rows[0] for message, rows in found if rows}

    def may_send(self, kind: str, customer: bytes | None) -> bool:
        """True when nobody's consent is needed for this kind of message, or the customer gave it."""
        if customer is None or kind not in CONSENT_ASKED:
            return True
        sql = "SELECT given FROM consent WHERE customer = ? AND purpose = ? AND channel = 'sms'"
        return any(given for (given,) in self._rows(sql, customer, kind))

    def is_erased(self, message: bytes) -> bool:
        """True when the message's number was erased at the branch, or the message is not there any more."""
        found = self._rows("SELECT recipient FROM message WHERE id = ?", message)
        return not found or found[0][0] is None

    def known(self) -> Known:
        """What the branch knows of the ledger."""
        node = dict(self._rows("SELECT name, value FROM node WHERE name IN (?, ?, ?, ?)", *_NODE))
        ledger, facts, distrusted, since = (node.get(name) for name in _NODE)
        return Known(ledger, int(facts or 0), distrusted, int(since or 0))

    def clock_error(self) -> int:
        """How far this PC's clock is ahead of head office's, ms; 0 before the branch learned it."""
        found = self._rows("SELECT value FROM node WHERE name = 'clock_error'")
        return int(found[0][0] or 0) if found else 0

    def zone(self) -> str:
        """WIB, WITA or WIT, as head office says; WIB before it said anything."""
        sql = "SELECT zone FROM branch WHERE code = (SELECT value FROM node WHERE name = 'code')"
        found = self._rows(sql)
        return str(found[0][0]) if found else "WIB"

    def _rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with _explained(self._path):
            return self._connection.execute(sql, values).fetchall()


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise (FileBusy if is_busy(error) else BranchUnreadable)(file=str(path)) from error


def _identity(path: Path) -> tuple[int, int]:
    try:
        status = path.stat()
    except FileNotFoundError:
        raise BranchReplaced(file=str(path)) from None
    return status.st_dev, status.st_ino
