"""Verifying a node's file: what was signed is walked again, and all that is kept beside it held against that.

Every hash, link, seal, certificate and acknowledgement; every column of the log's tables; at the hub the order and the
time it gave each entry, its rows, its feed; at a branch the rows it wrote and what waits on top of them.  Nothing can
be held against: when the hub received a segment or released a held entry within the order of arrival, whether a row is
told of again though it need not be, what a branch last reported of itself, and at a branch what others wrote and
whether head office's last page said already that it took the last facts (the next page says it again).

One pass over the entries; memory does not grow with them.
"""

from collections.abc import Callable
from typing import NamedTuple, Protocol

from sync import audit_conflicts, audit_keys, audit_lists, schema
from sync.audit_branch_rows import BranchRows
from sync.audit_hub_rows import HubRows
from sync.audit_log import UNREADABLE, Epoch, Logged, Walk, damaged, epochs, unreadable
from sync.audit_order import Order
from sync.audit_rows import changes_of
from sync.connection import Connection
from sync.errors import N_, LogDamaged

Tell = Callable[[int, int], None]

_TELL_EVERY = 256  # entries


class Audited(NamedTuple):
    """How much was looked at, all of it sound.

    ``unsealed``: of the entries those at the end of this node's own log that no signature covers yet, so that only
    the rows can be held against them; ``changes``: what was compared with the rows.
    """

    entries: int
    unsealed: int
    changes: int
    segments: int
    acknowledgements: int
    guards: int


class _Judge(Protocol):
    """What hub and branch compare besides the log itself."""

    def begin(self, epoch: Epoch) -> None: ...
    def entry(self, logged: Logged) -> int: ...
    def end(self) -> None: ...
    def finish(self, named: dict[int, Epoch]) -> None: ...


class _Hub:
    """The hub's judges: of the order it gave, and of the rows."""

    def __init__(self, connection: Connection) -> None:
        self._order = Order(connection)
        self._rows = HubRows(connection, self._order.end)
        self.begin, self.end = self._order.begin, self._order.finish

    def entry(self, logged: Logged) -> int:
        """Judges one entry; one that is held for review changed nothing.  How many changes it made."""
        changes = [] if logged.effective is None else changes_of(logged)
        self._rows.judge(logged, changes, self._order.judge(logged, changes))
        return len(changes)

    def finish(self, named: dict[int, Epoch]) -> None:
        """Judges what can be judged only in the end."""
        self._order.finish_all(named)
        self._rows.finish()


class _Branch:
    """A branch's judge: of the rows it wrote."""

    def __init__(self, connection: Connection, stream: int) -> None:
        self._rows = BranchRows(connection, stream)
        self.begin = self._rows.begin

    def entry(self, logged: Logged) -> int:
        """Judges one entry; a branch gives no entry a place in the order.  How many changes it made."""
        if (logged.effective, logged.position) != (None, None):
            raise damaged(logged.epoch, logged.entry.seq, N_("only head office gives an entry its time"))
        changes = changes_of(logged)
        self._rows.judge(logged, changes, 0)
        return len(changes)

    def end(self) -> None:
        """Nothing is left to judge when an epoch ends."""

    def finish(self, named: dict[int, Epoch]) -> None:
        """Judges what can be judged only in the end."""
        self._rows.finish()


def verify(connection: Connection, own_public: bytes, hub_public: bytes, tell: Tell) -> Audited:
    """Walks every epoch of the file.  Raises LogDamaged naming the first bad entry, GuardsMissing.

    *own_public*: the node's signing key; *hub_public*: the hub's; *tell(done, total)*: progress in entries.
    """
    guards = schema.check_guards(connection)
    try:
        return _verify(connection, own_public, hub_public, tell)._replace(guards=guards)
    except LogDamaged:
        raise
    except UNREADABLE:
        raise LogDamaged(entry="?", why=N_("what is kept of it cannot be read")) from None


def _verify(connection: Connection, own_public: bytes, hub_public: bytes, tell: Tell) -> Audited:
    own = connection.execute("SELECT value FROM node WHERE name = 'stream'").fetchone()[0]
    named = {epoch.id: epoch for epoch in epochs(connection)}
    audit_lists.certificates(connection, hub_public)
    audit_keys.history(connection, hub_public)
    audit_lists.records(connection, named, own == 0)
    judge: _Judge = _Hub(connection) if own == 0 else _Branch(connection, own)
    walks = [
        Walk(connection, epoch, epoch.stream == own, own_public if epoch.stream == own else epoch.sign_public)
        for epoch in named.values()
    ]
    entries, changes = _judge_all(walks, judge, _telling(tell, _total(connection, named)))
    audit_lists.starts(connection, named, sum(walk.starts for walk in walks))
    acknowledgements = audit_lists.acknowledgements(connection, named, hub_public)
    audit_lists.held(connection, named, own == 0)
    audit_conflicts.conflicts(connection, own)
    judge.finish(named)
    sealed = sum(walk.segments for walk in walks)
    return Audited(entries, sum(walk.unsealed for walk in walks), changes, sealed, acknowledgements, 0)


def _judge_all(walks: list[Walk], judge: _Judge, tell: Callable[[int], None]) -> tuple[int, int]:
    """Shows every entry of every epoch to *judge*; how many they are, and how many changes they made."""
    done = changes = 0
    for walk in walks:
        judge.begin(walk.epoch)
        for logged in walk.entries():
            try:
                changes += judge.entry(logged)
            except UNREADABLE as error:
                raise unreadable(walk.epoch, logged.entry.seq, error) from None
            done += 1
            tell(done)
        judge.end()
    return done, changes


def _total(connection: Connection, named: dict[int, Epoch]) -> int:
    """About how many entries there are, without counting them."""
    sql = "SELECT (SELECT max(seq) FROM entry WHERE epoch = ?1), (SELECT min(seq) FROM entry WHERE epoch = ?1)"
    bounds = [connection.execute(sql, (number,)).fetchone() for number in named]
    return sum(last - first + 1 for last, first in bounds if last is not None)


def _telling(tell: Tell, total: int) -> Callable[[int], None]:
    """Tells *tell* of every so many entries, and of the last."""

    def at(done: int) -> None:
        if done % _TELL_EVERY == 0 or done == total:
            tell(done, total)

    return at
