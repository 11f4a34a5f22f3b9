"""What a query finds: rows as dicts or tuples, of the process's database; and ways of asking that are passed on."""

from collections.abc import Mapping, Sequence
from typing import Any

from sync.database import database
from sync.rights import Query
from sync.store import Store

Params = Sequence[Any] | Mapping[str, Any]


def dicts(sql: str, params: Params = ()) -> list[dict[str, Any]]:
    """Every row of *sql*, by column name."""
    cursor = database.connection().execute(sql, params)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def query(sql: str, params: Params = ()) -> list[tuple[Any, ...]]:
    """Every row of *sql*; a ``Query`` that sees what is committed."""
    return database.connection().execute(sql, params).fetchall()


def query_of(store: Store) -> Query:
    """The same of one store, whichever the process has open."""
    return lambda sql, params: store.connection().execute(sql, params).fetchall()
