"""The hub's half of an exchange: the door, storing, applying, acknowledging, and the page.

Accepting is not applying: an entry whose signature and chain hold is stored for ever; one that cannot be applied is
held for review with a reason, and blocks nothing.
"""

import sqlite3
import threading
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from sync import clock, entry, exchange, ids, keys, limits, ops, overlay, rows, segment, stamps, wire
from sync.errors import (
    BadValue,
    Malformed,
    MissingRow,
    Quarantined,
    Refused,
    SameIdOtherBytes,
    StaleNonce,
    UnknownSender,
    invariant,
)
from sync.exchange import Ack, Answer, Page, Refusal, Request
from sync.feed import NOBODY, Feed, PageBuilder
from sync.merger import Merger
from sync.model import TABLES
from sync.registry import Registry
from sync.store import Store
from sync.verify import VerifiedSegment, open_segment

_TOGETHER = 4  # segments in one transaction: fewer fsyncs, and the writer is free again soon
_EPOCH_COLUMNS = "id, seq, head, stamp, start, n, seal, effective, closed, opened_position"


class Place:
    """The entry being applied."""

    __slots__ = ("actor", "derive", "n", "seq", "stamp", "start", "stream")

    def __init__(self, stream: int, accepted: entry.Entry) -> None:
        self.stream, self.seq, self.stamp = stream, accepted.seq, accepted.stamp
        self.start, self.n = accepted.start, accepted.n
        self.actor, self.derive = accepted.header.actor, accepted.header.derive


class HubExchange:
    """Answers branches.  *now_ms* is the hub's clock, *chance* its source of random bytes (both arguments)."""

    def __init__(
        self,
        store: Store,
        feed: Feed,
        merger: Merger,
        keyring: keys.PrivateKeys,
        now_ms: Callable[[], int],
        chance: Callable[[int], bytes],
    ) -> None:
        self.store, self.feed, self.merger, self.keyring = store, feed, merger, keyring
        self.registry = Registry(store)
        self._now_ms, self._chance = now_ms, chance
        self._nonces: dict[int, bytes] = {}
        self._uplink = threading.Lock()
        self._careful = False
        self._pending: list[tuple[Any, ...]] = []
        self._starts: dict[tuple[int, bytes], tuple[int, int]] = {}
        merger.before_lookup = self._flush_entries
        self.feed_epoch: bytes = store.get("feed_epoch")
        self._received: int = store.get("received") or 0

    # --- one round trip --------------------------------------------------------------------------------------

    def answer(self, data: bytes) -> Answer:
        """Takes a request's bytes and answers.  Raises Refused when nothing can be answered at all."""
        request = exchange.read_request(data)
        sender = self.registry.sender(request.stream)
        if sender is None:
            raise UnknownSender(stream=request.stream)
        exchange.check_request(data, sender.sign_public)
        nonce = self._chance(exchange.NONCE_BYTES)
        expected, self._nonces[request.stream] = self._nonces.get(request.stream), nonce
        if request.nonce != expected:
            return Answer(
                exchange.VERSION, nonce, self._held_seq(request), exchange.refusal_of(StaleNonce()), None, None
            )
        refusal = self._take(request)
        self._contact(request)
        ack = self._acknowledge(request)
        return Answer(exchange.VERSION, nonce, self._held_seq(request), refusal, ack, self._page(request))

    def _take(self, request: Request) -> Refusal | None:
        """Takes the segments, some at a time in one transaction; stops at the first the door refuses."""
        for first in range(0, len(request.segments), _TOGETHER):
            group = request.segments[first : first + _TOGETHER]
            with self._uplink:
                refusal = self._take_group(group, request.stream)
            if refusal is not None:
                return refusal
        if request.segments:
            self.retry_held(MissingRow.code)
        return None

    def _take_group(self, group: list[bytes], stream: int) -> Refusal | None:
        """First as if every entry could be applied; if one cannot, again with a way back before each."""
        for careful in (False, True):
            self._careful = careful
            try:
                with self.store.write() as connection:
                    self._pending.clear()
                    self._starts.clear()
                    self.merger.undone()
                    return self._accept_all(connection, group, stream)
            except (Quarantined, sqlite3.IntegrityError):
                invariant(not careful, "with a way back an entry is held, not raised")
        return None

    # --- uplink ----------------------------------------------------------------------------------------------

    def _accept_all(self, connection: sqlite3.Connection, group: list[bytes], stream: int) -> Refusal | None:
        known = self.registry
        for data in group:
            try:
                verified = open_segment(data, known.sender, known.held, known.signature_at, known.parent_ok)
                if verified is not None and verified.envelope.stream != stream:
                    raise Malformed(what="segment", why="of another branch than the request")
            except Refused as error:
                return exchange.refusal_of(error)
            if verified is not None:
                self._store_and_apply(connection, verified, self._receive_time())
        return None

    def _receive_time(self) -> int:
        """Now, never less than the time given before."""
        self._received = max(self._now_ms(), self._received)
        return self._received

    def _store_and_apply(self, connection: sqlite3.Connection, verified: VerifiedSegment, received: int) -> None:
        epoch, effective = self._epoch_row(connection, verified)
        envelope = verified.envelope
        connection.execute(
            "INSERT INTO segment (epoch, first, last, secret, size, head, signature, seal, received_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (epoch, envelope.first, envelope.last, envelope.secret, verified.size, verified.head,
             envelope.signature, verified.seal, received),
        )  # fmt: skip
        self._connection = connection
        for accepted in verified.entries:
            effective = self._entry(connection, epoch, envelope.stream, accepted, effective, received)
        self._flush_entries()
        last = verified.entries[-1]
        connection.execute(
            "UPDATE epoch SET seq = ?, head = ?, stamp = ?, start = ?, n = ?, seal = ?, effective = ? WHERE id = ?",
            (last.seq, last.head, clock.to_column(last.stamp), last.start, last.n, verified.seal, effective, epoch),
        )
        self.feed.save(connection)
        self.store.put("received", received)

    def _epoch_row(self, connection: sqlite3.Connection, verified: VerifiedSegment) -> tuple[int, int]:
        envelope = verified.envelope
        found = connection.execute(
            "SELECT id, effective FROM epoch WHERE stream = ? AND name = ?", (envelope.stream, envelope.epoch)
        ).fetchone()
        if found:
            return found
        previous = connection.execute(
            "SELECT max(effective) FROM epoch WHERE stream = ?", (envelope.stream,)
        ).fetchone()[0]
        connection.execute("UPDATE epoch SET closed = 1 WHERE stream = ?", (envelope.stream,))
        position = self.feed.next_position(connection)
        made = connection.execute(
            "INSERT INTO epoch (stream, name, opened_position, seq, head, stamp, start, n, seal, effective) "
            "VALUES (?, ?, ?, 0, x'', 0, x'', 0, x'', ?)",
            (envelope.stream, envelope.epoch, position, previous or 0),
        ).lastrowid
        return int(made or 0), previous or 0

    def _entry(
        self,
        connection: sqlite3.Connection,
        epoch: int,
        stream: int,
        accepted: entry.Entry,
        effective: int,
        received: int,
    ) -> int:
        """Stores one entry and applies it, or holds it for review; returns the stream's effective stamp."""
        place = Place(stream, accepted)
        self.merger.start(connection, place, effective, clock.stamp_of(received))
        reason = self._strange_start(connection, epoch, stream, accepted)
        reason = reason or self._apply(connection, accepted, stream)
        position = self.merger.position
        given = None if reason else self.merger.effective
        self._pending.append(
            (epoch, accepted.seq, stream, clock.to_column(accepted.stamp), accepted.start, accepted.n,
             accepted.header_bytes, wire.encode(accepted.items), given, position)
        )  # fmt: skip
        if reason:
            self._hold(connection, epoch, stream, accepted.seq, reason, received)
            return effective
        return self.merger.effective

    def _flush_entries(self) -> None:
        """Writes the entries collected since; before they are looked up and at a segment's end."""
        if self._pending:
            self._connection.executemany("INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", self._pending)
            self._pending.clear()

    def _strange_start(
        self, connection: sqlite3.Connection, epoch: int, stream: int, accepted: entry.Entry
    ) -> Quarantined | None:
        """Why an entry's names are not its own: a process start is named once, and n counts from there."""
        if accepted.header.start:
            connection.execute(
                "INSERT INTO process_start VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (stream, accepted.start, epoch, accepted.seq),
            )
        began = (
            self._starts.get((stream, accepted.start))
            or connection.execute(
                "SELECT epoch, seq FROM process_start WHERE stream = ? AND start = ?", (stream, accepted.start)
            ).fetchone()
        )
        self._starts[stream, accepted.start] = began
        if began == (epoch, accepted.seq - accepted.n + 1):
            return None
        return SameIdOtherBytes(what=f"start of entry {accepted.seq}")

    def _apply(self, connection: sqlite3.Connection, accepted: entry.Entry, stream: int) -> Quarantined | None:
        if not self._careful:
            self._merge(accepted, stream)
            return None
        self._flush_entries()  # a way back must not take earlier entries along
        self.feed.flush(connection)
        connection.execute("SAVEPOINT one_entry")
        try:
            self._merge(accepted, stream)
            self.feed.flush(connection)
        except (Quarantined, sqlite3.IntegrityError) as error:
            self.merger.undone()
            connection.execute("ROLLBACK TO one_entry")
            return error if isinstance(error, Quarantined) else BadValue(what=str(error))
        finally:
            connection.execute("RELEASE one_entry")
        return None

    def _merge(self, accepted: entry.Entry, stream: int) -> None:
        changes = ops.read_entry(accepted, stream)
        self.merger.prepare(changes)
        for change in changes:
            self.merger.apply(change)

    def _hold(
        self, connection: sqlite3.Connection, epoch: int, stream: int, seq: int, reason: Quarantined, received: int
    ) -> None:
        """Quarantine: listed here and, through the feed, at the branch."""
        detail = wire.encode({name: str(value) for name, value in reason.params.items()}).hex()
        connection.execute("INSERT INTO quarantine VALUES (?, ?, ?, ?, ?)", (epoch, seq, reason.code, detail, received))
        spec = TABLES["held_entry"]
        row_id = held_id(epoch, seq)
        op = ids.pack(0, b"review", epoch & limits.UNIT_MAX, 0)
        stamp = stamps.fresh(op, self.merger.effective, self.merger.position)
        rows.insert(connection, spec, (row_id, stream, seq, received, reason.code, detail, False, stamp))
        row = rows.read(connection, spec, row_id)
        self.feed.made(connection, spec, row or {}, self.merger.position, NOBODY)

    # --- held entries ----------------------------------------------------------------------------------------

    def retry_held(self, reason: str = "%") -> int:
        """Tries held entries again, after an upgrade or when a missing part may have come; how many were taken."""
        held = self.store.connection().execute(
            "SELECT epoch, seq FROM quarantine WHERE reason LIKE ? ORDER BY epoch, seq", (reason,)
        ).fetchall()  # fmt: skip
        with self._uplink:
            return sum(self._retry(epoch, seq) for epoch, seq in held)

    def _retry(self, epoch: int, seq: int) -> bool:
        with self.store.write() as connection:
            self.merger.undone()
            accepted, stream, effective = self._stored(connection, epoch, seq)
            self._careful = True
            self._starts.clear()
            if self._strange_start(connection, epoch, stream, accepted) is not None:
                return False
            self.merger.start(connection, Place(stream, accepted), effective, clock.stamp_of(self._receive_time()))
            if self._apply(connection, accepted, stream) is not None:
                return False
            self._release(connection, epoch, stream, seq)
        return True

    def _stored(self, connection: sqlite3.Connection, epoch: int, seq: int) -> tuple[entry.Entry, int, int]:
        stream, stamp, start, n, header, payload, effective = connection.execute(
            "SELECT e.stream, e.stamp, e.start, e.n, e.header, e.payload, p.effective FROM entry e "
            "JOIN epoch p ON p.id = e.epoch WHERE e.epoch = ? AND e.seq = ?",
            (epoch, seq),
        ).fetchone()
        items = wire.decode_array(payload, "entry")
        return (
            entry.Entry(seq, clock.from_column(stamp), start, n, entry.decode_header(header), header, items, b""),
            stream,
            effective,
        )

    def _release(self, connection: sqlite3.Connection, epoch: int, stream: int, seq: int) -> None:
        """The entry is applied by now: both sides drop it from their lists."""
        given, position = self.merger.effective, self.merger.position
        connection.execute("DELETE FROM quarantine WHERE epoch = ? AND seq = ?", (epoch, seq))
        connection.execute("UPDATE entry SET effective = ? WHERE epoch = ? AND seq = ?", (given, epoch, seq))
        connection.execute("UPDATE epoch SET effective = max(effective, ?) WHERE id = ?", (given, epoch))
        spec = TABLES["held_entry"]
        row = rows.read(connection, spec, held_id(epoch, seq)) or {}
        group = next(g for g in spec.groups if g.name == "released")
        op = ids.pack(0, b"review", epoch & limits.UNIT_MAX, 1)
        overlay.show(connection, spec, group, row, stamps.Standing(op, given, position), (True,))
        self.feed.changed(connection, spec, row, row, position)
        self.feed.save(connection)

    # --- downlink --------------------------------------------------------------------------------------------

    def _epoch(self, request: Request) -> tuple[Any, ...] | None:
        return self.store.connection().execute(
            f"SELECT {_EPOCH_COLUMNS} FROM epoch WHERE stream = ? AND name = ?",
            (request.stream, request.epoch),
        ).fetchone()  # fmt: skip

    def _held_seq(self, request: Request) -> int:
        found = self._epoch(request)
        return found[1] if found else 0

    def _acknowledge(self, request: Request) -> Ack | None:
        """Signs for the end of what is held; nothing when nothing came."""
        found = self._epoch(request)
        if found is None or not request.segments:
            return None
        seq, head = found[1], found[2]
        said = segment.acknowledgement(request.stream, request.epoch, seq, head, self._received)
        return Ack(seq, self._received, self.keyring.sign(keys.ACKNOWLEDGEMENT_LABEL, said))

    def _page(self, request: Request) -> Page:
        connection = self.store.connection()
        found = self._epoch(request)
        known_from = found[9] if found else 0
        same = request.feed_epoch == self.feed_epoch
        cursor, complete = (request.cursor, request.complete) if same else (0, 0)
        connection.execute("BEGIN")
        try:
            now = self.store.get("position") or 0
            until, more, items = PageBuilder(
                connection, request.stream, cursor, min(cursor, complete), known_from
            ).build(now)
            applied = self._applied(connection, found[0], until) if found else 0
        finally:
            connection.execute("COMMIT")
        page = (self.feed_epoch, cursor, until, more, applied, self._now_ms())
        return exchange.sign_page(self.keyring, request.stream, page, request.nonce, items)

    def _applied(self, connection: sqlite3.Connection, epoch: int, until: int) -> int:
        """The branch's last entry the hub had taken by position *until*."""
        found = connection.execute(
            "SELECT seq FROM entry WHERE epoch = ? AND position <= ? ORDER BY seq DESC LIMIT 1", (epoch, until)
        ).fetchone()
        return found[0] if found else 0

    def _contact(self, request: Request) -> None:
        """What head office's page of branches shows."""
        with self.store.write() as connection:
            connection.execute(
                "UPDATE stream SET last_contact = ?, reported_waiting = ?, reported_oldest = ?, clock_error = ? "
                "WHERE stream = ?",
                (self._now_ms(), request.waiting, request.oldest, request.clock_error, request.stream),
            )


def held_id(epoch: int, seq: int) -> bytes:
    """The id of the notice about a held entry."""
    return sha256(b"cabang held entry 1\0" + epoch.to_bytes(8, "big") + seq.to_bytes(8, "big")).digest()[:16]
