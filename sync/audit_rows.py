"""Rows against the log: each change of each entry is in the rows, and nothing stands in the rows that no entry says.

What a page shows is read from rows; here they are held against the signed entries.  This is what hub and branch
compare alike: facts and the lines under them, value by value.
"""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

from sync import ids, ops, rows, stamps
from sync.audit_log import UNREADABLE, Logged, damaged, find
from sync.changes import Change, Insert, Set
from sync.connection import Connection
from sync.errors import N_, LogDamaged
from sync.model import BY_CODE, TABLES, GroupSpec, TableSpec

GONE = N_("what it made is not among the records (%(what)s)")
OTHER = N_("a record says something else than it (%(what)s)")
UNSAID = N_("no entry says what this record says (%(what)s)")


class _Shape(NamedTuple):
    """How the rows of a table are read: its statement, those of its child tables, each group's places in a row."""

    select: str
    children: tuple[tuple[str, str], ...]
    groups: tuple[tuple[int, ...], ...]


@cache
def shape(table: str) -> _Shape:
    """How rows of *table* are read here."""
    spec = TABLES[table]
    children = tuple((c.name, f"{rows.child_statements(table, c.name).select} ORDER BY line") for c in spec.children)
    places = tuple(tuple(spec.fields.index(field) + 1 for field in group.fields) for group in spec.groups)
    return _Shape(rows.statements(table).select, children, places)


def changes_of(logged: Logged) -> list[Change]:
    """What the entry changes, in order.  Raises LogDamaged."""
    try:
        return ops.read_entry(logged.entry, logged.epoch.stream)
    except UNREADABLE:
        raise damaged(logged.epoch, logged.entry.seq, N_("its bytes cannot be read")) from None


def _last_words(changes: Sequence[Change]) -> list[bool]:
    """For each change whether it is the last its op says of that group: one may name a group twice."""
    if len(changes) < 2:
        return [True] * len(changes)
    places = [_place(number, change) for number, change in enumerate(changes)]
    last = {place: number for number, place in enumerate(places)}
    return [last[place] == number for number, place in enumerate(places)]


def _place(number: int, change: Change) -> tuple[Any, ...]:
    return (change.spec.code, change.row, change.op, change.group.number) if isinstance(change, Set) else (number,)


class Rows(ABC):
    """Compares the rows with what one applied entry after another says, and in the end counts them."""

    _logged: Logged
    _position: int
    _continued = False  # what another copy of this node wrote was heard from head office: no entry here says it

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._made: Counter[str] = Counter()  # rows of facts and of their children, by table
        self._keyed: Counter[str] = Counter()  # facts with a natural key, by table

    def judge(self, logged: Logged, changes: Sequence[Change], position: int) -> None:
        """Compares what an entry, applied at *position*, made and changed.  Raises LogDamaged."""
        self._logged, self._position = logged, position
        for change, is_last in zip(changes, _last_words(changes), strict=True):
            try:
                self._change(change, is_last)
            except LogDamaged:
                raise
            except UNREADABLE:
                raise self.wrong(OTHER, change.spec) from None

    def _change(self, change: Change, is_last: bool) -> None:
        if isinstance(change, Set):
            self._set(change, is_last)
        elif change.spec.is_fact:
            self._fact(change)
        else:
            self._insert(change)

    @abstractmethod
    def _set(self, change: Set, is_last: bool) -> None: ...

    @abstractmethod
    def _insert(self, change: Insert) -> None: ...

    def wrong(self, why: str, spec: TableSpec) -> LogDamaged:
        """The error that names the entry being compared."""
        return damaged(self._logged.epoch, self._logged.entry.seq, why, what=spec.name)

    def _read(self, spec: TableSpec, row: bytes) -> tuple[Any, ...] | None:
        found = self._connection.execute(shape(spec.name).select, (row,)).fetchone()
        return tuple(found) if found else None

    def _values(self, spec: TableSpec, group: GroupSpec, held: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(held[place] for place in shape(spec.name).groups[group.number])

    def _fact(self, change: Insert) -> None:
        spec, row = change.spec, change.row
        held = self._read(spec, row)
        if held is None:
            raise self.wrong(GONE, spec)
        if held != (row, *change.values):
            raise self.wrong(OTHER, spec)
        (self._keyed if change.keyed else self._made)[spec.name] += 1
        for child, select in shape(spec.name).children:
            lines = [(row, line, *values) for line, values in enumerate(change.children[child], 1)]
            if lines != self._connection.execute(select, (row,)).fetchall():
                raise self.wrong(OTHER, spec)
            self._made[child] += 0 if change.keyed else len(lines)

    # --- nothing beside the log ------------------------------------------------------------------------------

    def finish_facts(self, own: bytes) -> None:
        """No fact and no line stands that no entry made; *own*: how the ids begin that are looked at.  Raises."""
        for spec in TABLES.values():
            if spec.is_fact and spec.in_digest:
                self._count(spec, spec.name, "id", own)
                self._count_keyed(spec, own)
                for child in spec.children:
                    self._count(spec, child.name, spec.name, own)

    def finish_events(self) -> None:
        """No stamp of an event that is not there.  Raises LogDamaged."""
        known = " AND ".join(
            f'NOT EXISTS (SELECT 1 FROM "{spec.name}" WHERE id = event)' for spec in TABLES.values() if spec.seen
        )
        found = self._connection.execute(f"SELECT event FROM event_stamp WHERE {known or 'TRUE'} LIMIT 1").fetchone()
        if found:
            raise beside("event_stamp", found)

    def _count(self, spec: TableSpec, table: str, column: str, own: bytes) -> None:
        made = f'FROM "{table}" WHERE length("{column}") = 14 AND substr("{column}", 1, {len(own)}) = ?'
        if self._connection.execute(f"SELECT count(*) {made}", (own,)).fetchone()[0] == self._made[table]:
            return
        found = [row for (row,) in self._connection.execute(f'SELECT "{column}" {made}', (own,)) if self._counts(row)]
        if len(found) != self._made[table]:
            raise beside(spec.name, (row for row in found if not _said(self._connection, spec, row, row, None)))

    def _counts(self, op: bytes) -> bool:
        """Whether an entry of this file must hold *op*."""
        return not self._continued or rows.entry_of(self._connection, op, "1") is not None

    def _count_keyed(self, spec: TableSpec, own: bytes) -> None:
        """At the hub, whose log holds them all; one thing may have been made by two entries alike."""
        sql = f'SELECT count(*) FROM "{spec.name}" WHERE length(id) != 14'
        if not own and self._connection.execute(sql).fetchone()[0] > self._keyed[spec.name]:
            raise beside(spec.name, [])


def beside(table: str, unsaid: Iterable[bytes]) -> LogDamaged:
    """The error that names the first of the rows no entry says."""
    row = next(iter(unsaid), b"")
    return LogDamaged(entry=row.hex() or "?", why=UNSAID, what=table)


def table_of(code: int) -> str:
    """The name of the table with this number."""
    return BY_CODE[code].name if code in BY_CODE else str(code)


def unsaid(connection: Connection, spec: TableSpec, own: bytes = b"") -> Iterator[bytes]:
    """Rows of a table in whose groups an op stands that no entry holds; *own*: how the names of these ops begin."""
    for row, column in connection.execute(f'SELECT id, stamps FROM "{spec.name}"'):
        for group in spec.groups:
            op = stamps.standing(column, group.number).op
            if op.startswith(own) and not _said(connection, spec, row, op, group.number):
                yield row


def _said(connection: Connection, spec: TableSpec, row: bytes, op: bytes, group: int | None) -> bool:
    """Whether an entry of the log holds *op*, and it made *row* or set that group of it."""
    found = find(connection, op)
    return found is not None and any(
        (change.spec.code, change.row, change.op) == (spec.code, row, op)
        and (isinstance(change, Insert) or change.group.number == group)
        for change in ops.read_entry(found.entry, ids.stream_of(op))
    )
