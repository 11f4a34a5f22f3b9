"""Two people changed one thing without seeing each other: what is still to decide, and deciding it.

A conflict is open while the op it kept stands in its row.  Whoever states the group's value again settles it, on every
node.  The hub notes a conflict once for each audience of the row; one of them is told.  Two names or prices of a code
that head office does not know are guesses of programs: they are kept apart, and adopting the code settles them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import groupby, islice
from typing import Any, NamedTuple

from crm.reading import Params
from sync import rows, stamps, wire
from sync.database import database
from sync.errors import NoSuchRow
from sync.model import TABLES, GroupSpec, TableSpec
from sync.unit import Unit

CODES = "provisional_product"
AT_ONCE_MAX = 500  # groups that one unit confirms
Place = tuple[int, bytes]  # where a list goes on: (noted_at in ms UTC, id)

_READABLE = "c.kept IS NOT NULL AND c.lost IS NOT NULL"
_PEOPLE = f"c.tbl != '{CODES}' AND (c.noted_at, c.id) < (?, ?) ORDER BY c.noted_at DESC, c.id DESC"
_NEWEST: Place = (2**63 - 1, b"")
_OF_CUSTOMER = """
    c.row IN (
        SELECT :customer UNION ALL SELECT id FROM contact_point WHERE customer = :customer
        UNION ALL SELECT id FROM consent WHERE customer = :customer
        UNION ALL SELECT id FROM customer_tag WHERE customer = :customer
    )"""
_SAME_BEFORE = "SELECT 1 FROM conflict WHERE row = ? AND tbl = ? AND grp = ? AND kept_op = ? AND lost_op = ? AND id < ?"


class Side(NamedTuple):
    """What one of the two wrote, by field name; ``stream`` and ``actor`` made it at ``at`` (ms UTC)."""

    values: dict[str, Any]
    stream: int
    actor: bytes | None
    at: int


class Pair(NamedTuple):
    """Two versions of one group of a row; ``kept`` was put in force when they met."""

    id: bytes
    table: str
    row: bytes
    group: GroupSpec
    noted_at: int
    kept_op: bytes
    kept: Side
    lost: Side
    is_open: bool

    @property
    def spec(self) -> TableSpec:
        """The table it is about."""
        return TABLES[self.table]


class Code(NamedTuple):
    """A code head office does not know, with every open pair about it."""

    id: bytes
    code: str
    pairs: list[Pair]


class Counts(NamedTuple):
    """Open conflicts that a person must decide, and codes that bear two names or prices."""

    decisions: int
    codes: int


class _Row(NamedTuple):
    """A conflict as it lies in the database; ``stamps`` of the row it is about, None when nothing of it can be open."""

    row: bytes
    tbl: str
    grp: str
    kept_op: bytes
    lost_op: bytes
    id: bytes
    noted_at: int
    kept: bytes
    kept_stream: int
    kept_actor: bytes | None
    kept_at: int
    lost: bytes
    lost_stream: int
    lost_actor: bytes | None
    lost_at: int
    stamps: bytes | None

    @property
    def is_open(self) -> bool:
        """Does the op that was kept stand in the group?"""
        return _stands(self.tbl, self.grp, self.kept_op, self.stamps)


# --- reading -----------------------------------------------------------------------------------------------------


def decisions(limit: int, after: Place | None = None, is_open: bool = True) -> list[Pair]:
    """At most *limit* of what people must decide (or have decided), newest first, behind *after*."""
    found = _rows("conflict c", _PEOPLE, after or _NEWEST)
    return list(islice(_pairs(row for row in found if row.is_open is is_open), limit))


def codes(limit: int, after: str = "") -> list[Code]:
    """At most *limit* codes with two names or prices, by code, behind the code *after*."""
    tables = f"{CODES} v CROSS JOIN conflict c ON c.row = v.id AND c.tbl = '{CODES}'"
    found = _rows(tables, "v.code > ? ORDER BY v.code, c.grp, c.noted_at, c.id", (after,))
    by_row = groupby(_pairs(row for row in found if row.is_open), key=lambda pair: pair.row)
    return [Code(ident, _code_of(ident), list(pairs)) for ident, pairs in islice(by_row, limit)]


def about_customer(customer: bytes) -> list[Pair]:
    """What is open about a card: its own fields, phones, agreements and interests; newest first."""
    found = _rows("conflict c", f"{_OF_CUSTOMER} ORDER BY c.noted_at DESC, c.id DESC", {"customer": customer})
    return list(_pairs(row for row in found if row.is_open))


def about_code(product: bytes) -> Code | None:
    """The code of this product with every open pair about it; None when nothing is open."""
    found = _rows("conflict c", f"c.tbl = '{CODES}' AND c.row = ? ORDER BY c.grp, c.noted_at, c.id", (product,))
    pairs = list(_pairs(row for row in found if row.is_open))
    return Code(product, _code_of(product), pairs) if pairs else None


def waiting() -> int:
    """How many decisions are open; every page asks."""
    found = _select(_Row._fields[:5], "conflict c", f"c.tbl != '{CODES}'")
    return len(
        {
            (row, name, kept_op, lost_op)
            for row, table, name, kept_op, lost_op, packed in found
            if _stands(table, name, kept_op, packed)
        }
    )


def counts() -> Counts:
    """How many are open."""
    found = _select(_Row._fields[:5], "conflict c", f"c.tbl = '{CODES}'")
    guessed = {row for row, table, name, kept_op, _, packed in found if _stands(table, name, kept_op, packed)}
    return Counts(waiting(), len(guessed))


def find(conflict: bytes) -> Pair:
    """One conflict; raises NoSuchRow."""
    found = next(_pairs(_rows("conflict c", "c.id = ?", (conflict,))), None)
    if found is None:
        raise NoSuchRow(what="conflict")
    return found


def row_of(table: str, ident: bytes) -> dict[str, Any] | None:
    """A row as it stands here, by field name; None when this node does not hold it."""
    return rows.read(database.connection(), TABLES[table], ident)


def holds(row: Mapping[str, Any] | None, side: Side) -> bool:
    """Are these the values that stand?"""
    return row is not None and all(row[name] == value for name, value in side.values.items())


def may_write(spec: TableSpec, row: Mapping[str, Any], stream: int) -> bool:
    """May the node with this number change the row at all?"""
    return spec.writers is None or stream in spec.writers(row, rows.looker(database.connection()))


# --- settling ----------------------------------------------------------------------------------------------------


def choose(unit: Unit, conflict: bytes, side: str) -> bytes | None:
    """Puts the values that gave way in force (*side* "lost"), or confirms those that stand ("kept").

    Gives the op that stands from now on; None, and nothing is written, when the conflict was settled before.  Raises
    NoSuchRow, NotAllowedHere.
    """
    pair = find(conflict)
    if not pair.is_open:
        return None
    if side == "lost":
        unit.set(pair.spec.model, pair.row, pair.lost.values)
    else:
        unit.confirm(pair.spec.model, pair.row, pair.group.name)
    return _standing(unit, pair)


def choose_again(unit: Unit, conflict: bytes, side: str) -> bytes | None:
    """Another mind about what was settled: puts *side* ("kept", "lost") in force, where the other one stands now.

    Gives the op that stands from now on; None, and nothing is written, when something else stands by now, or the
    conflict is still open.  Raises NoSuchRow, NotAllowedHere.
    """
    pair = find(conflict)
    wanted, other = (pair.kept, pair.lost) if side == "kept" else (pair.lost, pair.kept)
    if pair.is_open or pair.table == CODES or not holds(unit.get(pair.spec.model, pair.row), other):
        return None
    return _standing(unit, pair) if unit.set(pair.spec.model, pair.row, wanted.values) else None


def take_back(unit: Unit, conflict: bytes, op: bytes) -> bool:
    """Puts the values that stood before a choice in force again; False when *op*, what it wrote, stands no more."""
    pair = find(conflict)
    if _standing(unit, pair) != op:
        return False
    return unit.set(pair.spec.model, pair.row, pair.kept.values)


def leave_codes(unit: Unit, code: bytes | None = None) -> int:
    """Confirms what stands of open codes, or of the *code* alone; gives how many groups, at most AT_ONCE_MAX."""
    condition, params = ("c.row = ? AND ", (code,)) if code else ("", ())
    found = _rows("conflict c", f"{condition}c.tbl = '{CODES}' ORDER BY c.row, c.grp", params)
    places = groupby((row.row, row.grp) for row in found if row.is_open)
    chosen = [place for place, _same in islice(places, AT_ONCE_MAX)]
    for row, group in chosen:
        unit.confirm(TABLES[CODES].model, row, group)
    return len(chosen)


def _standing(unit: Unit, pair: Pair) -> bytes | None:
    row = unit.get(pair.spec.model, pair.row)
    return stamps.standing(row["stamps"], pair.group.number).op if row else None


# --- rows --------------------------------------------------------------------------------------------------------


def _rows(tables: str, condition: str, params: Params = ()) -> Iterator[_Row]:
    """Conflicts of *tables* (conflict is c) that can be read; no more are fetched than are asked for."""
    return map(_Row._make, _select(_Row._fields[:-1], tables, condition, params))


def _select(columns: Sequence[str], tables: str, condition: str, params: Params = ()) -> Iterator[Any]:
    """These columns of conflict, and last the stamps of the row each is about."""
    named = ", ".join(f"c.{name}" for name in columns)
    sql = f"SELECT {named}, {_stamps_sql()} FROM {tables} WHERE {_READABLE} AND {condition}"
    return database.connection().execute(sql, params)


@cache
def _stamps_sql() -> str:
    """The stamps of the row the conflict c is about; an adopted code has none."""
    cases = [
        f"WHEN '{name}' THEN (SELECT r.stamps FROM \"{name}\" r WHERE r.id = c.row"
        + (" AND NOT EXISTS (SELECT 1 FROM product p WHERE p.id = r.id))" if name == CODES else ")")
        for name, spec in TABLES.items()
        if not spec.is_fact
    ]
    return f"CASE c.tbl {' '.join(cases)} END"


@cache
def _groups() -> dict[tuple[str, str], GroupSpec]:
    return {(name, group.name): group for name, spec in TABLES.items() for group in spec.groups}


def _stands(table: str, name: str, op: bytes, packed: bytes | None) -> bool:
    """Is *op* the one that stands in the group, by the row's stamps?"""
    if packed is None or op not in packed or (table, name) not in _groups():
        return False
    return stamps.standing(packed, _groups()[table, name].number).op == op


def _pairs(found: Iterable[_Row]) -> Iterator[Pair]:
    """Each pair once, whatever audiences it was noted for; none of a group this version does not know."""
    for row in found:
        group = _groups().get((row.tbl, row.grp))
        if group and not database.connection().execute(_SAME_BEFORE, row[:6]).fetchone():
            kept = _side(group, row.kept, row.kept_stream, row.kept_actor, row.kept_at)
            lost = _side(group, row.lost, row.lost_stream, row.lost_actor, row.lost_at)
            yield Pair(row.id, row.tbl, row.row, group, row.noted_at, row.kept_op, kept, lost, row.is_open)


def _side(group: GroupSpec, packed: bytes, stream: int, actor: bytes | None, at: int) -> Side:
    values = wire.decode_array(packed, "conflict")
    names = (field.name for field in group.fields)
    return Side(dict(zip(names, values, strict=False)), stream, actor, at)  # the group may have grown since


def _code_of(row: bytes) -> str:
    (code,) = database.connection().execute(f"SELECT code FROM {CODES} WHERE id = ?", (row,)).fetchone()
    return str(code)
