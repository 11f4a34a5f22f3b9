"""The hub's half of an exchange: the door, storing, applying, acknowledging, and the page.

Accepting is not applying: an entry whose signature and chain hold is stored for ever; one that cannot be applied is
held for review with a reason, and blocks nothing.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterable
from typing import Any

from sync import (
    clock,
    copies,
    entry,
    exchange,
    feed_epochs,
    keys,
    ops,
    segment,
    wire,
)
from sync.connection import Connection
from sync.errors import (
    N_,
    BadValue,
    DiskFull,
    EpochClosed,
    HubCannotStore,
    MadeAfterRevocation,
    Malformed,
    Quarantined,
    Refused,
    RevokedSender,
    StaleNonce,
    WriterBusy,
    invariant,
)
from sync.exchange import Ack, Answer, Page, Refusal, Request
from sync.feed import Feed, Oversized, PageBuilder
from sync.merger import EntryPlace, Merger
from sync.registry import Registry
from sync.review import Review
from sync.starts import Repeat, Starts
from sync.store import Store
from sync.talks import Talks
from sync.verify import VerifiedSegment, open_segment

_STORE = "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_TOGETHER = 4  # segments in one transaction: fewer fsyncs, and the writer is free again soon
_EPOCH_COLUMNS = "id, seq, head, stamp, start, n, seal, effective, closed, opened_position"


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
        self._now_ms = now_ms
        self.talks = Talks(chance, exchange.NONCE_BYTES)
        self._uplink = threading.Lock()
        self._careful = False
        self._door = self.registry
        self._starts = Starts(store.wide)
        self.review = Review(store, feed, merger)
        self.on_taken: list[Callable[[], None]] = []  # once a branch's entries are applied, before its page is made
        self._received: int = store.get("received") or 0

    # --- one round trip --------------------------------------------------------------------------------------

    def answer(self, data: bytes) -> Answer:
        """Takes a request's bytes and answers.  Raises Refused when nothing can be answered at all."""
        request = exchange.read_request(data)
        speaker = self.registry.speaker(request.stream, lambda public: exchange.check_request(data, public))
        talk = request.stream, speaker.serial
        nonce, fits = self.talks.turn(talk, request.nonce)
        if not fits:
            return Answer(
                exchange.VERSION, nonce, self._held_seq(request), exchange.refusal_of(StaleNonce()), None, None
            )
        refusal = self._take(request, self.registry.door_for(speaker))
        ack, page = self._acknowledge(request), None
        if speaker.withdrawn is not None:
            refusal = exchange.refusal_of(RevokedSender())
        elif page := self._page(request):
            self.talks.told(talk, nonce, page.until)
        else:
            copies.note(self.store, request.stream, self._now_ms())
            refusal = refusal or exchange.refusal_of(EpochClosed())
        return Answer(exchange.VERSION, nonce, self._held_seq(request), refusal, ack, page)

    def _take(self, request: Request, door: Registry) -> Refusal | None:
        """The uplink half; a disk that is full or busy stops it alone."""
        try:
            if not door.late:
                self._contact(request)
            return self.take_segments(request.segments, request.stream, door)
        except (WriterBusy, DiskFull):
            return exchange.refusal_of(HubCannotStore())

    def take_segments(self, segments: list[bytes], stream: int, door: Registry) -> Refusal | None:
        """Takes the segments, some at a time in one transaction; stops at the first the door refuses.

        Raises WriterBusy, DiskFull.
        """
        for first in range(0, len(segments), _TOGETHER):
            with self._uplink:
                refusal = self._take_group(segments[first : first + _TOGETHER], stream, door)
            if refusal is not None:
                return refusal
        if segments and not door.late:
            self._retry_all(self.review.ready())
            for call in self.on_taken:
                call()
        return None

    def _take_group(self, group: list[bytes], stream: int, door: Registry | None = None) -> Refusal | None:
        """First as if every entry could be applied; if one cannot, again with a way back before each."""
        self._door = door or self.registry
        for careful in (False, True):
            self._careful = careful
            try:
                with self.store.write() as connection:
                    self._starts.forget()
                    self.merger.undone()
                    return self._accept_all(connection, group, stream)
            except (Quarantined, sqlite3.IntegrityError):
                invariant(not careful, "with a way back an entry is held, not raised")
        return None

    # --- uplink ----------------------------------------------------------------------------------------------

    def _accept_all(self, connection: Connection, group: list[bytes], stream: int) -> Refusal | None:
        known = self._door
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

    def _store_and_apply(self, connection: Connection, verified: VerifiedSegment, received: int) -> None:
        epoch, effective = self._epoch_row(connection, verified)
        envelope = verified.envelope
        connection.execute(
            "INSERT INTO segment (epoch, first, last, secret, size, head, signature, seal, received_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (epoch, envelope.first, envelope.last, envelope.secret, verified.size, verified.head,
             envelope.signature, verified.seal, received),
        )  # fmt: skip
        for accepted in verified.entries:
            effective = self._entry(connection, epoch, envelope.stream, accepted, effective, received)
        end = verified.end
        connection.execute(
            "UPDATE epoch SET seq = ?, head = ?, stamp = ?, start = ?, n = ?, seal = ?, effective = ? WHERE id = ?",
            (end.seq, end.head, clock.to_column(end.stamp), end.start, end.n, verified.seal, effective, epoch),
        )
        self.feed.save(connection)
        self.store.put("received", received)

    def _epoch_row(self, connection: Connection, verified: VerifiedSegment) -> tuple[int, int]:
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
        connection: Connection,
        epoch: int,
        stream: int,
        accepted: entry.Entry,
        effective: int,
        received: int,
    ) -> int:
        """Stores one entry and applies it, or holds it for review; returns the stream's effective stamp."""
        place = EntryPlace(stream, accepted)
        self.merger.start(connection, place, effective, clock.stamp_of(received))
        reason = self._judge(connection, epoch, stream, accepted)
        reason = MadeAfterRevocation() if self._door.late else reason or self._apply(connection, accepted, stream)
        position = self.merger.position
        given = None if reason else self.merger.effective
        connection.later(
            _STORE,
            (epoch, accepted.seq, stream, clock.to_column(accepted.stamp), accepted.start, accepted.n,
             accepted.header_bytes, wire.encode(accepted.items), given, position),
        )  # fmt: skip
        if isinstance(reason, Quarantined):
            self.review.hold(connection, epoch, stream, accepted.seq, reason, received)
        return effective if reason else self.merger.effective

    def _judge(
        self, connection: Connection, epoch: int, stream: int, accepted: entry.Entry
    ) -> Quarantined | Repeat | None:
        """Whether an entry is the unit it says it is, and a new one."""
        reason = self._starts.judge(connection, epoch, stream, accepted, self._door.late)
        if self._starts.vouched:
            self.review.release(connection, *self._starts.vouched, None, self._received)
        return reason

    def _apply(self, connection: Connection, accepted: entry.Entry, stream: int) -> Quarantined | None:
        if not self._careful:
            self._merge(accepted, stream)
            return None
        connection.execute("SAVEPOINT one_entry")
        try:
            self._merge(accepted, stream)
            connection.flush()
        except (Quarantined, sqlite3.IntegrityError) as error:
            self.merger.undone()
            connection.forget()
            connection.execute("ROLLBACK TO one_entry")
            return (
                error
                if isinstance(error, Quarantined)
                else BadValue(what=N_("it does not go with what is there"), said=str(error))
            )
        finally:
            connection.execute("RELEASE one_entry")
        return None

    def _merge(self, accepted: entry.Entry, stream: int) -> None:
        changes = ops.read_entry(accepted, stream)
        self.merger.prepare(changes)
        for change in changes:
            self.merger.apply(change)

    # --- held entries ----------------------------------------------------------------------------------------

    def retry_held(self) -> int:
        """Tries all held entries again, as after an upgrade; how many were taken."""
        return self._retry_all(self.review.held())

    def try_again(self, notice: bytes) -> bool | None:
        """Somebody asks for another try of the held entry that row *notice* tells of; None when there is none."""
        place = self.review.place_of(notice)
        if place is None:
            return None
        taken = self._retry_all([place]) > 0
        self._retry_all(self.review.held() if taken else ())
        return taken

    def _retry_all(self, held: Iterable[tuple[int, int]]) -> int:
        with self._uplink:
            return sum(self._retry(epoch, seq) for epoch, seq in held)

    def _retry(self, epoch: int, seq: int) -> bool:
        with self.store.write() as connection:
            self.merger.undone()
            accepted, stream, effective = self._stored(connection, epoch, seq)
            self._careful = True
            self._starts.forget()
            received = self._receive_time()
            self.merger.start(connection, EntryPlace(stream, accepted), effective, clock.stamp_of(received))
            reason = self._judge(connection, epoch, stream, accepted)
            reason = reason or self._apply(connection, accepted, stream)
            if isinstance(reason, Quarantined):
                self.review.note(epoch, seq, reason)
                return False
            self.review.release(connection, epoch, seq, self.merger.effective if reason is None else None, received)
        return True

    def _stored(self, connection: Connection, epoch: int, seq: int) -> tuple[entry.Entry, int, int]:
        stream, stamp, start, n, header, payload, effective = connection.execute(
            "SELECT e.stream, e.stamp, e.start, e.n, e.header, e.payload, p.effective FROM entry e "
            "JOIN epoch p ON p.id = e.epoch WHERE e.epoch = ? AND e.seq = ?",
            (epoch, seq),
        ).fetchone()
        items = wire.decode_array(payload, "entry")
        return entry.stored(seq, clock.from_column(stamp), start, n, header, items), stream, effective

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
        """Signs for the end of what is held, if something came, or the branch heard another feed.

        It may have been signed for what this hub lost, and a copy of it was heard since: numbers do not show that.
        """
        found = self._epoch(request)
        goes_on = feed_epochs.goes_on(self.store, request.feed_epoch, request.cursor)
        if found is None or (goes_on and not request.segments):
            return None
        seq, head = found[1], found[2]
        said = segment.acknowledgement(request.stream, request.epoch, seq, head, self._received)
        return Ack(seq, self._received, self.keyring.sign(keys.ACKNOWLEDGEMENT_LABEL, said))

    def _page(self, request: Request) -> Page | None:
        """What the branch has not heard; None when it speaks of an epoch that a newer one has replaced."""
        while True:
            try:
                return self._read_page(request)
            except Oversized as found:
                self._spread(found)

    def _spread(self, found: Oversized) -> None:
        try:
            with self._uplink, self.store.write() as connection:
                self.merger.undone()
                self.feed.spread(connection, found)
        except (WriterBusy, DiskFull) as error:
            raise HubCannotStore from error

    def _read_page(self, request: Request) -> Page | None:
        connection = self.store.connection()
        connection.execute("BEGIN")
        try:
            found = self._epoch(request)
            if found and found[8]:
                return None
            cursor, complete = feed_epochs.place(self.store, request.feed_epoch, request.cursor, request.complete)
            now = self.store.get("position") or 0
            known_from = feed_epochs.known_from(connection, request.stream, found[9]) if found else now
            until, more, items = PageBuilder(
                connection, request.stream, cursor, min(cursor, complete), known_from, request.page_bytes
            ).build(now)
            applied = self._applied(connection, found[0], until) if found else 0
            name: bytes = self.store.get(feed_epochs.NAME)
        finally:
            connection.execute("COMMIT")
        page = (name, cursor, until, more, applied, self._now_ms())
        return exchange.sign_page(self.keyring, request.stream, page, request.nonce, items)

    def _applied(self, connection: Connection, epoch: int, until: int) -> int:
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
