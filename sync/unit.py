"""A unit of work in the making: what ``journal.unit()`` gives."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Protocol

from sync import certificates, ids, limits, ops, rights, rows, stamps, wire
from sync.changes import Change, Insert, Set
from sync.checks import check_children, check_row
from sync.connection import Connection
from sync.errors import NoSuchRow, NotAllowedHere, UnitTooLarge, invariant
from sync.escrow import NotEnoughRights
from sync.model import TABLES, Synced, TableSpec

Line = Mapping[str, Any] | tuple[Any, ...]  # by field name, or every field in order of declaration
Children = Mapping[type[Synced], Sequence[Line]]


Ref = tuple[str, bytes]  # table, row id


class Place(Protocol):
    """The entry this unit becomes."""

    stream: int
    start: bytes
    n: int
    seq: int
    stamp: int
    actor: bytes | None


class Unit:
    """Collects the ops of one entry while the rows are written.

    Values are plain Python (int, str, bool, bytes); ids are bytes.  Nothing is visible to anybody before the unit ends.
    """

    def __init__(
        self,
        connection: Connection,
        place: Place,
        apply: Callable[[Change], None],
        key_of: wire.KeyOf,
        known: AbstractSet[Ref],
    ) -> None:
        self._connection, self._place, self._apply, self._key_of = connection, place, apply, key_of
        self._known = known
        self.seen: set[Ref] = set()
        self._frame = wire.Frame(place.stream, place.start, place.n)
        self.items: list[Any] = []

    @property
    def stream(self) -> int:
        """This node's stream number; 0 is head office."""
        return self._place.stream

    @property
    def stamp_ms(self) -> int:
        """The unit's time, ms UTC."""
        return self._place.stamp >> 16

    @property
    def actor(self) -> bytes | None:
        """Who does this."""
        return self._place.actor

    @property
    def epoch(self) -> bytes:
        """The name of the epoch this unit is written in."""
        return rights.working(self.query, self.stream) or b""

    def query(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Reads on the writer's connection: what this unit has written is seen."""
        return self._connection.execute(sql, params).fetchall()

    def get(self, model: type[Synced], row_id: bytes) -> dict[str, Any] | None:
        """The row by field name, this unit's own changes included; None when there is none."""
        return rows.read(self._connection, _spec(model), row_id)

    def register_stream(self, stream: int, code: str) -> None:
        """At the hub: the branch number *stream* may enrol (its keys come with its enrolment)."""
        self._connection.execute("INSERT INTO stream (stream, code) VALUES (?, ?)", (stream, code))

    def withdraw_certificate(self, stream: int) -> int:
        """At the hub: the key of branch number *stream* signs nothing more that counts; returns the last that does."""
        return certificates.withdraw(self._connection, stream, self.stamp_ms)

    def has(self, table: str, row_id: bytes) -> bool:
        """True when *table*, or a table that shares its ids, holds the row.  For tables nothing ever leaves."""
        ref = (table, row_id)
        if ref in self._known or ref in self.seen:
            return True
        if rows.any_exists(self._connection, table, row_id):
            self.seen.add(ref)
            return True
        return False

    # --- requests that may be repeated -----------------------------------------------------------------------

    def remembered(self, request: str) -> bytes | None:
        """The row the request with this idempotency key made, if it was done before."""
        found = self.query("SELECT row FROM request WHERE name = ?", (request,))
        return found[0][0] if found else None

    def remember(self, request: str, row_id: bytes) -> None:
        """This unit is the answer to the request with this idempotency key; kept on this node only."""
        self._connection.execute("INSERT INTO request VALUES (?, ?, ?)", (request, row_id, self.stamp_ms))

    # --- making a row ----------------------------------------------------------------------------------------

    def insert(
        self,
        model: type[Synced],
        values: Mapping[str, Any],
        children: Children | None = None,
        key: tuple[Any, ...] | None = None,
    ) -> bytes:
        """Makes a row and returns its id.

        With *key* the id comes from the natural key: a field model's existing row gets the changes instead, an
        existing fact stays as it is.  Raises NotAllowedHere when this node may not write the table.
        """
        spec = _spec(model)
        if key is None:
            return self._make(spec, values, children, None)
        invariant(spec.natural is not None, f"{spec.name} has a natural key")
        text = spec.natural(*key)  # type: ignore[misc]
        row_id = ids.natural(spec.id_space, text)
        if not rows.exists(self._connection, spec, row_id):
            return self._make(spec, values, children, text)
        if not spec.is_fact:
            self.set(model, row_id, values)
        return row_id

    def make_again(self, model: type[Synced], row_id: bytes, values: Mapping[str, Any]) -> None:
        """At the hub: makes a row it had lost, under the id it had.  Raises what ``insert`` raises."""
        self._make(_spec(model), values, None, None, again=row_id)

    def _make(
        self,
        spec: TableSpec,
        values: Mapping[str, Any],
        children: Children | None,
        key: str | None,
        again: bytes | None = None,
    ) -> bytes:
        name = self._next_name()
        row_id = again or (name if key is None else ids.natural(spec.id_space, key))
        given = tuple(self._fill(spec, values, row_id).values())
        change = Insert(spec, row_id, name, given, _lines(spec, children or {}), key is not None, bool(again))
        self._check(change)
        self._log_insert(change, key)
        self._apply(change)
        return row_id

    def _check(self, change: Insert) -> None:
        """Whatever the hub would hold the entry for is refused here, before the log."""
        spec = change.spec
        self._may_write(spec, change.fields)
        ops.check_values(spec.fields, (change.values,))
        check_row(spec, change.fields)
        self._refers(spec, (change.values,))
        for child in spec.children:
            ops.check_values(child.fields, change.children[child.name])
            self._refers(child, change.children[child.name])
        check_children(change)
        self._may_take(change)

    def _may_take(self, change: Insert) -> None:
        """Rights are spent, and granted, as far as there are any.  Raises NotEnoughRights."""
        spec, row = change.spec, change.fields
        over = rights.too_many(self.query, spec, row, change.again)
        if over or not (change.again or rights.is_own_time(self.query, spec, row)):
            raise NotEnoughRights(left=row["quantity"] - over if over else 0)

    def _refers(self, spec: TableSpec, given: Iterable[Sequence[Any]]) -> None:
        """Every row these rows refer to is there.  Raises NoSuchRow."""
        for place, table in spec.referring_places:
            for row in given:
                if row[place] is not None and not self.has(table, row[place]):
                    raise NoSuchRow(what=table)

    def _fill(self, spec: TableSpec, values: Mapping[str, Any], row_id: bytes) -> dict[str, Any]:
        """Every field of the row in order: given, by default, or implied by the entry."""
        full = {**spec.blank, **values}
        invariant(len(full) == len(spec.blank), f"{spec.name} has the fields {sorted(set(values) - set(spec.blank))}")
        for name, implied in spec.implied:
            if implied == "stream":
                full[name] = ids.stream_of(row_id)
            elif full[name] is None:
                full[name] = self._said(implied)
        return full

    def _said(self, implied: str) -> Any:
        """What the entry's header says of an implied field."""
        return self.stamp_ms if implied == "at" else self.actor

    def _log_insert(self, change: Insert, key: str | None) -> None:
        spec, ordinal, row = change.spec, len(self.items), list(change.values)
        for place, implied in spec.said_places:
            if row[place] == self._said(implied):
                row[place] = None  # the header says it already
        values = ops.out_values(spec.plain, row[: len(spec.plain)], self._frame, self._key_of)
        kids = ops.out_children(spec, change.children, self._frame, self._key_of)
        head = [ops.INSERT, spec.code] if key is None else [ops.KEYED, spec.code, key]
        if change.again:
            head = [ops.AGAIN, spec.code, change.row]
        self.items.append(ops.write([*head, values, *kids]))
        personal = ops.out_values(spec.personal, row[len(spec.plain) :], self._frame, self._key_of)
        if personal:
            target: Any = change.row if change.keyed or change.again else ordinal
            self.items.append([ops.write([ops.PERSON, spec.code, target, personal])])

    # --- changing a row --------------------------------------------------------------------------------------

    def set(self, model: type[Synced], row_id: bytes, values: Mapping[str, Any]) -> bool:
        """Changes fields of a row; only groups that really change are logged.  False when nothing did.

        Raises NoSuchRow, NotAllowedHere.
        """
        spec = _spec(model)
        row = rows.read(self._connection, spec, row_id)
        if row is None:
            raise NoSuchRow(what=spec.name)
        after = {**row, **values}
        invariant(len(after) == len(row), f"{spec.name} has the fields {sorted(set(values) - set(row))}")
        given = [after[f.name] for f in spec.fields]
        ops.check_values(spec.fields, (given,))
        check_row(spec, after)
        self._refers(spec, (given,))
        changed = [g for g in spec.groups if any(after[f.name] != row[f.name] for f in g.fields)]
        if changed:
            self._may_write(spec, row)
            self._may_write(spec, after)
        for personal in (False, True):
            self._set_groups(spec, row, after, [g for g in changed if g.personal is personal], personal)
        return bool(changed)

    def confirm(self, model: type[Synced], row_id: bytes, group: str) -> None:
        """States a group's value once more: somebody chose it over another one, and every node learns that.

        Raises NoSuchRow, NotAllowedHere.
        """
        spec = _spec(model)
        row = rows.read(self._connection, spec, row_id)
        if row is None:
            raise NoSuchRow(what=spec.name)
        self._may_write(spec, row)
        chosen = next(one for one in spec.groups if one.name == group)
        self._set_groups(spec, row, row, [chosen], chosen.personal)

    def _set_groups(
        self, spec: TableSpec, row: dict[str, Any], after: Mapping[str, Any], groups: list[Any], personal: bool
    ) -> None:
        if not groups:
            return
        name = self._next_name()
        parts, changes = [], []
        for group in groups:
            base = stamps.standing(row["stamps"], group.number).op
            values = rows.values_of(after, group)
            shown = ops.out_values(group.fields, values, self._frame, self._key_of)
            parts.append([group.number, self._frame.shorten(base, ""), *shown])
            changes.append(Set(spec, row["id"], name, group, base, values))
        op = ops.write([ops.SET, spec.code, self._frame.shorten(row["id"], spec.name, self._key_of), *parts])
        self.items.append([op] if personal else op)
        for change in changes:
            self._apply(change)

    # --- rights ----------------------------------------------------------------------------------------------

    def _may_write(self, spec: TableSpec, row: Mapping[str, Any]) -> None:
        """Others' writes are refused here, before the log."""
        if spec.writers is not None and self.stream not in spec.writers(row, rows.looker(self._connection)):
            raise NotAllowedHere(what=spec.name, owner=spec.owner)

    def _next_name(self) -> bytes:
        """The name of the op that comes next: its ordinal is its place in the entry."""
        if len(self.items) >= limits.ENTRY_OPS_MAX:
            raise UnitTooLarge(bytes=len(self.items), limit=limits.ENTRY_OPS_MAX)
        return self._frame.own(len(self.items))


def _spec(model: type[Synced]) -> TableSpec:
    return TABLES[model._meta.table_name]


def _whole(child: TableSpec, line: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple({**child.blank, **line}.values())


def _lines(spec: TableSpec, children: Children) -> dict[str, list[tuple[Any, ...]]]:
    """Child rows as tuples in column order, by child table; every child table of the model is there."""
    given = {model._meta.table_name: lines for model, lines in children.items()}
    made = {}
    for child in spec.children:
        lines = given.pop(child.name, ())
        made[child.name] = [line if isinstance(line, tuple) else _whole(child, line) for line in lines]
        whole = all(len(row) == len(child.blank) for row in made[child.name])
        invariant(whole, f"the lines of {child.name} have its fields alone")
    invariant(not given, f"{spec.name} has the children {sorted(given)}")
    return made
