"""One number for everything a branch and the hub should agree on.

Sum mod 2²⁵⁶ of SHA-256(table, id, op ids, canonical values) over the rows whose declared audience holds the branch,
over base values: own changes the hub has not confirmed do not count.  Computed from the tables as they are, never
from what was sent.  Children and derived rows count with their fact.
"""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

from sync import event_stamps, ids, overlay, rows, stamps, wire
from sync.connection import Connection
from sync.feed import Feed
from sync.model import EVERYONE, TABLES, TableSpec
from sync.store import Store

_MODULUS = 1 << 256


def of_branch(store: Store) -> str:
    """64 hex digits over everything this branch holds."""
    connection = store.connection()
    unheard = _unheard(connection)
    under = overlay.bases(connection)
    total = 0
    for spec, row in _all_rows(connection):
        if _own_unheard(row, unheard):
            continue
        based = _with_bases(spec, row, under.get((spec.code, row["id"]), {}))
        if based is not None:
            total += _row_digest(connection, spec, based)
    return f"{total % _MODULUS:064x}"


def of_hub(store: Store, feed: Feed, stream: int | None = None) -> str:
    """64 hex digits over everything branch number *stream* should hold; over all rows without one."""
    connection = store.connection()
    total = 0
    for spec, row in _all_rows(connection):
        audience = feed.audience_of(connection, spec, row)
        if stream is None or EVERYONE in audience or stream in audience:
            total += _row_digest(connection, spec, row)
    return f"{total % _MODULUS:064x}"


def _all_rows(connection: Connection) -> Iterator[tuple[TableSpec, dict[str, Any]]]:
    for spec in TABLES.values():
        if spec.in_digest:
            sql = rows.statements(spec.name)
            for row in connection.execute(sql.select_all):
                yield spec, rows.as_dict(spec, row)


def _unheard(connection: Connection) -> set[tuple[bytes, int]]:
    """(start, n) of this node's entries that are not in the base: not confirmed, or held for review."""
    found = connection.execute(
        "SELECT e.start, e.n FROM entry e JOIN epoch p ON p.id = e.epoch "
        "LEFT JOIN quarantine q ON q.epoch = e.epoch AND q.seq = e.seq WHERE e.seq > p.confirmed OR q.seq IS NOT NULL"
    )
    return {(start, n) for start, n in found}


def _own_unheard(row: Mapping[str, Any], unheard: set[tuple[bytes, int]]) -> bool:
    if not unheard or not ids.is_op_id(row["id"]):
        return False
    name = ids.unpack(row["id"])
    return (name.start, name.n) in unheard


def _with_bases(spec: TableSpec, row: dict[str, Any], under: Mapping[int, Any]) -> dict[str, Any] | None:
    """The row with its base values put back; None when the hub knows nothing of it."""
    if under and all(under.get(g.number, "") is None for g in spec.groups):
        return None
    for number, base in under.items():
        if base is not None:
            standing, values = base
            row["stamps"] = stamps.replaced(row["stamps"], number, standing)
            row.update(zip((f.name for f in spec.groups[number].fields), values, strict=True))
    return row


def _row_digest(connection: Connection, spec: TableSpec, row: Mapping[str, Any]) -> int:
    said: list[Any] = [spec.name, row["id"], [row[f.name] for f in spec.fields]]
    if spec.is_fact:
        children = rows.read_children(connection, spec, row["id"])
        said += [[child, *[list(line.values()) for line in lines]] for child, lines in children.items()]
        held = rows.read_derived(connection, spec, row, children)
        said += [[list(line) for table, line in held if table == derived.name] for derived in spec.derived]
        said += [event_stamps.of(connection, row["id"])] if spec.seen else []
    else:
        said.append([stamps.standing(row["stamps"], g.number).op for g in spec.groups])
    return int.from_bytes(sha256(b"cabang digest 1\0" + wire.encode(said)).digest(), "big")
