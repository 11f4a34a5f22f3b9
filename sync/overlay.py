"""The branch's rows: the hub's feed as the base, this node's own unconfirmed changes on top.

A group somebody changed here and the hub has not confirmed has overlay rows: the base (seq 0: what the hub says, if
it says anything) and one per own op, by entry number.  The table itself always shows the top.  A branch compares no
stamps.
"""

from collections.abc import Sequence
from typing import Any, Protocol

from sync import event_stamps, rows, stamps, wire
from sync.changes import Change, Insert, Set
from sync.connection import Connection
from sync.model import GroupSpec, TableSpec
from sync.stamps import Standing

BASE = 0
_ONE = "tbl = ? AND row = ? AND grp = ?"


class _Place(Protocol):
    seq: int
    derive: int


class Overlay:
    """Writes this branch's own changes (the journal's writer)."""

    def highest(self, connection: Connection) -> int:
        """A branch knows no effective stamps: 0."""
        return 0

    def begin(self, connection: Connection, place: _Place) -> None:
        """The changes that follow belong to the entry at *place*."""
        self._connection, self._place = connection, place

    def apply(self, change: Change) -> None:
        """Shows one change at once and keeps what the hub has to confirm."""
        if isinstance(change, Insert):
            self._insert(change)
        else:
            self._set(change)

    def finish(self) -> tuple[None, None]:
        """A branch gives no effective stamp and no position: only the hub does."""
        return None, None

    def _insert(self, change: Insert) -> None:
        make(self._connection, change, self._place.derive, Standing(change.op, 0, 0))
        if change.keyed and not change.spec.is_fact:
            for group in change.spec.groups:
                values = rows.values_of(change.fields, group)
                self._put(change.spec, change.row, group.number, self._place.seq, Standing(change.op, 0, 0), values)

    def _set(self, change: Set) -> None:
        spec, group = change.spec, change.group
        row = rows.read(self._connection, spec, change.row)
        if row is None:
            return
        if not self._connection.execute(f"SELECT 1 FROM overlay WHERE {_ONE}", _key(change)).fetchone():
            base = stamps.standing(row["stamps"], group.number)
            self._put(spec, change.row, group.number, BASE, base, rows.values_of(row, group))
        now = Standing(change.op, 0, 0)
        self._put(spec, change.row, group.number, self._place.seq, now, change.values)
        show(self._connection, spec, group, row, now, change.values)

    def _put(
        self, spec: TableSpec, row: bytes, group: int, seq: int, standing: Standing, values: Sequence[Any]
    ) -> None:
        put(self._connection, spec, row, group, seq, standing, values)


def put(
    connection: Connection,
    spec: TableSpec,
    row: bytes,
    group: int,
    seq: int,
    standing: Standing,
    values: Sequence[Any],
) -> None:
    """Keeps one layer of a group."""
    connection.execute(
        "INSERT INTO overlay VALUES (?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (tbl, row, grp, seq) DO UPDATE SET stamp = excluded.stamp, vals = excluded.vals",
        (spec.code, row, group, seq, stamps.fresh(*standing), wire.encode(list(values))),
    )


def _key(change: Set) -> tuple[int, bytes, int]:
    return change.spec.code, change.row, change.group.number


def make(connection: Connection, change: Insert, derive: int, standing: Standing) -> None:
    """Writes a new row with its children and what they imply."""
    spec = change.spec
    if not spec.is_fact:
        rows.insert(connection, spec, (change.row, *change.values, stamps.fresh(*standing)))
        return
    rows.insert(connection, spec, (change.row, *change.values))
    if spec.seen and standing.effective:
        event_stamps.keep(connection, change.row, standing.effective)
    if spec.children:
        rows.insert_children(connection, spec, change.row, change.children)
        rows.insert_derived(connection, rows.derive(spec, derive, change.fields, change.lines))


def show(
    connection: Connection,
    spec: TableSpec,
    group: GroupSpec,
    row: dict[str, Any],
    standing: Standing,
    values: Sequence[Any],
) -> None:
    """Puts a group's values into the table; *row* is the row as read (its ``stamps`` are brought up to date)."""
    row["stamps"] = stamps.replaced(row["stamps"], group.number, standing)
    rows.update(connection, spec, group, row["id"], tuple(values), row["stamps"])


def confirm(connection: Connection, up_to: int) -> None:
    """Own ops up to entry *up_to* enter the base, in order; quarantined ones stay on top (they are not in *up_to*)."""
    held = connection.execute(
        "SELECT DISTINCT tbl, row, grp FROM overlay WHERE seq BETWEEN 1 AND ?", (up_to,)
    ).fetchall()
    review = quarantined(connection)
    for place in held:
        _confirm_group(connection, place, up_to, review)


def is_due(connection: Connection, up_to: int) -> bool:
    """Would ``confirm`` find anything?  Also what was confirmed once, held by a head office that was put back since."""
    sql = "SELECT 1 FROM overlay WHERE seq BETWEEN 1 AND ? AND seq NOT IN (SELECT seq FROM quarantine) LIMIT 1"
    return connection.execute(sql, (up_to,)).fetchone() is not None


def _confirm_group(connection: Connection, place: tuple[int, bytes, int], up_to: int, review: set[int]) -> None:
    layers = connection.execute(
        f"SELECT seq, stamp, vals FROM overlay WHERE {_ONE} ORDER BY seq",
        place,
    ).fetchall()
    done = [layer for layer in layers if BASE < layer[0] <= up_to and layer[0] not in review]
    if not done:
        return
    rest = [layer for layer in layers if layer[0] > BASE and layer not in done]
    connection.executemany(
        f"DELETE FROM overlay WHERE {_ONE} AND seq = ?",
        [(*place, layer[0]) for layer in [*done, (BASE,)]],
    )
    if rest:
        connection.execute("INSERT INTO overlay VALUES (?, ?, ?, 0, ?, ?)", (*place, *done[-1][1:]))


def quarantined(connection: Connection) -> set[int]:
    """Numbers of this node's entries the hub holds for review."""
    return {seq for (seq,) in connection.execute("SELECT seq FROM quarantine")}


def base_arrived(
    connection: Connection,
    spec: TableSpec,
    group: GroupSpec,
    row: dict[str, Any],
    standing: Standing,
    values: Sequence[Any],
) -> None:
    """The hub says what stands in a group: below own pending ops if there are any, else shown at once."""
    place = (spec.code, row["id"], group.number)
    pending = connection.execute(
        f"SELECT 1 FROM overlay WHERE {_ONE} AND seq > 0 LIMIT 1",
        place,
    ).fetchone()
    if pending:
        put(connection, spec, row["id"], group.number, BASE, standing, values)
    else:
        show(connection, spec, group, row, standing, values)


def bases(connection: Connection) -> dict[tuple[int, bytes], dict[int, tuple[Standing, list[Any]] | None]]:
    """For every row with own pending ops: the base of each such group (None where the hub says nothing yet)."""
    found: dict[tuple[int, bytes], dict[int, tuple[Standing, list[Any]] | None]] = {}
    for table, row, group, seq, stamp, values in connection.execute("SELECT * FROM overlay ORDER BY seq"):
        groups = found.setdefault((table, row), {})
        if seq == BASE:
            groups[group] = (stamps.read(stamp)[0], wire.decode_array(values, "overlay"))
        else:
            groups.setdefault(group, None)
    return found
