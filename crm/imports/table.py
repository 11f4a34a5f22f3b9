"""A CSV, TSV or JSON file as rows of text, each with its line number; every value stays as it is written."""

import codecs
import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, TypeVar, cast

from sqlite_utils.utils import Format, rows_from_file

from crm.imports import headings
from crm.imports.errors import FileUnreadable, WrongColumns, WrongLine
from crm.imports.physical import PhysicalLines
from sync.errors import N_

T = TypeVar("T")
JSON_BYTES_MAX = 16 * 1024 * 1024  # a JSON list is read whole; CSV and one object a line are not
WRONG_LISTED_MAX = 50
_FORMATS = {b"[": Format.JSON, b"{": Format.NL}
_REST = "\0rest"
_NEEDS_QUOTES = N_("stands beyond the last column; a comma inside a text needs quotes around the text")


class Cell(NamedTuple):
    """One value: where it stands, and its text without spaces around it."""

    line: int
    column: str
    text: str

    def wrong(self, why: str) -> WrongLine:
        """The error that says so; *why* is a message id that goes on after the value."""
        return WrongLine(line=self.line, column=self.column, value=self.text[:100], why=why)


class Row(NamedTuple):
    """One row; ``broken`` is true when a cell holds a line break, which may be a quote that was never closed.

    ``headings``: what the file calls our columns.
    """

    line: int
    values: Mapping[str, str]
    broken: bool
    headings: Mapping[str, str]

    def cell(self, column: str) -> Cell:
        """The value in *column*, under the file's own heading; empty when the file has no such column."""
        return Cell(self.line, self.headings.get(column, column), self.values.get(column, ""))


class Columns(NamedTuple):
    """What a kind of file has; ``headings`` knows other names for each."""

    needed: tuple[str, ...]
    optional: tuple[str, ...] = ()

    def named(self, text: str) -> str | None:
        """Our name of the column a file calls *text*: case, spaces and signs do not matter."""
        return headings.known((*self.needed, *self.optional)).get(headings.plain(text))


class Table:
    """An open file.  Iterating gives its rows, a WrongLine in the place of each that has too few or too many values.

    Raises WrongLine where the file cannot be read on.  Used with ``with``.
    """

    def __init__(self, path: Path, columns: Columns) -> None:
        """Raises FileUnreadable, WrongColumns, WrongLine (in the first line)."""
        self.path, self.columns = path, columns
        try:
            if not path.is_file():
                raise FileUnreadable(file=str(path), why=N_("there is no such file"))
            self.size = path.stat().st_size
            self._file = path.open("rb")
        except OSError as problem:
            raise FileUnreadable(file=str(path), why=N_("this computer does not let it be opened")) from problem
        try:
            self._begin()
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> "Table":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def _begin(self) -> None:
        begin = self._file.peek().removeprefix(codecs.BOM_UTF8).lstrip()[:1]
        self._format = _FORMATS.get(begin, Format.CSV)
        self.lines = PhysicalLines(self._file)
        self._names: dict[str, str] = {}
        self.ignored: list[str] = []
        self._dialect: type[csv.Dialect] | None = None
        if self._format is Format.CSV:
            self._read_header()
        elif self._format is Format.JSON and self.size > JSON_BYTES_MAX:
            raise FileUnreadable(file=self.path.name, why=N_("a JSON list this long must be a CSV file instead"))

    def _read_header(self) -> None:
        first = self.lines.readline().decode().rstrip("\r\n")
        self._dialect = _dialect(first)
        try:
            self._name_columns(next(csv.reader([first], self._dialect), []))
        except csv.Error as problem:
            raise self._no_csv() from problem
        self._file.seek(0)
        self.lines = PhysicalLines(self._file)

    def _name_columns(self, header: Sequence[str]) -> None:
        """Learns which of the file's columns is which of ours."""
        ours = [self.columns.named(text) for text in header]
        self._names = {text: name for text, name in zip(header, ours, strict=True) if name}
        self.ignored = [text for text, name in zip(header, ours, strict=True) if not name]
        faults = [name for name in self.columns.needed if name not in ours]
        faults += sorted({name for name in ours if name and ours.count(name) > 1})
        if faults:
            missing, wanted = (", ".join(map(headings.in_both, names)) for names in (faults, self.columns.needed))
            raise WrongColumns(file=self.path.name, missing=missing, wanted=wanted)

    def __iter__(self) -> Iterator[Row | WrongLine]:
        make = self._row if self._format is Format.CSV else self._object
        try:
            source = self._file if self._format is Format.JSON else cast(BinaryIO, self.lines)
            rows, _ = rows_from_file(source, self._format, self._dialect, "utf-8", extras_key=_REST)
            for count, values in enumerate(rows, 1):
                line = count if self._format is Format.JSON else self.lines.number
                yield make(line, values)
        except csv.Error as problem:
            raise self._no_csv() from problem
        except (ValueError, RecursionError) as problem:
            raise FileUnreadable(file=self.path.name, why=N_("it is no JSON, or not in UTF-8")) from problem

    def _no_csv(self) -> WrongLine:
        why = N_("is no readable CSV; look for a missing quote, and save the file as CSV in UTF-8")
        return Cell(self.lines.number, "–", "…").wrong(why)

    def _row(self, line: int, values: Mapping[str, Any]) -> Row | WrongLine:
        extra = next((text for text in values.get(_REST, ()) if text.strip()), None)
        if extra is not None:
            return Cell(line, str(len(values)), extra).wrong(_NEEDS_QUOTES)
        short = next((text for text in self._names if values[text] is None), None)
        if short is not None:
            return Cell(line, short, "").wrong(N_("is missing: the line has too few columns"))
        return _made(line, {name: (text, values[text]) for text, name in self._names.items()})

    def _object(self, line: int, values: Any) -> Row | WrongLine:
        """A JSON object; a number becomes text again."""
        if not isinstance(values, dict):
            return Cell(line, "–", str(values)).wrong(N_("is not a row of named values"))
        known = {name: (key, value) for key, value in values.items() if (name := self.columns.named(key))}
        self.ignored += [key for key in values if not self.columns.named(key) and key not in self.ignored]
        odd = next((place for place in known.values() if isinstance(place[1], list | dict | bool)), None)
        if odd:
            return Cell(line, odd[0], str(odd[1])).wrong(N_("is neither a text nor a number"))
        missing = next((name for name in self.columns.needed if name not in known), None)
        if missing:
            return Cell(line, missing, "").wrong(N_("is missing"))
        texts = {name: (key, "" if value is None else str(value)) for name, (key, value) in known.items()}
        return _made(line, texts)


def _made(line: int, texts: Mapping[str, tuple[str, str]]) -> Row:
    """The row of *texts*: (heading in the file, what stands there) by our column."""
    clean = {name: text.strip() for name, (_heading, text) in texts.items()}
    broken = any("\n" in text or "\r" in text for text in clean.values())
    return Row(line, clean, broken, {name: heading for name, (heading, _text) in texts.items()})


def _dialect(first: str) -> type[csv.Dialect]:
    """Comma, semicolon or tab: what stands most often in the first line."""

    class Found(csv.excel):
        strict = True  # else a quote that is never closed swallows the rest of the file into one text
        delimiter = max(",;\t", key=first.count)

    return Found


def each(table: Table, parse: Callable[[Row], T]) -> Iterator[T]:
    """Every row of *table* through *parse*.  When any is wrong, one WrongLine at the end tells of them all."""
    wrong: list[WrongLine] = []
    count = 0
    for row in _until_unreadable(table):
        try:
            if isinstance(row, WrongLine):
                raise row
            yield parse(row)
        except WrongLine as problem:
            count += 1
            wrong += [problem] if len(wrong) < WRONG_LISTED_MAX else []
    if wrong:
        raise WrongLine(**{**wrong[0].params, "count": count, "wrong": [error.told() for error in wrong]})


def _until_unreadable(table: Table) -> Iterator[Row | WrongLine]:
    """The rows; where the file itself cannot be read on, that as the last one."""
    try:
        yield from table
    except WrongLine as problem:
        yield problem
