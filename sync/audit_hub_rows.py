"""The hub's rows against the log: of all changes of a group the one of the highest order stands, and nothing else.

Each change is compared with what stands when its entry is walked; counts then show that the rows say no more than the
entries do.  Beside the rows it is the feed that is judged, and the ops that stand beside another in a sticky group.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sync import event_stamps, ids, lost, policies, rows, stamps, wire
from sync.audit_feed import NOT_TOLD, FeedRows, not_told
from sync.audit_log import Logged
from sync.audit_rows import GONE, OTHER, Rows, beside, table_of, unsaid
from sync.changes import Change, Insert, Set
from sync.connection import Connection
from sync.errors import N_
from sync.model import STICKY, TABLES, GroupSpec, TableSpec
from sync.policies import Head
from sync.stamps import Standing

NOT_LATEST = N_("another change must stand than the one that does (%(what)s)")

_HEADS = "SELECT op, effective, vals FROM head WHERE tbl = ? AND row = ? AND grp = ?"
_STRAY_HEAD = (
    "SELECT tbl, row FROM head GROUP BY tbl, row, grp HAVING count(*) < 2 "
    "UNION ALL SELECT tbl, row FROM head WHERE (SELECT count(*) FROM head) != ? LIMIT 1"
)
_NONE = Standing(bytes(14), 0, 0)
_FIRST_BYTES = len(stamps.fresh(*_NONE))
_CHANGED_BYTES = len(stamps.replaced(stamps.fresh(*_NONE), 0, _NONE)) - _FIRST_BYTES

_Op = tuple[str, bytes, int, bytes]  # table, row, group, name of the op
_Stamps = tuple[Standing, dict[int, Standing]]  # of the op that made a row, and of those in the groups changed since


class HubRows(Rows):
    """Judges all that the hub has applied.  *end*: the last position given."""

    def __init__(self, connection: Connection, end: int) -> None:
        super().__init__(connection)
        self._feed = FeedRows(connection, end)
        self._first: Counter[str] = Counter()  # rows whose first op was met, by table
        self._told: Counter[str] = Counter()  # changed groups whose position was met
        self._stands: Counter[str] = Counter()  # changed groups whose standing op was met
        self._seen: set[tuple[str, bytes, int]] = set()  # groups this entry has touched
        self._alike: dict[tuple[str, bytes], bool] = {}  # facts with a key: told as one of their entries?
        self._heads = 0
        self._gave_way: set[_Op] = set()  # met, no heads, and what overwrote them not met yet
        self._named: set[_Op] = set()  # overwritten, and not met yet

    def judge(self, logged: Logged, changes: Sequence[Change], position: int) -> None:
        """Compares rows, feed and heads with an entry applied at *position*.  Raises LogDamaged."""
        self._seen.clear()
        self._effective = logged.effective or 0
        super().judge(logged, changes, position)

    # --- rows made -------------------------------------------------------------------------------------------

    def _fact(self, change: Insert) -> None:
        super()._fact(change)
        made = Standing(change.op, self._effective, self._position)
        fits = self._feed.fits(change.spec, change.fields, made, 1 if change.keyed else self._position)
        if change.keyed:  # others may have said the same: it is told as one of them
            place = (change.spec.name, change.row)
            self._alike[place] = fits or self._alike.get(place, False)
        elif not fits:
            raise self.wrong(NOT_TOLD, change.spec)
        if change.spec.seen and event_stamps.of(self._connection, change.row) != self._effective:
            raise self.wrong(OTHER, change.spec)

    def _insert(self, change: Insert) -> None:
        spec = change.spec
        held = self._read(spec, change.row)
        if held is None:
            raise self.wrong(GONE, spec)
        first, changed = stamps.read(held[-1])
        if first.op == change.op:
            self._made_here(change, held, first, changed)
        if not changed and (first.op != change.op or held[1:-1] != change.values):
            raise self.wrong(OTHER, spec)
        if changed:
            for group in spec.groups:
                said = Head(change.op, self._effective, rows.values_of(change.fields, group))
                self._group(spec, group, held, (first, changed), said)

    def _made_here(self, change: Insert, held: tuple[Any, ...], first: Standing, changed: dict[int, Standing]) -> None:
        spec = change.spec
        if first != (change.op, self._effective, self._position):
            raise self.wrong(OTHER, spec)
        self._first[spec.name] += 1
        newest = max([first.position, *(standing.position for standing in changed.values())])
        if not self._feed.fits(spec, rows.as_dict(spec, held), first, newest):
            raise self.wrong(NOT_TOLD, spec)

    # --- groups ----------------------------------------------------------------------------------------------

    def _set(self, change: Set, is_last: bool) -> None:
        spec, group = change.spec, change.group
        held = self._read(spec, change.row)
        if held is None:
            raise self.wrong(GONE, spec)
        stood = stamps.read(held[-1])
        if is_last:
            self._group(spec, group, held, stood, Head(change.op, self._effective, change.values))
        if group.policy == STICKY:
            self._overwrote(change)

    def _group(self, spec: TableSpec, group: GroupSpec, held: tuple[Any, ...], stood: _Stamps, said: Head) -> None:
        """What an op said of one group, against what stands there, and since when."""
        first, changed = stood
        standing = changed.get(group.number, first)
        if group.number in changed:
            self._touched(spec, held[0], group, standing)
            self._stands[spec.name] += standing.op == said.op
        stands = Head(standing.op, standing.effective, self._values(spec, group, held))
        if stands.op == said.op and stands != said:
            raise self.wrong(OTHER, spec)
        if group.policy == STICKY and group.number in changed:
            self._beside(spec, group, held[0], stands, said)
        elif policies.order(stands) < policies.order(said):
            raise self.wrong(NOT_LATEST, spec)

    def _touched(self, spec: TableSpec, row: bytes, group: GroupSpec, standing: Standing) -> None:
        """A changed group tells the position of the last entry that touched it."""
        if standing.position < self._position:
            raise self.wrong(OTHER, spec)
        place = (spec.name, row, group.number)
        if place not in self._seen:
            self._seen.add(place)
            self._told[spec.name] += standing.position == self._position

    # --- ops that stand beside another -----------------------------------------------------------------------

    def _beside(self, spec: TableSpec, group: GroupSpec, row: bytes, stands: Head, said: Head) -> None:
        """Among the heads the safe value stands, else the highest order; an op that is none was overwritten."""
        heads = self._heads_of(spec, row, group.number) or [stands]
        safe = [head for head in heads if head.values == (group.safe,)]
        if max(safe or heads, key=policies.order) != stands:
            raise self.wrong(NOT_LATEST, spec)
        if said.op not in [head.op for head in heads]:
            _settle((spec.name, row, group.number, said.op), self._gave_way, self._named)
        elif said not in heads:
            raise self.wrong(OTHER, spec)
        else:
            self._heads += len(heads) > 1

    def _heads_of(self, spec: TableSpec, row: bytes, group: int) -> list[Head]:
        found = self._connection.execute(_HEADS, (spec.code, row, group))
        return [Head(op, effective, tuple(wire.decode_array(said, "head"))) for op, effective, said in found]

    def _overwrote(self, change: Set) -> None:
        """What a change overwrote is no head; of its own entry it can only have overwritten what stands before it."""
        spec, number = change.spec, change.group.number
        base = lost.counts_as(self._connection, change.base, number, self._position)
        if base is None or (ids.same_unit(base, change.op) and base >= change.op):
            return
        if base in [head.op for head in self._heads_of(spec, change.row, number)]:
            raise self.wrong(NOT_LATEST, spec)
        _settle((spec.name, change.row, number, base), self._named, self._gave_way)

    # --- nothing beside the log ------------------------------------------------------------------------------

    def finish(self) -> None:
        """Rows, heads and feed say no more than the entries do.  Raises LogDamaged."""
        self.finish_facts(b"")
        self.finish_events()
        for spec in TABLES.values():
            if spec.in_digest and not spec.is_fact:
                self._finish_table(spec)
        self._finish_heads()
        for (table, row), fits in self._alike.items():
            if not fits:
                raise not_told(table, row)
        self._feed.finish()

    def _finish_table(self, spec: TableSpec) -> None:
        count, size = self._connection.execute(
            f'SELECT count(*), coalesce(sum(length(stamps)), 0) FROM "{spec.name}"'
        ).fetchone()
        changed, odd = divmod(size - count * _FIRST_BYTES, _CHANGED_BYTES)
        met = (self._first[spec.name], self._told[spec.name], self._stands[spec.name])
        if odd or met != (count, changed, changed):
            raise beside(spec.name, unsaid(self._connection, spec))

    def _finish_heads(self) -> None:
        for table, row, *_ in self._gave_way:
            raise beside(table, [row])
        for code, row in self._connection.execute(_STRAY_HEAD, (self._heads,)):
            raise beside(table_of(code), [row])


def _settle(place: _Op, waiting: set[_Op], awaited: set[_Op]) -> None:
    """An op and what overwrote it are met in any order: the first waits for the second."""
    if place in awaited:
        awaited.discard(place)
    else:
        waiting.add(place)
