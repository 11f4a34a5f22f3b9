"""Reading a node's file beside its node: one consistent view, no lock, no write, whether the node runs or not."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sync.connection import Connection, read_only
from sync.database import using
from sync.errors import invariant
from sync.store import OPEN, Store


class Reader(Store):
    """A store that can only read: every query sees the file as it was when the reader was opened."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._view = read_only(path)
        self._view.execute("PRAGMA cache_size = -8000")
        self._view.execute("BEGIN")

    def connection(self) -> Connection:
        """The read-only connection, inside its one transaction."""
        return self._view

    @contextmanager
    def write(self, gate: int = OPEN) -> Iterator[Connection]:
        """Never: a reader has no writer."""
        invariant(False, "a reader writes nothing")
        yield self._view

    def close(self) -> None:
        """Ends the view."""
        self._view.close()


@contextmanager
def open_reader(path: Path) -> Iterator[Reader]:
    """The file at *path*, which exists, to read; Peewee's models read it too."""
    reader = Reader(path)
    try:
        with using(reader):
            yield reader
    finally:
        reader.close()
