"""The rows of the other client: what its own entries and the pages of the feed make, and the digest over them.

The tables come from the list in docs/PROTOCOL.md, so that the document is what this client is written from.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from other_bytes import INSERT, KEYED, PERSON, SET, labelled, name_of, natural_id, pack

HELD = 201
HEAD = re.compile(r"^(\d+) (\w+) \(([^)]*)\)$")
UNDER = re.compile(r"^    (plain|personal|child (\d+) (\w+)|derived (\w+)): (.*)$")
FIELD = re.compile(r"^(?:(\d+) )?(\w+) (\S+)(?: sticky (\S+))?(?: \(implied: (\w+)\))?$")


@dataclass(frozen=True)
class Field:
    """One field: the number of its group (None in a fact), its kind, the table it refers to, what implies it."""

    group: int | None
    name: str
    kind: str
    implied: str | None

    @property
    def target(self) -> str | None:
        """The table this field refers to."""
        return self.kind[1:].rstrip("?") if self.kind[0] == "→" else None


@dataclass
class Table:
    """One table of the document's list."""

    code: int
    name: str
    traits: list[str]
    plain: list[Field] = field(default_factory=list)
    personal: list[Field] = field(default_factory=list)
    children: list["Table"] = field(default_factory=list)
    derived: list[str] = field(default_factory=list)

    @property
    def fields(self) -> list[Field]:
        """Plain fields, then personal ones."""
        return self.plain + self.personal

    @property
    def space(self) -> str:
        """The id space of natural keys."""
        return next((one.removeprefix("ids of ") for one in self.traits if one.startswith("ids of ")), self.name)

    @property
    def groups(self) -> int:
        """How many groups."""
        return 1 + max(one.group for one in self.fields if one.group is not None)

    def places(self, group: int) -> list[int]:
        """The places of a group's fields among all fields."""
        return [place for place, one in enumerate(self.fields) if one.group == group]


def read_fields(text: str) -> list[Field]:
    """The fields of one line of the list."""
    found = []
    for part in text.split("; "):
        match = FIELD.match(part)
        assert match, part
        found.append(Field(int(match[1]) if match[1] else None, match[2], match[3], match[5]))
    return found


def read_tables(document: str) -> dict[int, Table]:
    """The tables in the document, by number."""
    tables: dict[int, Table] = {}
    last = None
    for line in document.splitlines():
        head, under = HEAD.match(line), UNDER.match(line)
        if head:
            last = tables[int(head[1])] = Table(int(head[1]), head[2], head[3].split(", "))
        elif under and last:
            _add(last, under)
    return tables


def _add(table: Table, line: re.Match[str]) -> None:
    what = line[1].split()[0]
    if what == "plain":
        table.plain = read_fields(line[5])
    elif what == "personal":
        table.personal = read_fields(line[5])
    elif what == "child":
        table.children.append(Table(int(line[2]), line[3], [], read_fields(line[5])))
    else:
        table.derived.append(line[4])


@dataclass
class Row:
    """A row: its values (plain, then personal), the op that stands in each group, or what hangs under a fact."""

    values: list[Any]
    ops: list[bytes | None] = field(default_factory=list)
    children: dict[str, list[list[Any]]] = field(default_factory=dict)
    derive: int = 1
    effective: int | None = None


@dataclass(frozen=True)
class Unit:
    """One of this branch's own entries, as its ops are read."""

    stream: int
    start: bytes
    n: int
    ms: int
    actor: bytes | None

    def name(self, ordinal: int, back: int = 0) -> bytes:
        """The name of an op of this entry, or of one *back* units ago."""
        return name_of(self.stream, self.start, self.n - back, ordinal)


class Rows:
    """All rows this branch holds, by table number and id."""

    def __init__(self, tables: dict[int, Table], epoch: bytes = b"") -> None:
        self.tables, self.epoch = tables, epoch
        self.named = {table.name: table for table in tables.values()}
        self.rows: dict[tuple[int, bytes], Row] = {}
        self.own: dict[tuple[bytes, int], tuple[Unit, list[list[Any]]]] = {}

    # --- this branch's own entries ------------------------------------------------------------------------------

    def wrote(self, seq: int, unit: Unit, ops: list[list[Any]]) -> None:
        """Own entry *seq* of this epoch, which enters the base when a page says so."""
        self.own[self.epoch, seq] = unit, ops

    def enter(self, applied: int) -> None:
        """Own entries up to *applied* become part of the base, but for those held for review."""
        held = {entry for entry, released in self.notices().items() if not released}
        for entry in [entry for entry in self.own if entry[1] <= applied and entry not in held]:
            unit, ops = self.own.pop(entry)
            for ordinal, op in enumerate(ops):
                self.do(unit, unit.name(ordinal), op)

    def do(self, unit: Unit, name: bytes, op: list[Any]) -> None:
        """One op of an own entry."""
        table = self.tables[op[1]]
        if op[0] == INSERT:
            self._made(unit, table, name, name, op[2:])
        elif op[0] == KEYED:
            self._made(unit, table, natural_id(table.space, op[2]), name, op[3:])
        elif op[0] == PERSON:
            row = self.rows[table.code, self._reference(unit, op[2], table.name)]
            row.values[len(table.plain) :] = self._values(unit, table.personal, op[3])
        elif op[0] == SET:
            row = self.rows[table.code, self._reference(unit, op[2], table.name)]
            for group, _base, *given in op[3:]:
                chosen = [table.fields[place] for place in table.places(group)]
                self._stand(table, row, group, name, self._values(unit, chosen, given))

    def _made(self, unit: Unit, table: Table, ident: bytes, name: bytes, rest: list[Any]) -> None:
        values = self._values(unit, table.plain, rest[0]) + [None] * len(table.personal)
        children: dict[str, list[list[Any]]] = {}
        for code, *lines in rest[1:]:
            child = next(one for one in table.children if one.code == code)
            children[child.name] = [self._values(unit, child.plain, line) for line in lines]
        ops: list[bytes | None] = [name] * table.groups if "by groups" in table.traits else []
        self.rows[table.code, ident] = Row(values, ops, children)

    def _values(self, unit: Unit, fields: list[Field], given: list[Any]) -> list[Any]:
        left = list(given)
        said = {"stream": unit.stream, "at": unit.ms, "actor": unit.actor}
        found = []
        for one in fields:
            value = left.pop(0) if left and one.implied != "stream" else None
            value = self._reference(unit, value, one.target) if one.target else value
            found.append(said[one.implied] if value is None and one.implied else value)
        return found

    def _reference(self, unit: Unit, value: Any, target: str) -> Any:
        if isinstance(value, str):
            return natural_id(self.named[target].space, value)
        if isinstance(value, list):
            return unit.name(value[1], back=value[0])
        return unit.name(value) if isinstance(value, int) else value

    def _stand(self, table: Table, row: Row, group: int, op: bytes | None, values: list[Any]) -> None:
        row.ops[group] = op
        for place, value in zip(table.places(group), values, strict=True):
            row.values[place] = value

    def notices(self) -> dict[tuple[bytes, int], bool]:
        """The entries (epoch, seq) that the hub holds for review, and whether it has released them by now."""
        told = [row.values for (code, _), row in self.rows.items() if code == HELD]
        return {(epoch, seq): released for _, seq, _, _, _, released, epoch in told}

    def carried(self, epoch: bytes, parent: int, numbers: list[int]) -> None:
        """Own entries behind entry *parent* stand in another epoch now, under these numbers."""
        moved = [entry for entry in self.own if entry[0] == self.epoch and entry[1] > parent]
        self.epoch = epoch
        self.own |= {(epoch, seq): self.own.pop(entry) for seq, entry in zip(numbers, moved, strict=True)}

    # --- the feed -----------------------------------------------------------------------------------------------

    def take_page(self, applied: int, items: list[Any]) -> None:
        """One page: notices of held entries first, then own entries up to *applied*, then all items."""
        told = [row for _position, rows in items for row in rows]
        for row in told:
            if row[0] == HELD:
                self._told(*row)
        self.enter(applied)
        for row in told:
            self._told(*row)

    def _told(self, code: int, ident: bytes, kind: int, *rest: Any) -> None:
        table = self.tables[code]
        if kind == 0:
            op, _effective, values = rest
            self.rows[code, ident] = Row(_full(values, table), [op or ident] * table.groups)
        elif kind == 1:
            row = self.rows.setdefault((code, ident), Row(_full([], table), [None] * table.groups))
            for group, op, _effective, *values in rest:
                self._stand(table, row, group, op, values + [None] * (len(table.places(group)) - len(values)))
        elif kind == 2:
            self._fact(table, ident, *rest)
        elif kind == 3:
            self.rows.pop((code, ident), None)
        elif len(rest) > 1:
            self._fact(table, ident, *rest[1:])
            self.rows[code, ident].effective = rest[0]
        else:
            self.rows[code, ident].effective = rest[0]

    def _fact(self, table: Table, ident: bytes, derive: int, values: list[Any], *under: Any) -> None:
        children = {}
        for number, *lines in under:
            child = next(one for one in table.children if one.code == number)
            children[child.name] = [_full(line, child) for line in lines]
        self.rows[table.code, ident] = Row(_full(values, table), [], children, derive)

    # --- the digest ---------------------------------------------------------------------------------------------

    def digest(self) -> str:
        """64 hex digits over all that is held."""
        total = 0
        for (code, ident), row in self.rows.items():
            if "feed only" not in self.tables[code].traits:
                said = self._said(self.tables[code], ident, row)
                total += int.from_bytes(labelled("cabang digest 1", pack(said)), "big")
        return f"{total % 2**256:064x}"

    def _said(self, table: Table, ident: bytes, row: Row) -> list[Any]:
        said: list[Any] = [table.name, ident, row.values]
        if "by groups" in table.traits:
            return [*said, row.ops]
        for child in table.children:
            lines = enumerate(row.children.get(child.name, []), 1)
            said.append([child.name, *[[ident, at, *line] for at, line in lines]])
        said += [list(movements(table, ident, row)) for _ in table.derived]
        return said + ([row.effective] if "event" in table.traits else [])


def _full(values: list[Any], table: Table) -> list[Any]:
    return list(values) + [None] * (len(table.fields) - len(values))


MOVED = {  # kind of an event: the way of the shop, the way of the place in transit, the movements' kind
    "send": (-1, 1, "transfer_out"),
    "receive": (1, -1, "transfer_in"),
    "put_back": (1, -1, "transfer_back"),
    "write_off": (0, -1, "transfer_lost"),
}


def movements(table: Table, ident: bytes, row: Row) -> Iterator[list[Any]]:
    """Derivation version 1: of sales, stock documents and transfer events."""
    said = {one.name: value for one, value in zip(table.fields, row.values, strict=True)}
    shop = natural_id("stock_location", f"{int.from_bytes(ident[:2], 'big')}/shop")
    for line, (product, quantity, *more) in enumerate(row.children.get(table.children[0].name, []), 1):
        moved = [(0, shop, quantity, said["kind"])]
        if table.name == "sale":
            moved = [(0, shop, -quantity, said["kind"])] if more[2] else []
        elif table.name == "transfer_event":
            way, back, kind = MOVED[said["kind"]]
            moved = [(0, shop, way * quantity, kind)] if way else []
            moved.append((1, said["transfer"], back * quantity, kind))
        for event, location, change, kind in moved:
            yield [ident, line, event, product, location, said["at"], change, kind]
