"""Ops: what an entry's payload says, written and read.

An op is a MessagePack array:

- INSERT  [1, table, values, child…]         a row whose id is this op's name
- KEYED   [2, table, key, values, child…]    a row whose id comes from its natural key
- SET     [3, table, row, [group, base, value…]…]
- PERSON  [4, table, row, values]            the personal fields of a row made in this unit
- AGAIN   [5, table, row, values, child…]    one that head office had made and lost, under the id it had

An op's ordinal is its place in the entry, from 0.  Personal values stand in personal ops alone: PERSON, or a SET of
personal groups; an erased one keeps its place.  *values* stand in the order of declaration, empty ones at the end
left out; *child* is [child table, [value…]…].  References are shortened as in ``wire.Frame``; *base* is the name of
the op overwritten, written like a reference.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from types import GenericAlias
from typing import Annotated, Any

import msgspec

from sync import clock, ids, limits, wire
from sync.changes import Change, Insert, Set
from sync.entry import Entry
from sync.errors import N_, BadValue, Malformed, UnknownKind, UnreadablePayload
from sync.model import BY_CODE, FieldSpec, TableSpec, id_space

INSERT, KEYED, SET, PERSON, AGAIN = 1, 2, 3, 4, 5
_ID_SIZES = (ids.OP_ID_BYTES, ids.NATURAL_ID_BYTES)


# --- writing ---------------------------------------------------------------------------------------------------


def out_values(
    fields: tuple[FieldSpec, ...], values: Sequence[Any], frame: wire.Frame, key_of: wire.KeyOf
) -> list[Any]:
    """Values for the wire: references shortened, what the row's id implies left empty, empty ones at the end cut."""
    plan = _plan(fields)
    out = list(values)
    for place, field in plan.references:
        out[place] = frame.shorten(out[place], field.target, key_of)
    for place in reversed(plan.streams):
        del out[place]
    while out and out[-1] is None:
        out.pop()
    return out


def out_children(
    spec: TableSpec, children: Mapping[str, list[tuple[Any, ...]]], frame: wire.Frame, key_of: wire.KeyOf
) -> list[Any]:
    """Child rows for the wire."""
    out = []
    for child in spec.children:
        rows = children.get(child.name)
        if rows:
            out.append([child.code, *[out_values(child.plain, row, frame, key_of) for row in rows]])
    return out


def check_values(fields: tuple[FieldSpec, ...], rows: Sequence[Sequence[Any]]) -> None:
    """Raises BadValue for a value another node could not read: another type, or too long."""
    plan = _plan(fields)
    try:
        msgspec.convert(rows, plan.rows)
    except msgspec.ValidationError as error:
        raise BadValue(what=N_("a value is of another kind than its field, or too long"), said=str(error)) from None
    for place, field in plan.references:
        for row in rows:
            if row[place] is not None and len(row[place]) not in _ID_SIZES:
                raise BadValue(what=N_("a reference is neither id, key nor place"), field=field.name)


def write(op: list[Any]) -> bytes:
    """The op's bytes; raises BadValue for text that is none (half a character)."""
    try:
        return wire.encode(op)
    except UnicodeEncodeError as error:
        raise BadValue(what=N_("a text holds half a character"), said=str(error)) from None


# --- reading ---------------------------------------------------------------------------------------------------


def read_entry(entry: Entry, stream: int) -> list[Change]:
    """The changes an entry's payload makes, in order.  Raises UnreadablePayload or UnknownKind."""
    try:
        return _Reader(entry, stream).read()
    except Malformed as error:
        raise UnreadablePayload(why=error.params["why"], said=error.params.get("said", "")) from None


class _Reader:
    def __init__(self, entry: Entry, stream: int) -> None:
        self.entry = entry
        self.frame = wire.Frame(stream, entry.start, entry.n)
        self.stream = stream
        self.changes: list[Change] = []
        self.places: dict[bytes, int] = {}

    def read(self) -> list[Change]:
        for ordinal, item in enumerate(self.entry.items):
            personal = type(item) is not bytes
            data = item[0] if personal else item
            if data is None:
                continue
            op = wire.decode_array(data, "op")
            kind, code = _head(op)
            spec, parse = BY_CODE.get(code), _PARSERS.get(kind)
            if spec is None or parse is None or (kind == AGAIN and self.stream != 0):
                raise UnknownKind(kind=f"{kind}/{code}")
            if personal and kind in (INSERT, KEYED, AGAIN):
                raise _bad(N_("a row made in a personal op"))
            parse(self, spec, self.frame.own(ordinal), op, personal)
        return self.changes

    def _insert(self, spec: TableSpec, name: bytes, op: list[Any], personal: bool) -> None:
        self._made(spec, name, name, op[2:], False)

    def _keyed(self, spec: TableSpec, name: bytes, op: list[Any], personal: bool) -> None:
        if type(op[2]) is not str or len(op) < 4:
            raise _bad(N_("a key is text"))
        self._made(spec, ids.natural(spec.id_space, op[2]), name, op[3:], True)

    def _again(self, spec: TableSpec, name: bytes, op: list[Any], personal: bool) -> None:
        row = self.frame.restore(op[2], spec.name, _id_of)
        self._made(spec, row or name, name, op[3:] or [None], False, again=True)

    def _made(
        self, spec: TableSpec, row: bytes, name: bytes, rest: list[Any], keyed: bool, again: bool = False
    ) -> None:
        values = self._values(spec.plain, rest[0], name) + (None,) * len(spec.personal)
        children: dict[str, list[tuple[Any, ...]]] = {child.name: [] for child in spec.children}
        for part in rest[1:]:
            children.update((self._child(spec, part, name),))
        self.places[row] = len(self.changes)
        self.changes.append(Insert(spec, row, name, values, children, keyed, again))

    def _child(self, spec: TableSpec, part: Any, name: bytes) -> tuple[str, list[tuple[Any, ...]]]:
        if type(part) is not list or not part or len(part) - 1 > limits.OP_ROWS_MAX:
            raise _bad(N_("child rows are an array"))
        child = next((c for c in spec.children if c.code == part[0]), None)
        if child is None:
            raise UnknownKind(kind=f"{spec.code}/{part[0]}")
        return child.name, [self._values(child.plain, row, name) for row in part[1:]]

    def _person(self, spec: TableSpec, name: bytes, op: list[Any], personal: bool) -> None:
        row = self.frame.restore(op[2], spec.name, _id_of)
        place = self.places.get(row) if row else None
        if place is None or not personal or type(op[3]) is not list:
            raise _bad(N_("personal values without their row"))
        made = self.changes[place]
        if not isinstance(made, Insert) or made.spec is not spec:
            raise _bad(N_("personal values of another row"))
        values = self._values(spec.personal, op[3], made.op)
        made.values = made.values[: len(spec.plain)] + values

    def _set(self, spec: TableSpec, name: bytes, op: list[Any], personal: bool) -> None:
        row = self.frame.restore(op[2], spec.name, _id_of)
        if row is None or spec.is_fact or len(op) < 4:
            raise _bad(N_("nothing to set"))
        groups = [self._group(spec, row, name, part, personal) for part in op[3:]]
        if len({one.group.number for one in groups}) < len(groups):
            raise _bad(N_("a group is set twice"))
        self.changes += groups

    def _group(self, spec: TableSpec, row: bytes, name: bytes, part: Any, personal: bool) -> Set:
        if type(part) is not list or len(part) < 2 or type(part[0]) is not int:
            raise _bad(N_("a group is an array"))
        if not 0 <= part[0] < len(spec.groups):
            raise UnknownKind(kind=f"{spec.code}.{part[0]}")
        group = spec.groups[part[0]]
        if group.personal is not personal:
            raise _bad(N_("personal values and others stand in ops of their own"))
        base = self.frame.restore(part[1], "", _no_key)
        if base is not None and not ids.is_op_id(base):
            raise _bad(N_("a base is an op's name"))
        return Set(spec, row, name, group, base, self._values(group.fields, part[2:], name))

    def _values(self, fields: tuple[FieldSpec, ...], given: Any, op: bytes) -> tuple[Any, ...]:
        plan = _plan(fields)
        values = plan.read(given)
        for place in plan.streams:
            values.insert(place, self.stream)
        for place, field in plan.references:
            if values[place] is not None:
                values[place] = self.frame.restore(values[place], field.target, _id_of)
        for place, implied in plan.implied:
            if values[place] is None:
                values[place] = self._said(implied)
        return tuple(values)

    def _said(self, implied: str) -> Any:
        """What the header says of an implied field; a stamp no clock can have says 0."""
        return clock.ms_of(clock.countable(self.entry.stamp)) if implied == "at" else self.entry.header.actor


_TYPES: dict[str, Any] = {
    "bool": bool,
    "int": Annotated[int, msgspec.Meta(ge=-limits.INTEGER_MAX, le=limits.INTEGER_MAX)],
    "text": Annotated[str, msgspec.Meta(max_length=limits.TEXT_BYTES_MAX)],
    "blob": Annotated[bytes, msgspec.Meta(max_length=limits.TEXT_BYTES_MAX)],
    "id": Any,
}
_LOCAL_TYPES = {**_TYPES, "id": bytes}  # on the wire an id may be shortened


def _shape(types: Iterable[Any]) -> Any:
    """An array of these types; any of them may be empty, and those at the end left out."""
    members = [(f"v{n}", one | None, None) for n, one in enumerate(types)]
    return msgspec.defstruct("Values", members, array_like=True, forbid_unknown_fields=True)


class _Plan:
    """How the values of some fields are read: types in one call of msgspec, references and gaps after it."""

    def __init__(self, fields: tuple[FieldSpec, ...]) -> None:
        wired = [field for field in fields if field.declared.implied != "stream"]
        self._shape = _shape(_TYPES[field.kind] for field in wired)
        self.rows = GenericAlias(list, (_shape(_LOCAL_TYPES[field.kind] for field in fields),))
        self._width = len(wired)
        places = list(enumerate(fields))
        self.streams = [place for place, field in places if field.declared.implied == "stream"]
        self.references = [(place, field) for place, field in places if field.is_id]
        self.implied = [
            (place, field.declared.implied) for place, field in places if field.declared.implied in ("at", "actor")
        ]

    def read(self, given: Any) -> list[Any]:
        """The values given, those left out at the end as None.  Raises UnknownKind for more, Malformed for others."""
        try:
            return list(msgspec.structs.astuple(msgspec.convert(given, self._shape)))
        except msgspec.ValidationError as error:
            if type(given) is list and len(given) > self._width:
                raise UnknownKind(kind=N_("a field of a newer version")) from None
            raise _bad(N_("a value is of another kind than its field, or too long"), str(error)) from None


@cache
def _plan(fields: tuple[FieldSpec, ...]) -> _Plan:
    return _Plan(fields)


_PARSERS: dict[int, Callable[[_Reader, TableSpec, bytes, list[Any], bool], None]] = {
    INSERT: _Reader._insert,
    KEYED: _Reader._keyed,
    SET: _Reader._set,
    PERSON: _Reader._person,
    AGAIN: _Reader._again,
}


def _head(op: list[Any]) -> tuple[int, int]:
    if len(op) < 3 or type(op[0]) is not int or type(op[1]) is not int:
        raise _bad(N_("no kind and table"))
    if op[0] == PERSON and len(op) != 4:
        raise _bad(N_("a personal op has four parts"))
    return op[0], op[1]


def _id_of(target: str, key: str) -> bytes:
    if not target:
        raise _bad(N_("a key where none may stand"))
    return ids.natural(id_space(target), key)


def _no_key(target: str, key: str) -> bytes:
    raise _bad(N_("a base is no key"))


def _bad(why: str, said: str = "") -> Malformed:
    return Malformed(what="op", why=why, said=said)
