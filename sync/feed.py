"""The hub's feed: what each branch still has to hear, by position in the hub's order, and the pages made of it.

A feed row says "at this position, this row changed, for this audience"; a row has one feed row per audience, moved to
the end when it changes, so that a superseded value is sent once, as its newest.  A page's item is the effect of one
accepted entry (or a part of one that is large, see ``Oversized``): [position, [row…]], a row being

- [table, id, 0, op or nil, effective, [value…]]      a field model's row in which one op stands everywhere
- [table, id, 1, [group, op, effective, value…]…]     the groups that changed
- [table, id, 2, derive version, [value…], [child table, [value…]…]…]   a fact
- [table, id, 3]                                      the branch holds the row no longer
- [table, id, 4, effective, derive version, [value…], [child table, [value…]…]…]   an event, or
- [table, id, 4, effective]                           the stamp of an event the branch wrote itself
"""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from functools import cache
from itertools import groupby, islice
from operator import itemgetter
from typing import Any

from sync import entry, event_stamps, ids, limits, rows, stamps, wire
from sync.connection import Connection
from sync.model import BY_CODE, EVERYONE, HUB, TABLES, TableSpec, everyone, sharing_ids
from sync.store import Store

WHOLE, GROUPS, FACT, GONE, EVENT = 0, 1, 2, 3, 4  # kinds of page rows
NOBODY = -1
CHANGED, LEFT, GAINED = 0, 1, 2  # kinds of feed rows; a gained row is sent whole whatever the cursor
_Listed = tuple[int, int, bytes, int]  # position, table, row id, kind
_TELL = "INSERT INTO feed VALUES (?, ?, ?, ?, ?, ?)"
_COUNTED_AT_ONCE = 64  # rows
_NEWS = "SELECT 1 FROM feed WHERE audience IN (0, ?1) AND position > ?2 AND maker != ?1 LIMIT 1"
_REFERRED = "SELECT position FROM feed WHERE row = ? AND tbl = ? AND audience IN (0, ?) AND kind != 1"


class Oversized(Exception):
    """What stands at ``position`` makes a page too large: ``places``, (table, row), are to be told at a later one.

    Rows gather at one position when an entry changes many, and bring along the newer rows they refer to: a branch that
    has heard neither would have to take all of it at once.
    """

    def __init__(self, position: int, places: list[tuple[int, bytes]]) -> None:
        self.position, self.places = position, places
        super().__init__(position)


class Feed:
    """Appends to the feed and hands out positions; one per hub."""

    def __init__(self, store: Store) -> None:
        self._position: int = store.get("position") or 0

    def next_position(self, connection: Connection) -> int:
        """The position of the entry that begins; one that is rolled back leaves a number unused."""
        self._position += 1
        return self._position

    def save(self, connection: Connection) -> None:
        """Keeps the counter, in the transaction that moved it."""
        connection.execute(
            "INSERT INTO node VALUES ('position', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (self._position,),
        )

    def made(self, connection: Connection, spec: TableSpec, row: Mapping[str, Any], position: int, maker: int) -> None:
        """A new row for its audience; *maker*, the stream that made it, need not hear of it, unless it is an event."""
        maker = NOBODY if spec.seen else maker
        for audience in self.audience_of(connection, spec, row):
            connection.later(_TELL, (audience, position, spec.code, row["id"], CHANGED, maker))

    def changed(
        self,
        connection: Connection,
        spec: TableSpec,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
        position: int,
        again: bool = False,
    ) -> None:
        """A row changed: its audience hears of it; who is no longer in the audience is told to drop it.

        *again*: an op stands again that had given way, so even its own author must hear.
        """
        audience = self.audience_of(connection, spec, after)
        _regrade(connection, spec, audience, after["id"], position, GAINED if again else CHANGED)
        for field, table in spec.regrades:
            if before[field] != after[field]:
                self._regrade_dependents(connection, spec.name, TABLES[table], after["id"])

    def _regrade_dependents(self, connection: Connection, column: str, dependent: TableSpec, row_id: bytes) -> None:
        """Rows that refer to the changed one may have another audience now; each at a position of its own."""
        found = connection.execute(f'SELECT id FROM "{dependent.name}" WHERE "{column}" = ?', (row_id,)).fetchall()
        for (dependent_id,) in found:
            row = rows.read(connection, dependent, dependent_id)
            if row:
                audience = self.audience_of(connection, dependent, row)
                _regrade(connection, dependent, audience, dependent_id, self.next_position(connection), None)

    def spread(self, connection: Connection, found: Oversized) -> None:
        """Moves rows to a position of their own; no value changes, so whoever has heard them hears nothing."""
        position = self.next_position(connection)
        sql = "UPDATE feed SET position = ?, maker = ? WHERE position = ? AND tbl = ? AND row = ?"
        connection.executemany(sql, [(position, NOBODY, found.position, *place) for place in found.places])
        self.save(connection)

    def audience_of(self, connection: Connection, spec: TableSpec, row: Mapping[str, Any]) -> set[int]:
        """The audience keys of a row; the hub's own is in no feed."""
        if spec.audience is everyone:
            return {EVERYONE}
        return set(spec.audience(row, rows.looker(connection))) - {HUB}


def _put(connection: Connection, audience: int, position: int, table: int, row: bytes, kind: int = CHANGED) -> None:
    connection.execute(_TELL, (audience, position, table, row, kind, NOBODY))


def _regrade(
    connection: Connection, spec: TableSpec, audience: set[int], row: bytes, position: int, kind: int | None
) -> None:
    """Moves the row's feed rows to *position*: all as *kind* (None: only where the audience changed)."""
    held = dict(
        connection.execute("SELECT audience, kind FROM feed WHERE row = ? AND tbl = ?", (row, spec.code)).fetchall()
    )
    gained = {key for key in audience if held.get(key, LEFT) != CHANGED}
    lost = {key for key, was in held.items() if key not in audience and was != LEFT and EVERYONE not in audience}
    for key in (gained if kind is None else audience) | lost:
        connection.execute("DELETE FROM feed WHERE row = ? AND tbl = ? AND audience = ?", (row, spec.code, key))
        _put(connection, key, position, spec.code, row, LEFT if key in lost else GAINED if key in gained else kind or 0)


# --- pages -----------------------------------------------------------------------------------------------------


class PageBuilder:
    """Reads one page for one branch on a read-only connection."""

    def __init__(
        self,
        connection: Connection,
        stream: int,
        cursor: int,
        complete: int,
        known_from: int,
        page_bytes: int = limits.PAGE_BYTES_SOFT,
    ) -> None:
        self._page_bytes = page_bytes
        self._connection, self._stream, self._cursor = connection, stream, cursor
        self._complete = complete  # up to here the branch knows every value: rows that moved since are not sent yet
        self._known_from = known_from  # own ops accepted after this position are known to the branch
        self._sent: set[tuple[int, bytes]] = set()
        self._held: dict[tuple[int, bytes], dict[str, Any]] = {}  # rows read and not yet told

    def build(self, now: int) -> tuple[int, bool, list[Any]]:
        """(until, whether there is more, items) after the cursor, up to the hub's position *now*.  Raises Oversized."""
        items: list[Any] = []
        size, looked, until = 0, 0, self._cursor
        with closing(self._listed()) as listed:
            for position, group in groupby(self._read_ahead(listed), itemgetter(0)):
                places = list(group)
                looked += len(places)
                if looked > max(limits.PAGE_ITEMS_MAX, len(places)):
                    return until, True, items
                effect, item_size = self._effect(places)
                if items and size + item_size > self._page_bytes:
                    return until, True, items
                if item_size > limits.PAGE_BYTES_SOFT and len(effect) > 1:
                    later = places[len(places) // 2 :]
                    raise Oversized(position, [(table, row) for _, table, row, _ in later])
                if effect:
                    items.append([position, effect])
                size += item_size
                until = position
        return now, False, items

    def _effect(self, places: list[_Listed]) -> tuple[list[Any], int]:
        """The rows of one item and their size in bytes; reading ends when they are too many for a page."""
        effect: list[Any] = []
        size = counted = 0
        for place, (_, table, row_id, kind) in enumerate(places):
            if place % rows.MANY == 0 and len(places) > 1:
                self._hold(places[place : place + rows.MANY])
            for row in self._with_referred(table, row_id, kind):
                effect.append(row)
                if len(effect) - counted == _COUNTED_AT_ONCE:
                    size += len(wire.encode(effect[counted:]))
                    counted = len(effect)
                    if size > limits.PAGE_BYTES_SOFT:
                        return effect, size
        rest = effect[counted:]
        return effect, size + (len(wire.encode(rest)) if rest else 0)

    def _listed(self) -> sqlite3.Cursor:
        """Feed rows (_Listed) after the cursor, in order, read as far as somebody asks for them."""
        return self._connection.execute(
            "SELECT position, tbl, row, kind FROM feed "
            "WHERE audience = 0 AND position > ?1 AND (maker != ?2 OR position <= ?3) "
            "UNION ALL SELECT position, tbl, row, kind FROM feed "
            "WHERE audience = ?2 AND position > ?1 AND (maker != ?2 OR position <= ?3) "
            "ORDER BY position, tbl, row",
            (self._cursor, self._stream, self._known_from),
        )

    def _read_ahead(self, listed: Iterator[_Listed]) -> Iterator[_Listed]:
        """The same feed rows, many at a time, and what they tell of is held: rows of entries that are small."""
        while several := list(islice(listed, rows.MANY)):
            if len(self._held) < rows.MANY:
                self._hold(several)
            yield from several

    def _hold(self, places: Sequence[_Listed]) -> None:
        """Reads the rows of at most MANY places that are not held yet."""
        wanted: defaultdict[int, list[bytes]] = defaultdict(list)
        for _, table, row_id, kind in places:
            if kind != LEFT and (table, row_id) not in self._held and (table, row_id) not in self._sent:
                wanted[table].append(row_id)
        for table, those in wanted.items():
            if len(those) > 1:
                found = rows.read_many(self._connection, BY_CODE[table], those)
                self._held.update(((table, row_id), row) for row_id, row in found.items())

    def _with_referred(self, table: int, row: bytes, kind: int) -> Iterable[Any]:
        """The row as the page says it, after the rows it refers to that come later in the feed."""
        if kind == LEFT:
            yield [table, row, GONE]
            return
        if (table, row) in self._sent:
            return
        self._sent.add((table, row))
        spec = BY_CODE[table]
        held = self._held.pop((table, row), None) or rows.read(self._connection, spec, row)
        if held is None:
            return
        said = self._fact(spec, held) if spec.is_fact else self._groups(spec, held, kind == GAINED)
        if said is None:
            return
        for target, referred in _references(spec, held, said):
            yield from self._referred(target, referred)
        yield said

    def _referred(self, target: str, row: bytes) -> Iterable[Any]:
        for spec in sharing_ids(target) if target in TABLES else ():
            found = self._connection.execute(_REFERRED, (row, spec.code, self._stream)).fetchone()
            if found and found[0] > self._cursor:
                yield from self._with_referred(spec.code, row, CHANGED)

    def _groups(self, spec: TableSpec, row: Mapping[str, Any], gained: bool) -> list[Any] | None:
        first, changed = stamps.read(row["stamps"])
        if not changed:
            if not gained and not self._news(first):
                return None
            op = None if first.op == row["id"] else first.op
            return [spec.code, row["id"], WHOLE, op, first.effective, [row[f.name] for f in spec.fields]]
        if gained or self._news(first):
            groups = spec.groups  # the branch has never seen the row
        else:
            groups = tuple(g for g in spec.groups if self._news(changed.get(g.number, first)))
        said = [_group_item(row, g, changed.get(g.number, first)) for g in groups]
        return [spec.code, row["id"], GROUPS, *said] if said else None

    def _news(self, standing: stamps.Standing) -> bool:
        return standing.position > self._complete and self._foreign(standing)

    def _foreign(self, standing: stamps.Standing) -> bool:
        """Not one of the branch's own ops that it knows to stand.

        A unit that was carried into a later epoch may have counted otherwise once, and the branch heard of that.
        """
        if ids.stream_of(standing.op) != self._stream:
            return True
        found = rows.entry_of(self._connection, standing.op, "position, header")
        return found is None or not self._is_known(found[0]) or self._is_carried(found[1])

    def _fact(self, spec: TableSpec, row: Mapping[str, Any]) -> list[Any] | None:
        known = ids.is_op_id(row["id"]) and ids.stream_of(row["id"]) == self._stream and self._own_fact(row["id"])
        if known and not spec.seen:
            return None
        head = [spec.code, row["id"], FACT]
        if spec.seen:
            head = [spec.code, row["id"], EVENT, event_stamps.of(self._connection, row["id"])]
        return head if known else [*head, *self._body(spec, row)]

    def _body(self, spec: TableSpec, row: Mapping[str, Any]) -> list[Any]:
        """What a fact says: the version it derives by, its values, its children."""
        children = rows.read_children(self._connection, spec, row["id"])
        kids = [
            [child.code, *[[line[f.name] for f in child.plain] for line in children[child.name]]]
            for child in spec.children
        ]
        version = self._derive_version(row["id"]) if spec.derive else 0
        return [version, [row[f.name] for f in spec.fields], *kids]

    def _own_fact(self, op: bytes) -> bool:
        found = rows.entry_of(self._connection, op, "position")
        return found is not None and self._is_known(found[0])

    def _is_known(self, position: int | None) -> bool:
        """Of an own entry that was taken at *position*."""
        return position is not None and position > self._known_from

    @staticmethod
    def _is_carried(header: bytes) -> bool:
        return entry.former_of(header) is not None

    def _derive_version(self, op: bytes) -> int:
        found = rows.entry_of(self._connection, op, "header")
        return entry.unit_header(found[0]).derive if found else 0


def has_news(connection: Connection, stream: int, after: int) -> bool:
    """Whether the feed holds something for branch number *stream* behind position *after* that it did not write."""
    return connection.execute(_NEWS, (stream, after)).fetchone() is not None


def _group_item(row: Mapping[str, Any], group: Any, standing: stamps.Standing) -> list[Any]:
    return [group.number, standing.op, standing.effective, *rows.values_of(row, group)]


@cache
def _pointing(table: str) -> tuple[tuple[str, str], ...]:
    """The fields of *table* that refer to rows, and the tables they refer to."""
    return tuple((field.name, field.target) for field in TABLES[table].fields if field.is_id and field.target)


def _references(spec: TableSpec, row: Mapping[str, Any], said: list[Any]) -> Iterable[tuple[str, bytes]]:
    """(table, id) of every row a page row refers to."""
    for name, target in _pointing(spec.name):
        if row[name]:
            yield target, row[name]
    if spec.is_fact:
        for child, part in zip(spec.children, said[5 if said[2] == FACT else 6 :], strict=False):
            places = [(i, f.target) for i, f in enumerate(child.plain) if f.is_id]
            for line in part[1:]:
                for place, target in places:
                    if line[place]:
                        yield target, line[place]
