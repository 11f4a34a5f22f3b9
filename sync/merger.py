"""The hub's rows: every accepted op merged by its policy, conflicts noted, the feed told.

Used for the hub's own units (as the journal's writer) and for branches' entries (``ingest``), so that both take one
road.  Raises a ``Quarantined`` error when an entry cannot be applied; the caller rolls back to before the entry.
"""

import struct
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, Protocol

from sync import clock, entry, escrow, event_stamps, ids, lost, overlay, policies, rights, rows, stamps, wire
from sync.changes import Change, Insert, Set, causes
from sync.checks import check_children, check_row
from sync.connection import Connection
from sync.errors import N_, BadValue, ForeignId, MissingRow, NotYours, SameIdOtherBytes, UnknownKind
from sync.feed import NOBODY, Feed
from sync.merge import effective
from sync.model import STICKY, TABLES, GroupSpec, TableSpec
from sync.policies import Head, Settled
from sync.stamps import Standing

_KNOWN_MAX = 100_000
_PLACE = struct.Struct(">QB")


class Place(Protocol):
    """The entry whose changes are merged."""

    stream: int
    start: bytes
    n: int
    stamp: int
    seq: int
    actor: bytes | None
    derive: int


class EntryPlace:
    """The entry being applied."""

    __slots__ = ("actor", "derive", "n", "seq", "stamp", "start", "stream")

    def __init__(self, stream: int, accepted: entry.Entry) -> None:
        self.stream, self.seq, self.stamp = stream, accepted.seq, accepted.stamp
        self.start, self.n = accepted.start, accepted.n
        self.actor, self.derive = accepted.header.actor, accepted.header.derive


class Merger:
    """Merges change after change of one entry.  ``received``: stamp of received_at (own units: their own stamp)."""

    def __init__(self, feed: Feed) -> None:
        self.feed = feed
        self.effective = self.position = 0
        self._known: set[tuple[str, bytes]] = set()

    # --- the journal's writer --------------------------------------------------------------------------------

    def highest(self, connection: Connection) -> int:
        """The highest effective stamp held: the hub's own entries come after everything it has seen."""
        return int(connection.execute("SELECT max(effective) FROM epoch").fetchone()[0] or 0)

    def begin(self, connection: Connection, place: Place) -> None:
        """A unit of the hub's own: received at its commit, which is its stamp."""
        self.start(connection, place, self.highest(connection), place.stamp)
        self.prepare(())

    def finish(self) -> tuple[int, int]:
        """The entry's effective stamp and its position, to be kept with it."""
        self._connection.execute(
            "UPDATE epoch SET effective = ? WHERE stream = ? AND closed = 0", (self.effective, self._place.stream)
        )
        self.feed.save(self._connection)
        return self.effective, self.position

    # --- one entry -------------------------------------------------------------------------------------------

    def start(self, connection: Connection, place: Place, previous: int, received: int) -> None:
        """Begins an entry; *previous* is the stream's last effective stamp."""
        self._connection, self._place = connection, place
        self._previous, self._received = previous, received
        self.position = self.feed.next_position(connection)

    def prepare(self, changes: Sequence[Change]) -> None:
        """Gives the entry its effective stamp, one for all its ops.  Raises MissingRow for an unknown base."""
        latest = 0
        for change in changes:
            for op in causes(change):
                latest = max(latest, self._effective_of(change.spec, op))
        self.effective = effective(self._previous, latest, self._place.stamp, self._received)

    def apply(self, change: Change) -> None:
        """Merges one change.  Raises a Quarantined error."""
        if isinstance(change, Insert):
            self._insert(change)
        else:
            self._set(change)

    def undone(self) -> None:
        """What was merged was rolled back: nothing is known to exist because of it."""
        self._known.clear()

    # --- rows made -------------------------------------------------------------------------------------------

    def _insert(self, change: Insert) -> None:
        spec = change.spec
        if ids.stream_of(change.op) != self._place.stream:
            raise ForeignId
        row = change.fields
        if change.keyed:
            self._own_key(spec, row)
        self._judge(spec, row)
        self._judge_children(change)
        escrow.keep_within(rights.too_many(self._query, spec, row, change.again), spec.name)
        now = Standing(change.op, self.effective, self.position)
        if change.keyed and (held := rows.read(self._connection, spec, change.row)):
            self._meet(change, row, held, now)
            return
        if change.again:
            lost.told_anew(self._connection, spec, change.row)
        overlay.make(self._connection, change, self._place.derive, now)
        self.feed.made(self._connection, spec, row, self.position, self._place.stream)
        if spec.name == lost.VERDICT:
            lost.tell(self._connection, self.feed, row, self.position)

    def _judge(self, spec: TableSpec, row: Mapping[str, Any]) -> None:
        """Rights and values of a row as it is to be."""
        self._rights(spec, row)
        check_row(spec, row)
        for field in spec.referring:
            self._exists(field.target, row[field.name])

    def _judge_children(self, change: Insert) -> None:
        spec = change.spec
        if spec.derive and self._place.derive not in spec.derive:
            raise UnknownKind(
                kind=N_("calculation %(version)s of %(table)s"), version=self._place.derive, table=spec.name
            )
        check_children(change)
        for child in spec.children:
            for line in change.children[child.name]:
                for place, target in child.referring_places:
                    self._exists(target, line[place])

    def _exists(self, target: str, row_id: bytes | None) -> None:
        """A row refers only to rows the hub holds; what arrives too early waits for them."""
        if row_id is None or (target, row_id) in self._known:
            return
        if not rows.any_exists(self._connection, target, row_id):
            raise _missing(target, target, row_id)
        if len(self._known) > _KNOWN_MAX:
            self._known.clear()
        self._known.add((target, row_id))

    def _own_key(self, spec: TableSpec, row: Mapping[str, Any]) -> None:
        """A natural id is that of the row's own key fields: nobody takes another thing's place."""
        key = (
            spec.natural
            and all(row[name] is not None for name in spec.key_fields)
            and spec.natural(*(row[name] for name in spec.key_fields))
        )
        if not key or ids.natural(spec.id_space, key) != row["id"]:
            raise BadValue(what=N_("the key does not fit the record (%(table)s)"), table=spec.name)

    def _meet(self, change: Insert, row: Mapping[str, Any], held: dict[str, Any], now: Standing) -> None:
        """Two nodes made the thing with one natural key: a repeat, or each group concurrent with what stands."""
        if change.spec.is_fact:
            if any(held[name] != value for name, value in row.items()):
                raise SameIdOtherBytes(what=change.spec.name)
            return
        for group in change.spec.groups:
            self._settle(change.spec, group, held, now, None, rows.values_of(row, group))

    # --- groups set ------------------------------------------------------------------------------------------

    def _set(self, change: Set) -> None:
        spec = change.spec
        row = rows.read(self._connection, spec, change.row)
        if row is None:
            raise _missing(spec.name, spec.name, change.row)
        self._rights(spec, row)
        self._judge(spec, {**row, **dict(zip((f.name for f in change.group.fields), change.values, strict=True))})
        now = Standing(change.op, self.effective, self.position)
        self._settle(spec, change.group, row, now, change.base, change.values)

    def _effective_of(self, spec: TableSpec, op: bytes) -> int:
        """The effective stamp of an op that was overwritten, or of an event that was seen."""
        found = (event_stamps.of(self._connection, op),) if spec.seen else self._entry_of(op, "effective")
        if found and found[0] is not None:
            return int(found[0])
        counts = lost.effective_of(self._connection, op)
        if counts is not None:
            return counts
        raise _missing(N_("the change it follows"), "", op)

    def _entry_of(self, op: bytes, columns: str) -> tuple[Any, ...] | None:
        return rows.entry_of(self._connection, op, columns)

    def _settle(
        self,
        spec: TableSpec,
        group: GroupSpec,
        row: dict[str, Any],
        now: Standing,
        base: bytes | None,
        values: tuple[Any, ...],
    ) -> None:
        """One group of an existing row: what stands now, who is told, whether two people met."""
        before = dict(row)
        standing = stamps.standing(row["stamps"], group.number)
        held = Head(standing.op, standing.effective, rows.values_of(row, group))
        if base != held.op:
            base = lost.counts_as(self._connection, base, group.number)
        arriving = Head(now.op, now.effective, values)
        settled = policies.settle(group, self._heads(spec, group, row["id"], held), arriving, base)
        self._keep_heads(spec, group, row["id"], settled)
        stands = settled.stands
        # a position of now even for what stood before: its writer must learn that another value stands
        told = Standing(stands.op, stands.effective, self.position)
        overlay.show(self._connection, spec, group, row, told, stands.values)
        row.update(zip((f.name for f in group.fields), stands.values, strict=True))
        again = stands.op not in (arriving.op, held.op)
        self.feed.changed(self._connection, spec, before, row, self.position, again)
        other = held if stands is arriving else arriving
        unseen = base != held.op or stands is not arriving
        if unseen and other.op != stands.op and other.values != stands.values:
            self._note(spec, group, row, stands, other)

    def _heads(self, spec: TableSpec, group: GroupSpec, row_id: bytes, held: Head) -> list[Head]:
        """The heads of a group: what stands, and for a sticky group those beside it."""
        if group.policy != STICKY:
            return [held]
        beside = self._connection.execute(
            "SELECT op, effective, vals FROM head WHERE tbl = ? AND row = ? AND grp = ?",
            (spec.code, row_id, group.number),
        )
        found = [Head(op, eff, tuple(wire.decode_array(values, "head"))) for op, eff, values in beside]
        return found or [held]

    def _keep_heads(self, spec: TableSpec, group: GroupSpec, row_id: bytes, settled: Settled) -> None:
        if group.policy != STICKY:
            return
        place = (spec.code, row_id, group.number)
        self._connection.execute("DELETE FROM head WHERE tbl = ? AND row = ? AND grp = ?", place)
        if len(settled.heads) > 1:
            kept = [(*place, head.op, head.effective, wire.encode(list(head.values))) for head in settled.heads]
            self._connection.executemany("INSERT INTO head VALUES (?, ?, ?, ?, ?, ?)", kept)

    # --- rights ----------------------------------------------------------------------------------------------

    def _rights(self, spec: TableSpec, row: Mapping[str, Any]) -> None:
        if spec.writers is not None and self._place.stream not in spec.writers(row, rows.looker(self._connection)):
            raise NotYours(owner=spec.owner, what=spec.name)

    def _query(self, sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
        return self._connection.execute(sql, params).fetchall()

    # --- the conflict journal --------------------------------------------------------------------------------

    def _note(self, spec: TableSpec, group: GroupSpec, row: Mapping[str, Any], kept: Head, lost: Head) -> None:
        """Writes the conflict for people to see; its audience is the row's."""
        conflict = TABLES["conflict"]
        for audience in self.feed.audience_of(self._connection, spec, row):
            key = sha256(
                b"cabang conflict 1\0"
                + row["id"]
                + kept.op
                + lost.op
                + audience.to_bytes(8, "big")
                + bytes([group.number])
            )
            values = {
                "id": key.digest()[: ids.NATURAL_ID_BYTES],
                "audience": audience,
                "table": spec.name,
                "row": row["id"],
                "group": group.name,
                "kept_op": kept.op,
                "lost_op": lost.op,
                "noted_at": clock.ms_of(self._received),
                "kept": wire.encode(list(kept.values)),
                "lost": wire.encode(list(lost.values)),
                **self._who("kept", kept.op),
                **self._who("lost", lost.op),
            }
            self._write_once(conflict, values)

    def _write_once(self, spec: TableSpec, values: Mapping[str, Any]) -> None:
        if not rows.exists(self._connection, spec, values["id"]):
            rows.insert(self._connection, spec, tuple(values[name] for name in rows.statements(spec.name).keys))
            self.feed.made(self._connection, spec, values, self.position, NOBODY)

    def _who(self, side: str, op: bytes) -> dict[str, Any]:
        """Which node, which person, and when, of one side of a conflict."""
        stream = ids.stream_of(op)
        if op[:12] == ids.pack(self._place.stream, self._place.start, self._place.n, 0)[:12]:
            actor, stamp = self._place.actor, self._place.stamp
        else:
            found = self._entry_of(op, "header, stamp")
            actor, stamp = (_actor_in(found[0]), found[1]) if found else (None, 0)
        stamp = clock.from_column(stamp)
        return {f"{side}_stream": stream, f"{side}_actor": actor, f"{side}_at": clock.ms_of(clock.countable(stamp))}


def _actor_in(header: bytes) -> bytes | None:
    return entry.unit_header(header).actor


def _missing(what: str, table: str, wanted: bytes) -> MissingRow:
    error = MissingRow(what=what)
    error.wanted = (table, wanted)
    return error
