"""Rows of a query as dicts, for what is shown."""

from collections.abc import Sequence
from typing import Any

from sync.database import database


def dicts(sql: str, params: Sequence[Any] = ()) -> list[dict[str, Any]]:
    """Every row of *sql*, by column name."""
    cursor = database.connection().execute(sql, params)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]
