"""The SMS ledger, ``DIR/sms.db``: what became of every part of every message.  This is its one writer.

Every change is one transaction that is on the disk before the next step is taken (WAL, ``synchronous=FULL``).  What
the branch is to know is written as a *fact* in the transaction of the change it tells of.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sms_daemon import schema
from sms_daemon.ledger_errors import LedgerUnreadable, explained

FILE = "sms.db"
ID_BYTES = 16
PRAGMAS = ("page_size = 2048", "journal_mode = WAL", "synchronous = FULL", "busy_timeout = 2000")


class Ledger:
    """An open ledger.  ``transaction()`` for every write; ``run``, ``rows``, ``one`` and ``fact`` inside it.

    All of them raise LedgerNotWritten, FileBusy, LedgerUnreadable (it is damaged) and LedgerFault.
    """

    def __init__(self, path: Path) -> None:
        """Opens the ledger at *path* and brings an older one up to date; raises LedgerNewer, too."""
        self.path = path
        self._connection = _connect(path)
        try:
            if _version(self._connection, path) < schema.VERSION:
                with self.transaction(), explained(path):
                    schema.bring_up_to_date(self._connection)
            self.id: bytes = self.value("id", b"")
        except BaseException:
            self._connection.close()
            raise

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it is on the disk when the block ends, or none of it."""
        try:
            self.run("BEGIN IMMEDIATE")
            yield
            self.commit()
        except BaseException:
            self._undo()
            raise

    def _undo(self) -> None:
        if self._connection.in_transaction:
            with suppress(sqlite3.Error):  # what the disk did not take cannot be taken back, and need not
                self._connection.execute("ROLLBACK")

    def commit(self) -> None:
        """Ends the transaction; the disk has it.  Tests watch it."""
        self.run("COMMIT")

    def run(self, sql: str, *values: Any) -> int:
        """Executes a write; how many rows it touched."""
        with explained(self.path):
            return self._connection.execute(sql, values).rowcount

    def insert(self, sql: str, *values: Any) -> int:
        """Executes an INSERT; the number of the new row."""
        with explained(self.path):
            return int(self._connection.execute(sql, values).lastrowid or 0)

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """All rows of a SELECT."""
        with explained(self.path):
            return self._connection.execute(sql, values).fetchall()

    def one(self, sql: str, *values: Any) -> tuple[Any, ...] | None:
        """The first row of a SELECT, or None."""
        with explained(self.path):
            found: tuple[Any, ...] | None = self._connection.execute(sql, values).fetchone()
            return found

    def value(self, name: str, default: Any = None) -> Any:
        """A value of the ledger's own: id, outbox, orders …"""
        found = self.one("SELECT value FROM ledger WHERE name = ?", name)
        return found[0] if found else default

    def put(self, name: str, value: Any) -> None:
        """Sets a value of the ledger's own."""
        sql = "INSERT INTO ledger VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
        self.run(sql, name, value)

    def fact(self, kind: str, message: bytes | None, at: int, body: Mapping[str, Any]) -> int:
        """Writes down what the branch is to know; its number."""
        words = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        return self.insert("INSERT INTO fact (kind, message, at, body) VALUES (?, ?, ?, ?)", kind, message, at, words)

    def close(self) -> None:
        """Ends the connection; harmless when it was ended before."""
        self._connection.close()


def create(folder: Path, ledger_id: bytes) -> Path:
    """Makes an empty ledger with this 16-byte id in *folder* and gives its path; raises FileExistsError."""
    path = folder / FILE
    path.touch(mode=0o600, exist_ok=False)
    connection = _connect(path)
    try:
        connection.execute("BEGIN IMMEDIATE")
        schema.create(connection)
        connection.execute("INSERT INTO ledger VALUES ('id', ?), ('outbox', 0), ('orders', 0)", (ledger_id,))
        connection.execute("COMMIT")
    finally:
        connection.close()
    return path


def _connect(path: Path) -> sqlite3.Connection:
    with explained(path, LedgerUnreadable):
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None)
        try:
            for pragma in PRAGMAS:
                connection.execute(f"PRAGMA {pragma}")
        except BaseException:
            connection.close()
            raise
    return connection


def _version(connection: sqlite3.Connection, path: Path) -> int:
    """The version of the ledger's tables."""
    with explained(path, LedgerUnreadable):
        version = schema.version(connection, path)
        named = connection.execute("SELECT value FROM ledger WHERE name = 'id'").fetchone()
    if named is None or len(named[0]) != ID_BYTES:
        raise LedgerUnreadable(file=str(path))
    return version
