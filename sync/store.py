"""One node's database file: one writer, read-only connections for everybody else, the gate of the guards.

SQLite in WAL mode with synchronous=FULL: what ``write()`` has committed survives a power cut.
"""

import sqlite3
import threading
import weakref
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sync import limits, schema
from sync.connection import WAIT_S, Connection, read_only
from sync.database import using
from sync.errors import DiskFull, NotAFolder, WriterBusy, invariant

_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA recursive_triggers = ON",
    "PRAGMA foreign_keys = ON",
    "PRAGMA cache_size = -8000",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA wal_autocheckpoint = 2000",
)
_DISK_WORDS = ("disk is full", "disk I/O error", "unable to open database file", "readonly database")
_DAMAGE_WORDS = ("malformed", "not a database")
CLOSED, OPEN, WIDE = 0, 1, 2
PAGE_BYTES = 4096


def is_of_disk(error: Exception) -> bool:
    """Does SQLite say by *error* that the disk did not give or take something, or gave it damaged?"""
    return any(words in str(error) for words in (*_DISK_WORDS, *_DAMAGE_WORDS))


class _Reader:
    """A thread's read-only connection; closed when the thread ends or the store does."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    @classmethod
    def open(cls, path: Path) -> "_Reader":
        return cls(read_only(path, cached_statements=256, check_same_thread=False))

    def close(self) -> None:
        self.connection.close()

    def __del__(self) -> None:
        self.close()


class Store:
    """The file at *path*.  Threads read through ``connection()``; one at a time writes inside ``write()``."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._local = threading.local()
        self._readers: weakref.WeakSet[_Reader] = weakref.WeakSet()
        self._gate = CLOSED
        self._owner: int | None = None
        self._idle = threading.Condition()
        self._requests = 0
        self._writer = self._open_writer()

    @classmethod
    def create(cls, path: Path, extra: Iterable[str] = (), page_bytes: int = PAGE_BYTES) -> "Store":
        """Makes the file with every table and guard; *extra* is the business's own DDL.

        Small pages make small commits cheap, the usual ones large imports.
        """
        with closing(sqlite3.connect(path, isolation_level=None)) as fresh:
            fresh.execute(f"PRAGMA page_size = {page_bytes}")
            fresh.execute("VACUUM")
        store = cls(path)
        with using(store), store.write() as connection:
            schema.create(connection, extra)
        return store

    @classmethod
    def open(cls, path: Path) -> "Store":
        """Opens an existing file and puts the guards back that a schema change may have dropped."""
        if not path.exists():
            raise NotAFolder(folder=str(path.parent))
        store = cls(path)
        with store.write() as connection:
            schema.make_guards(connection)
        return store

    def _open_writer(self) -> Connection:
        writer = sqlite3.connect(
            self.path,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=512,
            timeout=WAIT_S,
            factory=Connection,
        )
        for pragma in _PRAGMAS:
            writer.execute(pragma)
        writer.create_function("cabang_gate", 0, lambda: self._gate)
        return writer

    # --- reading ---------------------------------------------------------------------------------------------

    def connection(self) -> Connection:
        """The writer's connection for the thread inside ``write()``, else this thread's read-only one."""
        if self._owner == threading.get_ident():
            return self._writer
        reader: _Reader | None = getattr(self._local, "reader", None)
        if reader is None:
            reader = self._local.reader = _Reader.open(self.path)
            self._readers.add(reader)
        return reader.connection

    def get(self, name: str) -> Any:
        """A value of the node table, or None."""
        row = self.connection().execute("SELECT value FROM node WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    # --- writing ---------------------------------------------------------------------------------------------

    @contextmanager
    def write(self, gate: int = OPEN) -> Iterator[Connection]:
        """One transaction of the one writer; an exception leaves nothing behind.

        Raises WriterBusy after WRITER_WAIT_S_MAX, DiskFull when the disk refuses (nothing was saved).
        """
        invariant(self._owner != threading.get_ident(), "transactions do not nest")
        if not self._lock.acquire(timeout=limits.WRITER_WAIT_S_MAX):
            raise WriterBusy(seconds=limits.WRITER_WAIT_S_MAX)
        try:
            self._owner, self._gate = threading.get_ident(), gate
            yield from self._transaction()
        finally:
            self._owner, self._gate = None, CLOSED
            self._lock.release()

    def _transaction(self) -> Iterator[Connection]:
        try:
            self._writer.execute("BEGIN IMMEDIATE")
            yield self._writer
            self._writer.execute("COMMIT")
        except sqlite3.OperationalError as error:
            self._roll_back()
            if any(words in str(error) for words in _DISK_WORDS):
                self._renew()
                raise DiskFull from error
            raise
        except BaseException:
            self._roll_back()
            raise

    def _roll_back(self) -> None:
        self._writer.forget()
        if self._writer.in_transaction:
            self._writer.execute("ROLLBACK")

    def _renew(self) -> None:
        """After a failed write the connection is not trusted any more (a failed fsync may have lost pages)."""
        fresh = self._open_writer()
        self._writer.close()
        self._writer = fresh

    @contextmanager
    def wide(self) -> Iterator[None]:
        """Inside ``write()``: opens what even a unit may not do, removing rows this node holds no longer."""
        before, self._gate = self._gate, WIDE
        try:
            yield
        finally:
            self._gate = before

    def put(self, name: str, value: Any) -> None:
        """Sets a value of the node table; inside ``write()`` only."""
        invariant(self._owner == threading.get_ident(), "node values are set inside write()")
        self._writer.execute("INSERT INTO node VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                             (name, value))  # fmt: skip

    def forget_requests(self, before_ms: int) -> None:
        """Drops idempotency keys older than *before_ms* (UTC): no browser repeats those requests any more."""
        with self.write() as connection:
            connection.execute("DELETE FROM request WHERE at < ?", (before_ms,))

    # --- the till comes first --------------------------------------------------------------------------------

    @contextmanager
    def request(self) -> Iterator[None]:
        """A person is waiting: background work pauses between its slices until no request is in flight."""
        with self._idle:
            self._requests += 1
        try:
            yield
        finally:
            with self._idle:
                self._requests -= 1
                self._idle.notify_all()

    @property
    def people_wait(self) -> bool:
        """Is a request in flight?"""
        return self._requests > 0

    def wait_for_people(self, at_most_s: float) -> None:
        """Returns when no request is in flight, or after *at_most_s*."""
        with self._idle:
            self._idle.wait_for(lambda: self._requests == 0, timeout=at_most_s)

    # --- end -------------------------------------------------------------------------------------------------

    def close(self) -> None:
        """Closes every connection; the store is of no use afterwards."""
        for reader in list(self._readers):
            reader.close()
        self._writer.close()
