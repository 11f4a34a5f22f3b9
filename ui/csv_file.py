"""A table as a CSV file that every spreadsheet opens as plain text."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import Any

from flask import Response

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would run such a cell


def answer(name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """The file *name* to keep, with a line of *columns* above its rows; None is an empty cell."""
    disposition = f'attachment; filename="{name}"'
    return Response(text(columns, rows), mimetype="text/csv", headers={"Content-Disposition": disposition})


def text(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """The file's text, no cell of which is a formula."""
    kept = StringIO()
    writer = csv.writer(kept)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([guarded(cell) if isinstance(cell, str) else cell for cell in row])
    return kept.getvalue()


def guarded(cell: str) -> str:
    """*cell* as plain text for every spreadsheet: an apostrophe before what would be a formula."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell
