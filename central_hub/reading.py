"""Rows of a query with named places, as dicts."""

from collections.abc import Mapping
from typing import Any

from sync.database import database


def rows(sql: str, params: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every row of *sql*, by column name."""
    cursor = database.connection().execute(sql, params)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]
