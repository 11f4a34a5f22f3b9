"""What the hub decided, decided again: the position of each entry in its order, and its effective stamp.

An entry held for review has no effective stamp; its release gives it one, at a position of its own, which the notice
of the held entry keeps, and by the time at which the hub released it, which takes the place of its arrival.
"""

from collections import deque
from typing import NamedTuple

from sync import clock, entry, event_stamps, lost, merge, rows, stamps
from sync.audit_log import Epoch, Logged, damaged
from sync.changes import Change, causes
from sync.connection import Connection
from sync.errors import N_, LogDamaged
from sync.model import TABLES, TableSpec
from sync.records import held_id
from sync.starts import unit_in

_ORDER = N_("its place in the order of head office is not one it can have")
_TIME = N_("its time is not the one that follows from its bytes")
_UNSAID = N_("it was never applied, and nothing says why")
_RELEASED = "SELECT id, seq, stamps FROM held_entry WHERE stream = ? AND released"
_RELEASED_AT = "SELECT received_at FROM released WHERE epoch = ? AND seq = ? AND position = ?"
_HELD = "SELECT 1 FROM quarantine WHERE epoch = ? AND seq = ?"
_SAME_POSITION = (
    "SELECT position FROM entry WHERE position IS NOT NULL GROUP BY position HAVING count(*) > 1 ORDER BY 1 LIMIT 1"
)
_WITH_POSITION = "SELECT epoch, seq FROM entry WHERE position = ? ORDER BY epoch DESC LIMIT 1"
_ARRIVALS = (
    "SELECT s.epoch, s.first, s.received_at, e.position FROM segment s JOIN entry e ON e.epoch = s.epoch "
    "AND e.seq = s.first WHERE s.received_at IS NOT NULL "
    "UNION ALL SELECT epoch, seq, received_at, position FROM released ORDER BY 4"
)


class _Release(NamedTuple):
    """``received``: when the hub released it, ms UTC; 0 where the unit stands elsewhere."""

    position: int
    seq: int
    effective: int
    received: int


class _Waiting(NamedTuple):
    """What a held entry needs to be judged at its release."""

    stamp: int
    base: int


class Order:
    """Judges the entries of one epoch after another."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        found = connection.execute("SELECT value FROM node WHERE name = 'position'").fetchone()
        self.end: int = found[0] if found else 0
        self._reached: dict[int, list[tuple[int, int]]] = {}
        self._written = 0  # releases that are written down

    def begin(self, epoch: Epoch) -> None:
        """The entries that follow are of *epoch*."""
        self._epoch = epoch
        self._position = epoch.opened_position
        reached = self._reached.setdefault(epoch.stream, [])
        self._running = max((made for at, made in reached if at < epoch.opened_position), default=0)
        self._counted = epoch.opened_position  # where the last entry was applied: what is held behind it counts not
        self._releases = deque(sorted(self._released(epoch)))
        self._by_seq = {release.seq: release for release in self._releases}
        self._waiting: dict[int, _Waiting] = {}

    def _released(self, epoch: Epoch) -> list[_Release]:
        spec = TABLES["held_entry"]
        group = next(group.number for group in spec.groups if group.name == "released")
        found = []
        for row_id, seq, column in self._connection.execute(_RELEASED, (epoch.stream,)):
            if row_id == held_id(epoch.stream, epoch.name, seq):
                standing = stamps.standing(column, group)
                received = self._received(epoch, seq, standing.position) if standing.effective else 0
                found.append(_Release(standing.position, seq, standing.effective, received))
        return found

    def _received(self, epoch: Epoch, seq: int, position: int) -> int:
        """When the hub released an entry, as it wrote down at this position.  Raises LogDamaged."""
        found = self._connection.execute(_RELEASED_AT, (epoch.id, seq, position)).fetchone()
        if found is None:
            raise damaged(epoch, seq, _TIME)
        self._written += 1
        return int(found[0])

    # --- an entry --------------------------------------------------------------------------------------------

    def judge(self, logged: Logged, changes: list[Change]) -> int:
        """The position at which the entry was applied (0: it is not).  Raises LogDamaged."""
        made = logged.entry
        if self._epoch.stream == 0 and made.header.kind == entry.OPEN:
            self._check(logged, (logged.position, logged.effective) == (None, None), _ORDER)
            return 0
        position = self._in_order(logged)
        self._at = position
        release = self._by_seq.get(made.seq)
        if (made.carried and not logged.named) or (release and not release.effective):
            return self._elsewhere(logged)
        if release is not None:
            self._check(logged, logged.effective == release.effective and position < release.position, _TIME)
            self._at = release.position
            self._waiting[made.seq] = _Waiting(made.stamp, self._base(logged, changes))
            return release.position
        if logged.effective is None:
            held = self._connection.execute(_HELD, (self._epoch.id, made.seq)).fetchone()
            self._check(logged, held and self._epoch.stream, _UNSAID)
            return 0
        self._check(logged, logged.named, N_("its program's start was used before"))
        self._timely(logged, self._base(logged, changes))
        return position

    def _elsewhere(self, logged: Logged) -> int:
        """A unit that stands in another epoch changes nothing; it says the same there, or is held."""
        made = logged.entry
        release = self._by_seq.get(made.seq)
        if release is not None:
            self._releases.remove(release)
        place = (self._epoch.id, made.seq)
        held = self._connection.execute(_HELD, place).fetchone()
        columns = "e.epoch, e.seq, e.stamp, e.header, e.payload"
        former = rows.entry_named(self._connection, self._epoch.stream, made.start, made.n, columns)
        here = self._connection.execute(f"SELECT {columns} FROM entry e WHERE epoch = ? AND seq = ?", place).fetchone()
        there = None if former is None or former[:2] == place else unit_in(self._connection, *former)
        same = there == unit_in(self._connection, *here)
        self._check(logged, logged.effective is None and (held or same), _UNSAID)
        return 0

    def _check(self, logged: Logged, holds: object, why: str) -> None:
        if not holds:
            raise damaged(self._epoch, logged.entry.seq, why)

    def _in_order(self, logged: Logged) -> int:
        """Positions grow; an epoch is opened at the position before its first entry."""
        position = logged.position
        first = self._epoch.stream and logged.entry.header.kind == entry.OPEN
        self._check(logged, type(position) is int and self._position < (position or 0) <= self.end, _ORDER)
        self._check(logged, not first or position == self._position + 1, _ORDER)
        self._position = position or 0
        while self._releases and self._releases[0].position < self._position:
            self._release(self._releases.popleft())
        return self._position

    def _base(self, logged: Logged, changes: list[Change]) -> int:
        """The highest effective stamp among what the entry's changes follow."""
        highest = 0
        for change in changes:
            for op in causes(change):
                stamp = self._effective_of(change.spec, op)
                self._check(logged, stamp is not None, N_("what it follows was never applied"))
                highest = max(highest, stamp or 0)
        return highest

    def _effective_of(self, spec: TableSpec, op: bytes) -> int | None:
        if spec.seen:
            stamp = event_stamps.of(self._connection, op)
        else:
            found = rows.entry_of(self._connection, op, "effective")
            stamp = found[0] if found else None
        return lost.effective_of(self._connection, op, self._at) if stamp is None else stamp

    def _timely(self, logged: Logged, base: int) -> None:
        made, received = logged.entry, logged.part.received_at
        arrived = made.stamp if received is None else clock.stamp_of(received)
        expected = merge.effective(self._running, base, made.stamp, arrived)
        self._check(logged, logged.effective == expected, _TIME)
        self._running, self._counted = expected, self._position

    def _release(self, release: _Release) -> None:
        """What was released here counts from now on, as if it had arrived when it was released."""
        waited = self._waiting.pop(release.seq, None)
        expected = None
        if waited:
            arrived = clock.stamp_of(release.received)
            expected = merge.effective(self._running, waited.base, waited.stamp, arrived)
        if release.effective != expected or release.position > self.end:
            raise damaged(self._epoch, release.seq, _TIME)
        self._reached[self._epoch.stream].append((self._counted, self._running))
        self._running, self._counted = max(self._running, release.effective), release.position

    # --- the end ---------------------------------------------------------------------------------------------

    def finish(self) -> None:
        """The epoch's own record says the last effective stamp.  Raises LogDamaged."""
        while self._releases:
            self._release(self._releases.popleft())
        self._reached[self._epoch.stream].append((self._counted, self._running))
        if self._epoch.effective != self._running:
            raise damaged(self._epoch, self._epoch.seq, N_("the log does not end where its own record says"))

    def finish_all(self, named: dict[int, Epoch]) -> None:
        """No two entries have one position, and none arrived before one that was taken earlier."""
        twice = self._connection.execute(_SAME_POSITION).fetchone()
        if twice:
            number, seq = self._connection.execute(_WITH_POSITION, twice).fetchone()
            raise damaged(named[number], seq, _ORDER)
        (written,) = self._connection.execute("SELECT count(*) FROM released").fetchone()
        if written != self._written:
            raise LogDamaged(entry="?", why=N_("head office wrote down a release that no notice tells"))
        received = 0
        for number, first, arrived, _ in self._connection.execute(_ARRIVALS):
            if arrived < received:
                raise damaged(named[number], first, N_("it arrived before an entry that was taken earlier"))
            received = arrived
        last = self._connection.execute("SELECT value FROM node WHERE name = 'received'").fetchone()
        if received != (last[0] if last else 0):
            raise damaged(named[number], first, N_("head office received something later than its last segment"))
