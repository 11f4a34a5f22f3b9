"""The branch's half of an exchange: what to ask, and what an answer means, on a store passed in.  No network here.

``ask`` seals and gives the request's bytes; ``take`` keeps the acknowledgement and applies the page in slices, each
its own transaction with its own cursor, so that a sale never waits longer than one slice.
"""

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from sync import exchange, keys, limits, overlay, rows, segment, stamps, wire
from sync.changes import Insert
from sync.errors import Malformed, UnknownKind, WrongHub
from sync.exchange import Answer, Request
from sync.feed import FACT, GONE, GROUPS, WHOLE
from sync.journal import Journal
from sync.model import BY_CODE, TABLES, TableSpec
from sync.stamps import Standing
from sync.store import Store


class Pending(NamedTuple):
    """What the hub does not hold yet: how many entries, and when the oldest was made (ms UTC, 0 for none)."""

    entries: int
    oldest: int


class Progress(NamedTuple):
    """What one round did: entries acknowledged, page items applied, whether either half has more to do."""

    sent: int
    taken: int
    more: bool


class BranchExchange:
    """The sync client's memory and its transactions.  *elapsed* is a monotonic clock in seconds (an argument)."""

    def __init__(self, store: Store, journal: Journal, keyring: keys.PrivateKeys, elapsed: Callable[[], float]) -> None:
        self.store, self.journal, self.keyring = store, journal, keyring
        self._elapsed = elapsed
        self.nonce = exchange.NO_NONCE
        self.hub_public: bytes = store.get("hub_public")
        self.stream: int = store.get("stream")
        self._sent_to = self.acknowledged()

    # --- asking ----------------------------------------------------------------------------------------------

    def acknowledged(self) -> int:
        """The last own entry the hub has signed for."""
        return int(self._epoch("acknowledged") or 0)

    def confirmed(self) -> int:
        """The last own entry that has entered the base."""
        return int(self._epoch("confirmed") or 0)

    def _epoch(self, column: str) -> Any:
        sql = f"SELECT {column} FROM epoch WHERE id = ?"
        return self.store.connection().execute(sql, (self.journal.epoch,)).fetchone()[0]

    def pending(self) -> Pending:
        """What waits, counted by the hub's acknowledgement, never by "sent"; the OPEN entry is nobody's work."""
        after = max(self.acknowledged(), 1)
        count = self.journal.seq - after
        if count <= 0:
            return Pending(0, 0)
        oldest = self.store.connection().execute(
            "SELECT stamp FROM entry WHERE epoch = ? AND seq = ?", (self.journal.epoch, after + 1)
        ).fetchone()  # fmt: skip
        return Pending(count, oldest[0] >> 16 if oldest else 0)

    def ask(self, clock_error: int | None) -> bytes:
        """The bytes of the next request; seals what is open first.  Before the first nonce it only asks for one."""
        self.journal.seal()
        waiting = self.pending()
        request = Request(
            exchange.VERSION,
            self.stream,
            self.journal.epoch_name,
            self.nonce,
            self.store.get("cursor") or 0,
            self.store.get("complete") or 0,
            self.store.get("feed_epoch") or b"",
            waiting.entries,
            waiting.oldest,
            clock_error,
            [] if self.nonce == exchange.NO_NONCE else self._segments(),
        )
        return exchange.sign_request(self.keyring, request)

    def _segments(self) -> list[bytes]:
        """Sealed segments the hub does not hold, oldest first, within the request's limits."""
        connection = self.store.connection()
        found = connection.execute(
            "SELECT first, last, secret, signature FROM segment WHERE epoch = ? AND last > ? ORDER BY first LIMIT ?",
            (self.journal.epoch, self._sent_to, limits.REQUEST_SEGMENTS_MAX),
        ).fetchall()
        packed: list[bytes] = []
        size = 0
        for first, last, secret, signature in found:
            data = self._packed(connection, first, last, secret, signature)
            size += len(data)
            if packed and size > limits.REQUEST_BYTES_MAX // 2:
                break
            packed.append(data)
        return packed

    def _packed(self, connection: sqlite3.Connection, first: int, last: int, secret: bytes, signature: bytes) -> bytes:
        epoch = self.journal.epoch
        entries = [
            [header, *wire.decode_array(payload, "entry")]
            for header, payload in connection.execute(
                "SELECT header, payload FROM entry WHERE epoch = ? AND seq BETWEEN ? AND ? ORDER BY seq",
                (epoch, first, last),
            )
        ]
        return segment.pack(self.stream, self.journal.epoch_name, first, entries, secret, signature)

    # --- taking ----------------------------------------------------------------------------------------------

    def take(self, answer: Answer, items: Sequence[Any] | None) -> Progress:
        """Keeps what the answer says.  *items* are the page's, already opened (``exchange.open_page``).

        Raises WrongHub when the acknowledgement is not the hub's for our very log.
        """
        before = self.acknowledged()
        self.nonce = answer.nonce
        if answer.ack:
            self._keep_acknowledgement(answer.ack)
        if answer.held < self.acknowledged():
            self._sent_to = answer.held  # the hub was restored from an older copy: give it everything again
        else:
            self._sent_to = self.acknowledged()
        taken = self._apply_page(answer, items) if answer.page and items is not None else 0
        more = bool(answer.page and answer.page.more) or self.pending().entries > 0 or self._sent_to < before
        return Progress(self.acknowledged() - before, taken, more)

    def _keep_acknowledgement(self, ack: exchange.Ack) -> None:
        found = self.store.connection().execute(
            "SELECT head FROM segment WHERE epoch = ? AND last = ?", (self.journal.epoch, ack.seq)
        ).fetchone()  # fmt: skip
        if found is None:
            raise WrongHub
        said = segment.acknowledgement(self.stream, self.journal.epoch_name, ack.seq, found[0], ack.received)
        keys.check(self.hub_public, keys.ACKNOWLEDGEMENT_LABEL, said, ack.signature, "acknowledgement")
        with self.store.write() as connection:
            connection.execute(
                "INSERT INTO acknowledgement VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (self.journal.epoch, ack.seq, found[0], ack.received, ack.signature),
            )
            connection.execute(
                "UPDATE epoch SET acknowledged = max(acknowledged, ?) WHERE id = ?", (ack.seq, self.journal.epoch)
            )

    # --- the page --------------------------------------------------------------------------------------------

    def _apply_page(self, answer: Answer, items: Sequence[Any]) -> int:
        page = answer.page
        if page is None:
            return 0
        self._begin_page(page, items)
        taken = 0
        while taken < len(items):
            self.store.wait_for_people(limits.PEOPLE_WAIT_S_MAX)
            taken += self._slice(items[taken:])
        with self.store.write():
            self.store.put("cursor", page.until)
            if not page.more:
                self.store.put("complete", page.until)
        return taken

    def _begin_page(self, page: exchange.Page, items: Sequence[Any]) -> None:
        """Own ops the hub had applied enter the base before the page's items do; those held for review do not."""
        if page.start != (self.store.get("cursor") or 0) and page.start != 0:
            raise Malformed(what="page", why="does not follow the last one")
        applied, confirmed = page.applied, self.confirmed()
        new_epoch = page.feed_epoch != self.store.get("feed_epoch")
        if applied <= confirmed and not new_epoch:
            return
        with self.store.write() as connection:
            for row in (row for _, effect in items for row in effect if row[0] == TABLES["held_entry"].code):
                apply_row(connection, row)
            overlay.confirm(connection, applied)
            connection.execute("UPDATE epoch SET confirmed = max(confirmed, ?) WHERE id = ?",
                               (applied, self.journal.epoch))  # fmt: skip
            self.store.put("feed_epoch", page.feed_epoch)
            if new_epoch:
                self.store.put("cursor", 0)
                self.store.put("complete", 0)

    def _slice(self, items: Sequence[Any]) -> int:
        """Applies items for at most APPLY_SLICE_S_MAX (a larger single item alone) and moves the cursor to the last."""
        done = 0
        with self.store.write() as connection:
            until = self._elapsed() + limits.APPLY_SLICE_S_MAX
            for _, effect in items:
                for row in effect:
                    self._apply_row(connection, row)
                done += 1
                if self._elapsed() >= until:
                    break
            self.store.put("cursor", items[done - 1][0])
        return done

    def _apply_row(self, connection: sqlite3.Connection, row: list[Any]) -> None:
        if row[2] == GONE:
            with self.store.wide():
                apply_row(connection, row)
        else:
            apply_row(connection, row)


def apply_row(connection: sqlite3.Connection, row: list[Any]) -> None:
    """Applies one row of a page; a repeat changes nothing.  Raises UnknownKind."""
    spec = BY_CODE.get(row[0])
    if spec is None:
        raise UnknownKind(kind=str(row[0]))
    _APPLY[row[2]](connection, spec, row)
    if spec.name == "held_entry":
        _note_held(connection, row[1])


def _whole(connection: sqlite3.Connection, spec: TableSpec, row: list[Any]) -> None:
    row_id, op, effective, values = row[1], row[3] or row[1], row[4], row[5]
    standing = Standing(op, effective, 0)
    held = rows.read(connection, spec, row_id)
    if held is None:
        rows.insert(connection, spec, (row_id, *values, stamps.fresh(*standing)))
        return
    by_name = dict(zip((f.name for f in spec.fields), values, strict=True))
    for group in spec.groups:
        overlay.base_arrived(connection, spec, group, held, standing, rows.values_of(by_name, group))


def _groups(connection: sqlite3.Connection, spec: TableSpec, row: list[Any]) -> None:
    held = rows.read(connection, spec, row[1])
    if held is None:
        held = _born(connection, spec, row)
    for number, op, effective, *values in row[3:]:
        overlay.base_arrived(connection, spec, spec.groups[number], held, Standing(op, effective, 0), values)


def _born(connection: sqlite3.Connection, spec: TableSpec, row: list[Any]) -> dict[str, Any]:
    """A row never seen before whose groups come from several ops: made from the groups told, then read back."""
    told = {number: values for number, _, _, *values in row[3:]}
    by_name: dict[str, Any] = {}
    for group in spec.groups:
        values = told.get(group.number, [None] * len(group.fields))
        by_name.update(zip((f.name for f in group.fields), values, strict=True))
    op = row[1] if len(row[1]) == 14 else row[3][1]
    effective = next((item[2] for item in row[3:] if item[1] == op), 0)
    values = [by_name[f.name] for f in spec.fields]
    rows.insert(connection, spec, (row[1], *values, stamps.fresh(op, effective, 0)))
    return rows.read(connection, spec, row[1]) or {}


def _fact(connection: sqlite3.Connection, spec: TableSpec, row: list[Any]) -> None:
    if rows.exists(connection, spec, row[1]):
        return
    children: dict[str, list[tuple[Any, ...]]] = {child.name: [] for child in spec.children}
    for child, part in zip(spec.children, row[5:], strict=True):
        children[child.name] = [tuple(line) for line in part[1:]]
    change = Insert(spec, row[1], row[1], tuple(row[4]), children, False)
    overlay.make(connection, change, row[3], Standing(b"", 0, 0))


def _gone(connection: sqlite3.Connection, spec: TableSpec, row: list[Any]) -> None:
    rows.erase(connection, spec, row[1])


_APPLY = {WHOLE: _whole, GROUPS: _groups, FACT: _fact, GONE: _gone}


def _note_held(connection: sqlite3.Connection, row_id: bytes) -> None:
    """One of this branch's entries is held for review (or released): its ops stay on top until then."""
    found = connection.execute(
        "SELECT stream, seq, at, reason, detail, released FROM held_entry WHERE id = ?", (row_id,)
    ).fetchone()
    if found is None:
        return
    stream, seq, at, reason, detail, released = found
    epoch = connection.execute("SELECT id FROM epoch WHERE stream = ? AND closed = 0", (stream,)).fetchone()[0]
    if released:
        connection.execute("DELETE FROM quarantine WHERE epoch = ? AND seq = ?", (epoch, seq))
        confirmed = connection.execute("SELECT confirmed FROM epoch WHERE id = ?", (epoch,)).fetchone()[0]
        overlay.confirm(connection, confirmed)
    else:
        connection.execute(
            "INSERT INTO quarantine VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", (epoch, seq, reason, detail, at)
        )
