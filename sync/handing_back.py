"""A branch hands back what head office lost: what it holds of head office that a hub put back knows nothing of.

When a feed of another name begins, the branch notes which units of head office it had heard of by then.  The hub says
which ones it still holds (``PutBack``).  What stands here by one that is in the first list alone is proposed to it, in
entries of this branch's own log: a few at each exchange, each once.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, NamedTuple

from sync import ids, limits, overlay, rows, stamps, wire
from sync.connection import Connection
from sync.journal import Journal
from sync.lost_records import MAKER, LostChange, LostOp, LostVerdict, PutBack
from sync.model import TABLES, TableSpec
from sync.stamps import Standing
from sync.store import Store

HEARD = "heard_of_hub"  # value of the node table: [feed epoch, [[process start, number of the last unit]…]]
_OWN = {model._meta.table_name for model in (PutBack, LostChange, LostVerdict)}
_NAME_BYTES = ids.START_BYTES + 4
_PARTS = "SELECT part, parts, known FROM put_back WHERE feed_epoch = ? ORDER BY part"
_HANDED = (
    "SELECT 1 FROM lost_change c JOIN lost_op o ON o.lost_change = c.id "
    "WHERE c.row = ? AND c.tbl = ? AND o.op = ? AND o.grp = ? LIMIT 1"
)

Units = Mapping[bytes, int]  # number of the last unit by process start, of head office
_Op = tuple[int, bytes, int]  # group, op, effective
_Held = tuple[list[list[Any]], list[_Op]]  # [group, value…] of each group told, and what stands there


class Said(NamedTuple):
    """What a branch holds of one row: the values of groups, packed, and (group, op, effective) of each."""

    table: str
    row: bytes
    said: bytes
    ops: list[_Op]


def handed_back(spec: TableSpec) -> bool:
    """May rows of this table be handed back?  Facts that imply others, or have lines, are not head office's."""
    return spec.in_digest and spec.name not in _OWN and not (spec.children or spec.seen)


# --- what was heard of, what is held ---------------------------------------------------------------------------


def heard(store: Store, feed_epoch: bytes) -> bytes:
    """Value of the node table when feed *feed_epoch* begins: the units of head office heard of until now."""
    last: dict[bytes, int] = {}
    for op in _ops(store.connection()):
        name = ids.unpack(op)
        if name.stream == 0:
            last[name.start] = max(last.get(name.start, 0), name.n)
    return wire.encode([feed_epoch, [list(one) for one in sorted(last.items())]])


def _ops(connection: Connection) -> Iterator[bytes]:
    """Every op that made a row held here, or stands in a group of one."""
    for spec in filter(handed_back, TABLES.values()):
        if spec.is_fact:
            yield from (row for (row,) in connection.execute(f'SELECT id FROM "{spec.name}" WHERE length(id) = 14'))
            continue
        for (column,) in connection.execute(f'SELECT stamps FROM "{spec.name}"'):
            first, changed = stamps.read(column)
            yield from (standing.op for standing in (first, *changed.values()))
    for groups in overlay.bases(connection).values():
        yield from (base[0].op for base in groups.values() if base)


def _known(connection: Connection, feed_epoch: bytes) -> Units | None:
    """What the hub holds of its own log, by its own word; None until all of that has come."""
    found = connection.execute(_PARTS, (feed_epoch,)).fetchall()
    if not found or len(found) < found[0][1]:
        return None
    names = (name for _, _, known in found for name in _cut(known))
    return {name[: ids.START_BYTES]: int.from_bytes(name[ids.START_BYTES :], "big") for name in names}


def _cut(known: bytes) -> Iterator[bytes]:
    return (known[place : place + _NAME_BYTES] for place in range(0, len(known), _NAME_BYTES))


# --- handing back ----------------------------------------------------------------------------------------------


def go_on(journal: Journal) -> None:
    """Hands back some more, in one unit of work, until nothing is left; once it is known what head office lost."""
    packed = journal.store.get(HEARD)
    if packed is None:
        return
    feed_epoch, units = wire.decode_array(packed, HEARD)
    connection = journal.store.connection()
    known = _known(connection, feed_epoch)
    if known is None:
        return
    lost = {start: known.get(start, 0) for start, n in units if n > known.get(start, 0)}
    chosen = list(_some(_lost(connection, lost))) if lost else []
    if not chosen:
        with journal.store.write():
            journal.store.put(HEARD, None)
        return
    with journal.unit() as unit:
        for one in chosen:
            unit.insert(LostChange, {"table": one.table, "row": one.row, "said": one.said}, {LostOp: one.ops})


def _some(found: Iterable[Said]) -> Iterator[Said]:
    """As many as one unit may hold."""
    size = 0
    for one in islice(found, limits.HANDED_BACK_ROWS_MAX):
        size += len(one.said)
        yield one
        if size > limits.HANDED_BACK_BYTES_MAX:
            return


def _lost(connection: Connection, lost: Units) -> Iterator[Said]:
    """What stands here by a unit of head office that it has lost, and was not handed back before.

    A row too large for a value is passed over.
    """
    bases = overlay.bases(connection)
    for spec in filter(handed_back, TABLES.values()):
        for held in connection.execute(rows.statements(spec.name).select_all):
            row = rows.as_dict(spec, held)
            under = bases.get((spec.code, row["id"]), {})
            values, ops = _fact(spec, row) if spec.is_fact else _field(spec, row, under, lost)
            gone = [(group, op) for group, op, _ in ops if _is_lost(op, lost)]
            if all(_was_handed(connection, spec, row["id"], one) for one in gone):
                continue
            said = wire.encode(values)
            if len(said) <= limits.TEXT_BYTES_MAX:
                yield Said(spec.name, row["id"], said, ops)


def _is_lost(op: bytes, lost: Units) -> bool:
    name = ids.unpack(op) if ids.is_of_hub(op) else None
    return name is not None and name.start in lost and name.n > lost[name.start]


def _is_held(op: bytes, lost: Units) -> bool:
    return ids.is_of_hub(op) and not _is_lost(op, lost)


def _was_handed(connection: Connection, spec: TableSpec, row: bytes, op: tuple[int, bytes]) -> bool:
    group, name = op
    return connection.execute(_HANDED, (row, spec.name, name, group)).fetchone() is not None


def _fact(spec: TableSpec, row: Mapping[str, Any]) -> _Held:
    return [[MAKER, *(row[field.name] for field in spec.fields)]], [(MAKER, row["id"], 0)]


def _field(spec: TableSpec, row: dict[str, Any], bases: Mapping[int, Any], lost: Units) -> _Held:
    """The row as head office said it, own changes on top left out: whole if it made it, else the groups it set."""
    first, changed = stamps.read(row["stamps"])
    values, ops = [], []
    standings = [first, *changed.values()]
    made = _is_lost(first.op, lost) and not any(_is_held(standing.op, lost) for standing in standings)
    for group in spec.groups:
        standing, said = changed.get(group.number, first), rows.values_of(row, group)
        if bases.get(group.number):
            standing, said = bases[group.number]
        if made or _is_lost(standing.op, lost):
            values.append([group.number, *said])
            ops.append(_op(group.number, standing))
    return values, [*ops, _op(MAKER, first)] if made else ops


def _op(group: int, standing: Standing) -> _Op:
    return group, standing.op, min(standing.effective, limits.INTEGER_MAX)
