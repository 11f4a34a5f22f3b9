"""A branch's rows against its log: what it wrote is there, and what head office has not confirmed lies on top.

Of what others wrote a branch holds no entries; that it holds what it should, the digest of head office tells.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sync import rows, stamps, wire
from sync.audit_log import Epoch, Logged, is_continued
from sync.audit_rows import GONE, OTHER, Rows, beside, table_of, unsaid
from sync.changes import Change, Insert, Set
from sync.connection import Connection
from sync.errors import N_
from sync.model import BY_CODE, TABLES, GroupSpec, TableSpec, everyone
from sync.stamps import Standing

NOT_ON_TOP = N_("it waits for head office, and is not kept so (%(what)s)")

_LAYER = "SELECT stamp, vals FROM overlay WHERE tbl = ? AND row = ? AND grp = ? AND seq = ?"
_STRAY_LAYER = (
    "SELECT tbl, row FROM overlay b WHERE seq = 0 AND NOT EXISTS (SELECT 1 FROM overlay o "
    "WHERE (o.tbl, o.row, o.grp) = (b.tbl, b.row, b.grp) AND o.seq > 0) "
    "UNION ALL SELECT tbl, row FROM overlay WHERE (SELECT count(*) FROM overlay WHERE seq != 0) != ? LIMIT 1"
)

_Place = tuple[int, bytes, int]  # table, row, group
_Stood = tuple[tuple[Any, ...], Standing, dict[int, Standing]]  # a row, and its stamps read


class BranchRows(Rows):
    """Judges what the branch number *stream* wrote."""

    _waits = False

    def __init__(self, connection: Connection, stream: int) -> None:
        super().__init__(connection)
        self._own = stream.to_bytes(2, "big")
        self._continued = is_continued(connection, stream)
        self._stands: Counter[str] = Counter()  # groups in which an own op stands, by table
        self._layers = 0
        self._on_top: dict[_Place, tuple[bytes, bytes]] = {}
        self._rootless: set[_Place] = set()  # made by what waits itself: head office says nothing of them yet
        self._held: set[int] = set()

    def begin(self, epoch: Epoch) -> None:
        """The entries that follow are of *epoch*."""
        found = self._connection.execute("SELECT seq FROM quarantine WHERE epoch = ?", (epoch.id,))
        self._held = {seq for (seq,) in found}

    def judge(self, logged: Logged, changes: Sequence[Change], position: int) -> None:
        """Compares rows and overlay with an entry of this branch.  Raises LogDamaged."""
        seq = logged.entry.seq
        self._waits = seq > logged.epoch.confirmed or seq in self._held
        self._on_top.clear()
        super().judge(logged, changes, position)
        for place in self._on_top:
            self._check_layer(place, seq)

    def _set(self, change: Set, is_last: bool) -> None:
        if is_last:
            self._group(change, change.group, self._stood(change), change.values)
            if self._waits:
                self._wait(change, change.group, change.values)

    def _insert(self, change: Insert) -> None:
        stood = self._stood(change)
        for group in change.spec.groups:
            values = rows.values_of(change.fields, group)
            self._group(change, group, stood, values)
            if change.keyed and self._waits:
                self._wait(change, group, values)
                self._rootless.add((change.spec.code, change.row, group.number))

    def _stood(self, change: Change) -> _Stood | None:
        """The row; None when it may have left this branch."""
        held = self._read(change.spec, change.row)
        if held is not None:
            return held, *stamps.read(held[-1])
        if change.spec.audience is everyone:
            raise self.wrong(GONE, change.spec)
        return None

    def _group(self, change: Change, group: GroupSpec, stood: _Stood | None, values: tuple[Any, ...]) -> None:
        """What an own op said of a group stands as it said, or does not stand."""
        if stood is None:
            return
        held, first, changed = stood
        if changed.get(group.number, first).op == change.op:
            self._stands[change.spec.name] += 1
            if self._values(change.spec, group, held) != values:
                raise self.wrong(OTHER, change.spec)

    # --- what waits on top -----------------------------------------------------------------------------------

    def _wait(self, change: Change, group: GroupSpec, values: tuple[Any, ...]) -> None:
        place = (change.spec.code, change.row, group.number)
        self._on_top[place] = (stamps.fresh(change.op, 0, 0), wire.encode(list(values)))

    def _check_layer(self, place: _Place, seq: int) -> None:
        """The last an unconfirmed entry says of a group is kept above what head office says."""
        kept = self._connection.execute(_LAYER, (*place, seq)).fetchone()
        rooted = place in self._rootless or self._connection.execute(_LAYER, (*place, 0)).fetchone()
        if kept != self._on_top[place] or not rooted:
            raise self.wrong(NOT_ON_TOP, BY_CODE[place[0]])
        self._layers += 1

    # --- nothing beside the log ------------------------------------------------------------------------------

    def finish(self) -> None:
        """Nothing stands in this branch's name that it did not write.  Raises LogDamaged."""
        self.finish_facts(self._own)
        self.finish_events()
        for spec in TABLES.values():
            if spec.in_digest and not spec.is_fact and self._standing(spec) != self._stands[spec.name]:
                raise beside(spec.name, unsaid(self._connection, spec, self._own))
        for code, row in self._connection.execute(_STRAY_LAYER, (self._layers,)):
            raise beside(table_of(code), [row])

    def _is_own(self, op: bytes) -> bool:
        return op.startswith(self._own) and self._counts(op)

    def _standing(self, spec: TableSpec) -> int:
        """In how many groups of a table's rows an own op stands."""
        count = 0
        for row, column in self._connection.execute(f'SELECT id, stamps FROM "{spec.name}"'):
            first, changed = stamps.read(column)
            if any(standing.position for standing in (first, *changed.values())):
                raise beside(spec.name, [row])  # only the hub gives positions
            count += sum(self._is_own(standing.op) for standing in changed.values())
            count += (len(spec.groups) - len(changed)) * self._is_own(first.op)
        return count
