"""What branches hand back of head office's own changes, and the person who takes it over or drops it.

A proposal changes nothing.  Branches that say the same of a row are one proposal.  It is open as long as head office
lacks the row, or an older change stands in a group of it, and nobody has decided.  Whatever is decided is an ordinary
change of head office, so that every branch hears what stands from now on:

- a row it had made is made again under its id; dropped, it is put away (archived, taken off, not given) where the
  model knows such a thing, because others may refer to it.  A fact that is dropped leaves the branches;
- a group's values are set, or, when they are dropped, those that stand are stated once more.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any, NamedTuple

from sync import ids, lost, rows, stamps, wire
from sync.connection import Connection
from sync.errors import N_, BadValue, CabangError, Malformed
from sync.handing_back import handed_back
from sync.journal import Journal
from sync.lost_records import MAKER, LostVerdict, LostVerdictOp
from sync.model import TABLES, TableSpec
from sync.unit import Unit

NAME_DIGITS = 32
AWAY: dict[str, Any] = {"archived": True, "listed": False, "given": False}  # fields by which a row is put away
Ops = tuple[tuple[int, bytes, int], ...]  # (group, op, effective)
OnMade = Callable[[Unit, str, Mapping[str, Any]], None]

_CHANGES = (
    "SELECT id, stream, tbl, row, said FROM lost_change c WHERE EXISTS (SELECT 1 FROM lost_op o "
    "WHERE o.lost_change = c.id "
    "AND NOT EXISTS (SELECT 1 FROM lost_verdict_op d WHERE d.lost = o.op AND d.grp = o.grp)) ORDER BY id"
)
_OPS = "SELECT grp, op, effective FROM lost_op WHERE lost_change = ? ORDER BY line"
_DECIDED = (
    "SELECT 1 FROM lost_verdict v JOIN lost_verdict_op o ON o.lost_verdict = v.id "
    "WHERE v.row = ? AND v.tbl = ? AND o.lost = ? AND o.grp = ? LIMIT 1"
)


class Proposal(NamedTuple):
    """What head office lost of one row, as ``branches`` (stream numbers) say it.

    ``said``: values by field name of the groups that are open; ``stands``: the row as it is here, None without one.
    """

    table: str
    row: bytes
    is_made: bool
    said: dict[str, Any]
    ops: Ops
    stands: dict[str, Any] | None
    branches: tuple[int, ...]

    @property
    def spec(self) -> TableSpec:
        """Its table."""
        return TABLES[self.table]

    @property
    def name(self) -> str:
        """What names it in a form: it is the same for the same proposal."""
        said = [self.table, self.row, [list(op) for op in self.ops], list(self.said.values())]
        return sha256(b"cabang lost 1\0" + wire.encode(said)).hexdigest()[:NAME_DIGITS]

    @property
    def can_be_dropped(self) -> bool:
        """A row that others may refer to is dropped by putting it away; where that cannot be, it is taken over."""
        return not self.is_made or self.spec.is_fact or bool(self.away)

    @property
    def away(self) -> dict[str, Any]:
        """The values by which the row is put away."""
        return {field.name: AWAY[field.name] for field in self.spec.fields if field.name in AWAY}


class Outcome(NamedTuple):
    """How many rows were decided, and why the others could not be."""

    done: int
    refused: list[CabangError]


# --- what is open ----------------------------------------------------------------------------------------------


def proposals(connection: Connection) -> list[Proposal]:
    """What is open, the newest change first; facts, which may follow from the others, last."""
    found: dict[str, Proposal] = {}
    for one in _said(connection):
        same = found.get(one.name)
        found[one.name] = one._replace(branches=tuple(sorted({*one.branches, *(same.branches if same else ())})))
    return sorted(found.values(), key=_newest)


def count(connection: Connection) -> int:
    """How many rows are to be decided about."""
    return len({(one.table, one.row) for one in _said(connection)})


def _newest(one: Proposal) -> tuple[bool, int]:
    return one.spec.is_fact, -max(effective for _, _, effective in one.ops)


def _said(connection: Connection) -> Iterator[Proposal]:
    """What each branch proposes, as far as it is open."""
    for change, stream, table, row, said in connection.execute(_CHANGES).fetchall():
        spec = TABLES.get(table)
        values = _values(spec, said) if spec and handed_back(spec) and said else None
        if values is not None:
            ops: Ops = tuple(connection.execute(_OPS, (change,)))
            one = _open(connection, Proposal(table, row, False, values, ops, None, (stream,)))
            if one:
                yield one


def _open(connection: Connection, one: Proposal) -> Proposal | None:
    """The proposal as far as it is open now; None when it is not at all."""
    spec, held = one.spec, rows.read(connection, one.spec, one.row)
    if held is None and not any(group == MAKER and _is_lost(connection, op) for group, op, _ in one.ops):
        return None
    left = tuple(op for op in one.ops if _is_open(connection, spec, one.row, held, op))
    groups = [group for group in spec.groups if group.number in {number for number, _, _ in left}]
    names = one.said if held is None else [field.name for group in groups for field in group.fields]
    if not left or not set(names) <= set(one.said):
        return None
    said = {name: one.said[name] for name in names}
    return one._replace(is_made=held is None, said=said, ops=left, stands=held)


def _values(spec: TableSpec, packed: bytes) -> dict[str, Any] | None:
    """The values by field name; None for what are none."""
    found: dict[str, Any] = {}
    try:
        for number, *values in wire.decode_array(packed, "lost"):
            fields = spec.fields if spec.is_fact else spec.groups[number].fields
            found.update(zip((field.name for field in fields), values, strict=True))
    except (Malformed, TypeError, ValueError, IndexError):
        return None
    return found


def _is_lost(connection: Connection, op: bytes) -> bool:
    """An op of head office's own that it does not hold."""
    return ids.is_of_hub(op) and rows.entry_of(connection, op, "1") is None


def _is_open(
    connection: Connection,
    spec: TableSpec,
    row: bytes,
    held: Mapping[str, Any] | None,
    op: tuple[int, bytes, int],
) -> bool:
    """Is this still to be decided: it would stand, had it not been lost?"""
    group, name, effective = op
    if held is None:
        return not connection.execute(_DECIDED, (row, spec.name, name, group)).fetchone()
    if group == MAKER or group >= len(spec.groups) or not _is_lost(connection, name):
        return False
    if connection.execute(_DECIDED, (row, spec.name, name, group)).fetchone():
        return False
    return not _is_late(connection, held, group, effective) or _moves(spec, group)


def _is_late(connection: Connection, held: Mapping[str, Any], group: int, effective: int) -> bool:
    """Does something newer stand there by now?"""
    standing = stamps.standing(held["stamps"], group)
    return standing.effective >= effective or lost.is_since(connection, standing.op)


def _moves(spec: TableSpec, group: int) -> bool:
    """Does the group say who holds other rows?  Then these are told again, whatever stands there by now."""
    return not {name for name, _ in spec.regrades}.isdisjoint(field.name for field in spec.groups[group].fields)


# --- deciding --------------------------------------------------------------------------------------------------


def decide(
    journal: Journal, names: Iterable[str] | None, taken: bool, by: bytes | None, on_made: OnMade | None = None
) -> Outcome:
    """Person *by* takes over (else drops) the proposals of these names, or all; each is a unit of work of its own.

    What a proposal refers to is taken over before it.  *on_made* does in the same unit what else belongs to a row.
    """
    found = proposals(journal.store.connection())
    deciding = _Deciding(journal, found, by, on_made)
    wanted = None if names is None else set(names)
    for one in found:
        if wanted is None or one.name in wanted:
            deciding.decide(one, taken)
    return Outcome(deciding.done, deciding.refused)


class _Deciding:
    def __init__(self, journal: Journal, found: list[Proposal], by: bytes | None, on_made: OnMade | None) -> None:
        self._journal, self._by, self._on_made = journal, by, on_made
        self._made = {one.row: one for one in reversed(found) if one.is_made and not one.spec.is_fact}
        self._met: set[bytes] = set()
        self.done = 0
        self.refused: list[CabangError] = []

    @property
    def _connection(self) -> Connection:
        return self._journal.store.connection()

    def decide(self, one: Proposal, taken: bool) -> None:
        """One proposal, as far as it is still open, behind those it needs."""
        for needed in self._needed(one) if taken or not one.spec.is_fact else ():
            self.decide(needed, True)
        still = _open(self._connection, one)
        if still is None:
            return
        try:
            with self._journal.unit() as unit:
                self._write(unit, still, taken or not still.can_be_dropped)
        except CabangError as error:
            self.refused.append(error)
        except sqlite3.IntegrityError:
            self.refused.append(BadValue(what=N_("it does not go with what is there"), said=one.table))
        else:
            self.done += 1

    def _needed(self, one: Proposal) -> Iterator[Proposal]:
        """Proposals of the rows it refers to that are not here; each once."""
        for field in one.spec.fields:
            row = one.said.get(field.name)
            found = self._made.get(row) if field.is_id and type(row) is bytes else None
            if found and found.row not in self._met:
                self._met.add(found.row)
                yield found

    def _write(self, unit: Unit, one: Proposal, taken: bool) -> None:
        model, spec = one.spec.model, one.spec
        if one.is_made and (taken or not spec.is_fact):
            unit.make_again(model, one.row, one.said if taken else {**one.said, **one.away})
            if self._on_made:
                self._on_made(unit, one.table, one.said)
        elif not one.is_made:
            taken = self._state(unit, one, taken)
        after = unit.get(model, one.row)
        ops = [(group, op, _stands(spec, after, group)) for group, op, _ in one.ops]
        verdict = {"table": one.table, "row": one.row, "taken": taken, "by": self._by}
        unit.insert(LostVerdict, verdict, {LostVerdictOp: ops})

    def _state(self, unit: Unit, one: Proposal, taken: bool) -> bool:
        """The values that were lost are set, those that stand stated once more.  Was everything taken over?"""
        row, taken_all = one.stands or {}, taken
        for number, _, effective in one.ops:
            group = one.spec.groups[number]
            said = {field.name: one.said[field.name] for field in group.fields}
            late = _is_late(self._connection, row, number, effective)
            taken_all = taken_all and not late
            if taken and not late and any(row[name] != value for name, value in said.items()):
                unit.set(one.spec.model, one.row, said)
            else:
                unit.confirm(one.spec.model, one.row, group.name)
        return taken_all


def _stands(spec: TableSpec, row: Mapping[str, Any] | None, group: int) -> bytes | None:
    if row is None or spec.is_fact:
        return None
    return stamps.standing(row["stamps"], max(group, 0)).op
