"""A connection to a node's file whose inserts may wait, to be written table by table.

Many rows of one statement written one after another cost half of what they cost each between other work.  Nobody sees
that they waited: any other statement writes them first, a commit included; only a look-up by id that they cannot
answer lets them wait on.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

Row = tuple[Any, ...]
WAIT_S = 5  # for a lock of another program
_execute = sqlite3.Connection.execute


class Connection(sqlite3.Connection):
    """SQLite's, and rows that wait to be inserted (write-behind)."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._waiting: dict[str, list[Row]] = {}
        self._ids: set[bytes] = set()

    def later(self, sql: str, row: Row, row_id: bytes | None = None) -> None:
        """Runs the INSERT *sql* with *row* before anybody can notice; ``find`` may look for it by *row_id*."""
        rows = self._waiting.get(sql)
        if rows is None:
            rows = self._waiting[sql] = []
        rows.append(row)
        if row_id is not None:
            self._ids.add(row_id)

    def all_later(self, sql: str, rows: Iterable[Row]) -> None:
        """``later`` for many rows nobody looks for by id."""
        self._waiting.setdefault(sql, []).extend(rows)

    def find(self, sql: str, row_id: bytes) -> Row | None:
        """The first row of the SELECT *sql*, whose one parameter is an id given to ``later`` with every such row."""
        if row_id in self._ids:
            self.flush()
        found: Row | None = _execute(self, sql, (row_id,)).fetchone()
        return found

    def flush(self) -> None:
        """Writes what waits; raises what SQLite raises, and then the transaction is to be rolled back."""
        waiting, self._waiting = self._waiting, {}
        self._ids.clear()
        for sql, rows in waiting.items():
            super().executemany(sql, rows)

    def forget(self) -> None:
        """Drops what waits: a transaction is rolled back."""
        self._waiting.clear()
        self._ids.clear()

    def execute(self, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> sqlite3.Cursor:  # type: ignore[override]
        """SQLite's, after what waits."""
        if self._waiting:
            self.flush()
        return _execute(self, sql, parameters)

    def executemany(self, sql: str, parameters: Iterable[Sequence[Any]]) -> sqlite3.Cursor:  # type: ignore[override]
        """SQLite's, after what waits."""
        if self._waiting:
            self.flush()
        return super().executemany(sql, parameters)

    def cursor(self, *args: Any) -> Any:
        """SQLite's, after what waits."""
        if self._waiting:
            self.flush()
        return super().cursor(*args)


def read_only(path: Path, **options: Any) -> Connection:
    """A connection to the file at *path*, which exists, that cannot write; *options* as for ``sqlite3.connect``."""
    uri = f"{path.absolute().as_uri()}?mode=ro"
    return sqlite3.connect(uri, uri=True, isolation_level=None, timeout=WAIT_S, factory=Connection, **options)
