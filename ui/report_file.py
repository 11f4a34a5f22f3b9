"""A report as a file to keep: CSV for programs, XLSX for reckoning on, PDF for paper."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from flask import Response

TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}
Cells = Sequence[str | int]


class Column(NamedTuple):
    """``kind`` is "text", "number" or "rupiah"; ``word`` stands above it."""

    kind: str
    word: str


class Sheet(NamedTuple):
    """A report in the language of its reader.

    ``about``: whose figures, of which days.  ``columns`` and ``rows``: as programs read them, the key first;
    ``headings`` and ``shown``: the same with names for people.  ``total``: the word before the sums.
    """

    name: str
    title: str
    about: Sequence[str]
    columns: Sequence[str]
    rows: Sequence[Cells]
    headings: Sequence[Column]
    shown: Sequence[Cells]
    total: str
    language: str

    @property
    def sums(self) -> Iterator[str | int]:
        """The last line: what each column of figures adds up to."""
        for place, column in enumerate(self.headings):
            word = self.total if place == 0 else ""
            yield word if column.kind == "text" else sum(int(row[place]) for row in self.shown)


def content(sheet: Sheet, ending: str) -> bytes:
    """The file's bytes; *ending* is one of TYPES."""
    return _MAKERS[ending](sheet)


def answer(sheet: Sheet, ending: str) -> Response:
    """The file for the browser to keep."""
    disposition = f'attachment; filename="{sheet.name}.{ending}"'
    return Response(content(sheet, ending), mimetype=TYPES[ending], headers={"Content-Disposition": disposition})


def _csv(sheet: Sheet) -> bytes:
    from ui.csv_file import text

    return text(sheet.columns, sheet.rows).encode()


def _xlsx(sheet: Sheet) -> bytes:
    from ui.xlsx_file import made

    return made(sheet)


def _pdf(sheet: Sheet) -> bytes:
    from ui.pdf_file import made

    return made(sheet)


_MAKERS: Mapping[str, Callable[[Sheet], bytes]] = {"csv": _csv, "xlsx": _xlsx, "pdf": _pdf}
