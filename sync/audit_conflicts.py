"""The list of conflicts against the log: both sides of each are changes that were really made, by whom it says.

Of a change of another node a branch holds no entry; there its name and its place are compared.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from sync import clock, ids, ops, rows, wire
from sync.audit_log import UNREADABLE, Found, find, is_continued
from sync.changes import Insert
from sync.connection import Connection
from sync.errors import N_, LogDamaged
from sync.model import TABLES, GroupSpec

SIDES = ("kept", "lost")


def conflicts(connection: Connection, stream: int) -> None:
    """Judges every conflict held by node number *stream*.  Raises LogDamaged."""
    spec = TABLES["conflict"]
    for found in connection.execute(rows.statements("conflict").select_all):
        row = rows.as_dict(spec, found)
        try:
            fits = _fits(connection, row, stream)
        except UNREADABLE:
            fits = False
        if not fits:
            raise LogDamaged(entry=row["id"].hex(), why=N_("the entries do not say what this conflict says"))


def _fits(connection: Connection, row: Mapping[str, Any], stream: int) -> bool:
    group = {group.name: group for group in TABLES[row["table"]].groups}[row["group"]]
    name = sha256(
        b"cabang conflict 1\0"
        + row["row"]
        + row["kept_op"]
        + row["lost_op"]
        + row["audience"].to_bytes(8, "big")
        + bytes([group.number])
    )
    if row["id"] != name.digest()[: ids.NATURAL_ID_BYTES]:
        return False
    made = {side: find(connection, row[f"{side}_op"]) for side in SIDES}
    told = all(_told(connection, row, side, made[side], group, stream) for side in SIDES)
    noted = [one.received for one in made.values() if one]
    late = stream != 0 or any(_was_held(connection, row, side, made[side]) for side in SIDES)
    return told and (late or row["noted_at"] in noted)


def _told(
    connection: Connection,
    row: Mapping[str, Any],
    side: str,
    made: Found | None,
    group: GroupSpec,
    stream: int,
) -> bool:
    """Whether one side is the change it says, by the person it says."""
    op, origin = row[f"{side}_op"], row[f"{side}_stream"]
    if origin != ids.stream_of(op):
        return False
    if made is None:
        return stream != 0 and (stream != origin or is_continued(connection, stream))
    who = (row[f"{side}_actor"], row[f"{side}_at"])
    if who != (made.entry.header.actor, clock.ms_of(clock.countable(made.entry.stamp))):
        return False
    said = [
        rows.values_of(change.fields, group) if isinstance(change, Insert) else change.values
        for change in ops.read_entry(made.entry, origin)
        if (change.spec.name, change.row, change.op) == (row["table"], row["row"], op)
        and (isinstance(change, Insert) or change.group.number == group.number)
    ]
    return row[side] in [wire.encode(list(values)) for values in said]


def _was_held(connection: Connection, row: Mapping[str, Any], side: str, made: Found | None) -> bool:
    """Whether one side was held for review: when it was taken in the end is kept nowhere."""
    held = "SELECT 1 FROM held_entry WHERE stream = ? AND seq = ? AND released"
    return made is not None and bool(connection.execute(held, (row[f"{side}_stream"], made.entry.seq)).fetchone())
