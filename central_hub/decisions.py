"""What a person at head office must decide: conflicts that still stand, and entries held for review."""

from typing import Any, NamedTuple

import msgspec

from crm.reading import dicts
from sync import stamps, wire
from sync.database import current_store, database
from sync.errors import CabangError, NoSuchRow, from_refusal
from sync.model import TABLES, GroupSpec
from sync.records import Conflict
from sync.rows import read
from sync.unit import Unit

SIDES = ("kept", "lost")
_PAIR_BYTES = 15  # a conflict is noted once for each branch that holds the row; only the last byte of the id differs
_SETTLED = "settled_conflict/"
_OPEN = (
    "SELECT min(id) AS id FROM conflict WHERE kept IS NOT NULL AND lost IS NOT NULL"
    f" AND '{_SETTLED}' || lower(hex(substr(id, 1, {_PAIR_BYTES}))) NOT IN (SELECT name FROM node)"
    f" GROUP BY substr(id, 1, {_PAIR_BYTES}) ORDER BY noted_at DESC"
)
_HELD = (
    "SELECT h.stream, h.at, h.reason, h.detail, b.code AS branch FROM held_entry h"
    " LEFT JOIN branch b ON b.stream = h.stream WHERE NOT h.released ORDER BY h.at DESC"
)


class Side(NamedTuple):
    """One of the two values: by field name; ``stream`` and ``actor`` made it at ``at`` (ms UTC)."""

    name: str
    stream: int
    actor: bytes | None
    at: int
    values: dict[str, Any]


class Pair(NamedTuple):
    """A conflict: two people changed ``group`` of the row without seeing each other; ``kept`` stands."""

    id: bytes
    table: str
    row: bytes
    group: GroupSpec
    noted_at: int
    kept: Side
    lost: Side


class Held(NamedTuple):
    """An entry that could not be applied, and why."""

    branch: str | None
    at: int
    error: CabangError


def open_conflicts() -> list[Pair]:
    """Conflicts nobody settled whose outcome still stands, newest first."""
    pairs = (pair(bytes(row["id"])) for row in dicts(_OPEN))
    return [found for found in pairs if _stands(found)]


def pair(conflict: bytes) -> Pair:
    """One conflict; raises NoSuchRow."""
    row = Conflict.get_or_none((Conflict.id == conflict) & Conflict.kept.is_null(False) & Conflict.lost.is_null(False))
    if row is None:
        raise NoSuchRow(what="conflict")
    group = next(group for group in TABLES[row.table].groups if group.name == row.group)
    kept, lost = (_side(row, name, group) for name in SIDES)
    return Pair(bytes(row.id), row.table, bytes(row.row), group, row.noted_at, kept, lost)


def held_entries() -> list[Held]:
    """Entries kept for review, newest first."""
    return [Held(row["branch"], row["at"], _reason(row["reason"], row["detail"])) for row in dicts(_HELD)]


def choose(unit: Unit, chosen: Pair, side: str) -> bool:
    """Makes the value of that side stand; True when another one stood.  Raises NotAllowedHere."""
    values = chosen.kept.values if side == "kept" else chosen.lost.values
    return unit.set(TABLES[chosen.table].model, chosen.row, values)


def settle(conflict: bytes) -> None:
    """Takes the conflict off the list of what must be decided."""
    store = current_store()
    with store.write():
        store.put(_SETTLED + conflict[:_PAIR_BYTES].hex(), 1)


def _stands(found: Pair) -> bool:
    """False once somebody changed the group again: then that decided it."""
    row = read(database.connection(), TABLES[found.table], found.row)
    kept_op = Conflict.get(Conflict.id == found.id).kept_op
    return row is not None and stamps.standing(row["stamps"], found.group.number).op == kept_op


def _side(row: Conflict, name: str, group: GroupSpec) -> Side:
    values = wire.decode_array(getattr(row, name), "conflict")
    stream, actor, at = (getattr(row, f"{name}_{part}") for part in ("stream", "actor", "at"))
    return Side(name, stream, actor, at, dict(zip((f.name for f in group.fields), values, strict=True)))


def _reason(code: str, detail: str) -> CabangError:
    return from_refusal((code, msgspec.msgpack.decode(bytes.fromhex(detail))))
