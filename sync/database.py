"""The one Peewee database of a process: Peewee reads, the journal writes.

``Database.connection()`` answers the writer's connection inside ``Store.write()`` on that thread, and this thread's
own read-only connection otherwise, so that a Peewee write outside a unit is refused by SQLite itself.  Which store
is meant is a context variable: a process has one, a test may have several.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import peewee

from sync.errors import invariant

if TYPE_CHECKING:
    import sqlite3

    from sync.connection import Connection
    from sync.store import Store

_current: ContextVar["Store | None"] = ContextVar("cabang_store", default=None)
_default: "list[Store]" = []


def use_by_default(store: "Store") -> None:
    """Makes *store* the one this process's threads mean unless they say otherwise."""
    _default[:] = [store]


def current_store() -> "Store":
    """The store this thread means."""
    store = _current.get() or (_default[0] if _default else None)
    invariant(store is not None, "a store is open in this process")
    return store  # type: ignore[return-value]


@contextmanager
def using(store: "Store") -> Iterator["Store"]:
    """Inside, Peewee's models read *store*."""
    token = _current.set(store)
    try:
        yield store
    finally:
        _current.reset(token)


class Database(peewee.SqliteDatabase):
    """A Peewee database without connections of its own: it asks the store this thread means."""

    _ready = False

    def __init__(self) -> None:
        super().__init__("cabang", autoconnect=True)
        self.server_version = (3, 40, 0)
        self._ready = True

    def connection(self) -> "Connection":
        return current_store().connection()

    def cursor(self, named_cursor: Any = None) -> "sqlite3.Cursor":
        return self.connection().cursor()

    def is_closed(self) -> bool:
        return not self._ready

    def connect(self, reuse_if_open: bool = False) -> bool:
        return False

    def close(self) -> bool:
        return False


database = Database()
