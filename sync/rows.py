"""Rows of synced tables on a connection passed in: one prepared statement per table and use, from the models.

The write path of journal and merge; Peewee's queries are for reading.  Columns stand in the order id, plain fields,
personal fields, stamps; child rows (parent, line, fields); derived rows (document, line, event, fields), which lie in
the order of their model's key: who asks for those of a document says them first.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Any

from sync import event_stamps, ids
from sync.connection import Connection
from sync.model import TABLES, GroupSpec, Look, TableSpec, child_spec, sharing_ids

Row = tuple[Any, ...]
MANY = 64  # rows looked up by one statement
_MARKS = ", ".join("?" * MANY)


class Statements:
    """The SQL of one table, made once."""

    def __init__(self, spec: TableSpec, lead: tuple[str, ...], tail: tuple[str, ...], key: tuple[str, ...]) -> None:
        self.columns = (*lead, *(f.column for f in spec.fields), *tail)
        self.key_places = tuple(self.columns.index(column) for column in key)
        names = ", ".join(f'"{c}"' for c in self.columns)
        marks = ", ".join("?" * len(self.columns))
        self.insert = f'INSERT INTO "{spec.name}" ({names}) VALUES ({marks})'
        found = " AND ".join(f'"{column}" = ?' for column in key)
        self.select = f'SELECT {names} FROM "{spec.name}" WHERE {found}'
        self.exists = f'SELECT 1 FROM "{spec.name}" WHERE {found}'
        self.select_all = f'SELECT {names} FROM "{spec.name}" ORDER BY "{lead[0]}"'
        self.erase = f'DELETE FROM "{spec.name}" WHERE {found}'
        self.update = {g.number: _update(spec, g) for g in spec.groups}
        self.keys = (*lead, *(f.name for f in spec.fields), *tail)


def _update(spec: TableSpec, group: GroupSpec) -> str:
    sets = ", ".join(f'"{f.column}" = ?' for f in group.fields)
    return f'UPDATE "{spec.name}" SET {sets}, stamps = ? WHERE id = ?'


@cache
def statements(table: str) -> Statements:
    """The statements of a field or fact table."""
    spec = TABLES[table]
    return Statements(spec, ("id",), () if spec.is_fact else ("stamps",), ("id",))


@cache
def child_statements(parent: str, table: str) -> Statements:
    """The statements of a child table."""
    return Statements(child_spec(table), (parent, "line"), (), (parent,))


@cache
def derived_statements(table: str) -> Statements:
    """The statements of a derived table; its rows are found by their whole key."""
    spec = child_spec(table)
    key = tuple(field.column_name for field in spec.model._meta.get_primary_keys())
    return Statements(spec, ("document", "line", "event"), (), key)


def read(connection: Connection, spec: TableSpec, row_id: bytes) -> dict[str, Any] | None:
    """The row as a dict by field name (``stamps`` included), or None."""
    sql = statements(spec.name)
    found = connection.find(sql.select, row_id)
    return as_dict(spec, found) if found else None


def exists(connection: Connection, spec: TableSpec, row_id: bytes) -> bool:
    """Is there a row with this id?"""
    return connection.find(statements(spec.name).exists, row_id) is not None


def read_many(connection: Connection, spec: TableSpec, ids_: Sequence[bytes]) -> dict[bytes, dict[str, Any]]:
    """The rows with these ids, at most MANY, by id: a third of what it costs to read one after another."""
    names = ", ".join(f'"{column}"' for column in statements(spec.name).columns)
    return {row[0]: as_dict(spec, row) for row in connection.execute(*_among(spec.name, names, ids_))}


def those_held(connection: Connection, spec: TableSpec, ids_: Sequence[bytes]) -> set[bytes]:
    """Those of these ids, at most MANY, of which there is a row."""
    return {row_id for (row_id,) in connection.execute(*_among(spec.name, "id", ids_))}


def _among(table: str, columns: str, ids_: Sequence[bytes]) -> tuple[str, Row]:
    """One statement for however many, so that it is prepared once; what is not asked for is NULL, as no id is."""
    return f'SELECT {columns} FROM "{table}" WHERE id IN ({_MARKS})', (*ids_, *(MANY - len(ids_)) * (None,))


def any_exists(connection: Connection, table: str, row_id: bytes) -> bool:
    """Does *table*, or a table that shares its ids, hold the row?"""
    return any(exists(connection, spec, row_id) for spec in sharing_ids(table))


def looker(connection: Connection) -> Look:
    """What audience and writer rules look other rows up with: (table, id) → the row, or None."""
    return lambda table, row_id: read(connection, TABLES[table], row_id)


def as_dict(spec: TableSpec, row: Row) -> dict[str, Any]:
    """A row as selected, by field name; SQLite's 0 and 1 are truth values again."""
    keys = statements(spec.name).keys
    made = dict(zip(keys, row, strict=True))
    for place in spec.bools:
        if row[place + 1] is not None:
            made[keys[place + 1]] = bool(row[place + 1])
    return made


def read_children(connection: Connection, spec: TableSpec, row_id: bytes) -> dict[str, list[dict[str, Any]]]:
    """Child rows of a fact, by child table, in line order."""
    found = {}
    for child in spec.children:
        sql = child_statements(spec.name, child.name)
        rows = connection.execute(sql.select + " ORDER BY line", (row_id,))
        found[child.name] = [dict(zip(sql.keys, row, strict=True)) for row in rows]
    return found


def insert(connection: Connection, spec: TableSpec, row: Row) -> None:
    """Inserts one row: (id, plain…, personal…[, stamps]); SQLite may learn of it later."""
    connection.later(statements(spec.name).insert, row, row[0])


def insert_children(connection: Connection, spec: TableSpec, row_id: bytes, children: Mapping[str, list[Row]]) -> None:
    """Inserts the child rows of a fact; each row is (fields…), its line is its place."""
    for name, rows in children.items():
        lined = [(row_id, line, *row) for line, row in enumerate(rows, 1)]
        connection.all_later(child_statements(spec.name, name).insert, lined)


def insert_derived(connection: Connection, rows: Iterable[tuple[str, Row]]) -> None:
    """Inserts derived rows as the derivation functions give them: (table, (document, line, event, fields…))."""
    for table, those in groupby(rows, itemgetter(0)):
        connection.all_later(derived_statements(table).insert, [row for _, row in those])


def update(
    connection: Connection, spec: TableSpec, group: GroupSpec, row_id: bytes, values: Row, stamps: bytes
) -> None:
    """Sets the fields of one group and the stamps column."""
    connection.execute(statements(spec.name).update[group.number], (*values, stamps, row_id))


def erase(connection: Connection, spec: TableSpec, row_id: bytes) -> None:
    """Removes a row this node no longer holds (its audience went elsewhere), with its children and derived rows."""
    row = read(connection, spec, row_id)
    if row is None:
        return
    for table, key in _derived_keys(spec, row, read_children(connection, spec, row_id)):
        connection.execute(derived_statements(table).erase, key)
    for child in spec.children:
        connection.execute(child_statements(spec.name, child.name).erase, (row_id,))
    if spec.seen:
        event_stamps.forget(connection, row_id)
    connection.execute(statements(spec.name).erase, (row_id,))


def values_of(row: Mapping[str, Any], group: GroupSpec) -> Row:
    """The values of a group's fields in a row dict."""
    return tuple(row[f.name] for f in group.fields)


def line_dicts(child: TableSpec, lines: Iterable[Row]) -> list[dict[str, Any]]:
    """Child tuples by field name, with their line numbers."""
    return [dict(zip(child.line_names, (line, *row), strict=True)) for line, row in enumerate(lines, 1)]


def derive(
    spec: TableSpec, version: int, row: Mapping[str, Any], lines: Mapping[str, list[dict[str, Any]]]
) -> list[tuple[str, Row]]:
    """What a fact implies, by the derivation *version* of its entry; *lines* are its child rows by table."""
    function = spec.derive.get(version)
    return list(function(row, lines)) if function else []


def read_derived(
    connection: Connection, spec: TableSpec, row: Mapping[str, Any], lines: Mapping[str, list[dict[str, Any]]]
) -> list[tuple[str, Row]]:
    """The derived rows held of a fact: (table, (document, line, event, fields…)); *lines* are its child rows."""
    asked = [(table, derived_statements(table).select, key) for table, key in _derived_keys(spec, row, lines)]
    return [(table, held) for table, sql, key in asked for held in connection.execute(sql, key)]


def _derived_keys(
    spec: TableSpec, row: Mapping[str, Any], lines: Mapping[str, list[dict[str, Any]]]
) -> dict[tuple[str, Row], None]:
    """(table, key) of every row some version of the derivation makes of a fact, in order."""
    made = (one for version in spec.derive for one in derive(spec, version, row, lines))
    return dict.fromkeys(
        (table, tuple(one[place] for place in derived_statements(table).key_places)) for table, one in made
    )


ENTRY_NAMED = (  # columns of the entry (e) that is unit ?3 of process start ?2 of stream ?1
    "SELECT {} FROM (SELECT epoch AS within, seq - n AS shift FROM process_start "
    "WHERE stream = ?1 AND start = ?2 AND n <= ?3 ORDER BY n DESC LIMIT 1) "
    "JOIN entry e ON e.epoch = within AND e.seq = shift + ?3 WHERE e.start = ?2 AND e.n = ?3"
)


def entry_of(connection: Connection, op: bytes, columns: str) -> Row | None:
    """Columns of the entry (e) an op belongs to, by the op's name; None when it is not held."""
    name = ids.unpack(op)
    return entry_named(connection, name.stream, name.start, name.n, columns)


def entry_named(connection: Connection, stream: int, start: bytes, n: int, columns: str) -> Row | None:
    """Columns of the entry (e) that is unit number *n* of a process start; None when it is not held."""
    found = connection.execute(ENTRY_NAMED.format(columns), (stream, start, n)).fetchone()
    return tuple(found) if found else None


def natural_key(connection: Connection, target: str, row_id: bytes) -> str | None:
    """The natural key of the row of *target* (or of a table sharing its ids), when it still makes this very id."""
    for spec in sharing_ids(target):
        row = read(connection, spec, row_id) if spec.natural else None
        if row and spec.natural:
            key = spec.natural(*(row[name] for name in spec.key_fields))
            if ids.natural(spec.id_space, key) == row_id:
                return key
    return None
