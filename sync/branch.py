"""The branch's half of an exchange: what to ask, and what an answer means, on a store passed in.  No network here.

``ask`` seals and gives the request's bytes; ``take`` keeps the acknowledgement and applies the page in slices, each
its own transaction with its own cursor, so that a sale never waits longer than one slice.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from sync import (
    doorbell,
    event_stamps,
    exchange,
    former_feeds,
    handing_back,
    keys,
    limits,
    notices,
    overlay,
    rows,
    stamps,
)
from sync.changes import Insert
from sync.connection import Connection
from sync.errors import Malformed, UnknownKind
from sync.exchange import Answer, Request
from sync.feed import EVENT, FACT, GONE, GROUPS, WHOLE
from sync.journal import Journal
from sync.model import BY_CODE, TABLES, TableSpec
from sync.pending import Pending
from sync.stamps import Standing
from sync.store import Store
from sync.uplink import Uplink

_Place = tuple[int, bytes]  # of a row: its table's number, and its id


class Load(NamedTuple):
    """What one exchange may carry, in bytes: the segments sent, the page asked for (before compression)."""

    batch: int
    page: int


FULL_LOAD = Load(limits.BATCH_BYTES_MAX, limits.PAGE_BYTES_SOFT)


class Progress(NamedTuple):
    """What one round did: entries acknowledged, page items applied, whether either half has more to do.

    ``settled``: what the answer refused, or showed to be another log than ours, was dealt with.
    """

    sent: int
    taken: int
    more: bool
    settled: bool = False


class BranchExchange:
    """The sync client's memory and its transactions.  *elapsed* is a monotonic clock in seconds (an argument)."""

    def __init__(self, store: Store, journal: Journal, keyring: keys.PrivateKeys, elapsed: Callable[[], float]) -> None:
        self.store, self.journal, self.keyring = store, journal, keyring
        self._elapsed = elapsed
        self.nonce = exchange.NO_NONCE
        self.hub_public: bytes = store.get("hub_public")
        self.stream: int = store.get("stream")
        self.uplink = Uplink(journal, self.hub_public)
        self.on_news: list[Callable[[], None]] = []  # once a page was applied
        self._calls = 0

    # --- asking ----------------------------------------------------------------------------------------------

    def acknowledged(self) -> int:
        """The last own entry the hub has signed for."""
        return self.uplink.acknowledged()

    def pending(self) -> Pending:
        """What waits, counted by the hub's acknowledgement, never by "sent"."""
        return self.uplink.pending()

    def ask(self, clock_error: int | None, load: Load = FULL_LOAD, cursor: int | None = None) -> bytes:
        """The bytes of the next request; seals what is open first.  Before the first nonce it only asks for one.

        *cursor*: where the feed will have been heard up to when the answer is taken; None: as far as it is now.
        """
        self.journal.seal()
        waiting, asked = self.pending(), self.uplink.ask()
        request = Request(
            exchange.VERSION,
            self.stream,
            asked.name,
            self.nonce,
            cursor or self.store.get("cursor") or 0,
            self.store.get("complete") or 0,
            self.store.get("feed_epoch") or b"",
            waiting.entries,
            waiting.oldest,
            clock_error,
            [] if self.nonce == exchange.NO_NONCE else self._segments(load.batch),
            load.page // 1024,
        )
        return exchange.sign_request(self.keyring, request)

    def _segments(self, batch: int = limits.BATCH_BYTES_MAX) -> list[bytes]:
        """Sealed segments the hub does not hold, oldest first, about *batch* bytes and at least one."""
        return self.uplink.segments(batch)

    def call(self) -> bytes | None:
        """The bytes by which this branch waits on the hub's doorbell; None before a conversation."""
        if self.nonce == exchange.NO_NONCE:
            return None
        self._calls += 1
        return doorbell.sign_call(self.keyring, self.stream, self.nonce, self._calls)

    # --- taking ----------------------------------------------------------------------------------------------

    def take(self, answer: Answer, items: Sequence[Any] | None, go_on: Callable[[int], None] | None = None) -> Progress:
        """Keeps what the answer says.  *items* are the page's, already opened (``exchange.open_page``).

        *go_on*: called when another page will follow, with its cursor, just before this one is applied.  Raises
        WrongHub when the acknowledgement is not the hub's for our very log.
        """
        before = self.acknowledged()
        self.nonce = answer.nonce
        settled, taken, earlier = self.uplink.hear(answer, items is not None), 0, False
        if answer.page and items is not None:
            if self.uplink.lost:
                self._lost(answer.page)
            elif not settled:
                earlier = former_feeds.go_back(self.store, answer.page)
                taken = 0 if earlier else self._apply_page(answer, items, go_on)
                handing_back.go_on(self.journal)
        for call in self.on_news if taken else ():
            call()
        more = bool(answer.page and answer.page.more) or self.pending().entries > 0 or self.uplink.has_more()
        return Progress(max(self.acknowledged() - before, 0), taken, more or settled or earlier, settled)

    def _lost(self, page: exchange.Page) -> None:
        """The hub held more of this log once: people are told, and everything it says is heard again."""
        with self.store.write() as connection:
            self.store.put("hub_lost", self.uplink.lost)
            self.store.put("hub_lost_at", page.hub_ms)
            if page.feed_epoch == self.store.get("feed_epoch"):
                notices.withdraw(self.store, connection, 0)
                self.store.put("cursor", 0)
                self.store.put("complete", 0)

    # --- the page --------------------------------------------------------------------------------------------

    def _apply_page(self, answer: Answer, items: Sequence[Any], go_on: Callable[[int], None] | None) -> int:
        page = answer.page
        if page is None or not self.uplink.can_take_page(answer.held):
            return 0
        self._begin_page(page, items)
        if go_on and page.more and not answer.refusal:
            go_on(page.until)
        taken = 0
        while taken < len(items):
            self.store.wait_for_people(limits.PEOPLE_WAIT_S_MAX)
            taken += self._slice(items[taken:], page)
        if not items:
            with self.store.write():
                self._taken(page)
        return taken

    def _taken(self, page: exchange.Page) -> None:
        """All of the page is applied; inside ``write()``."""
        self.store.put("cursor", page.until)
        if not page.more:
            self.store.put("complete", page.until)

    def _begin_page(self, page: exchange.Page, items: Sequence[Any]) -> None:
        """Own ops the hub had applied enter the base before the page's items do; those held for review do not."""
        cursor = self.store.get("cursor") or 0
        new_epoch = page.feed_epoch != self.store.get("feed_epoch")
        if page.start not in (0, cursor) and not (new_epoch and page.start < cursor):
            raise Malformed(what="page", why="does not follow the last one")
        applied = page.applied
        connection = self.store.connection()
        if applied <= self.uplink.confirmed() and not new_epoch and not overlay.is_due(connection, applied):
            return
        former = self.store.get("feed_epoch")
        heard = handing_back.heard(self.store, page.feed_epoch) if new_epoch and former else None
        with self.store.write() as connection:
            if new_epoch:
                notices.withdraw(self.store, connection, page.start)
            for position, row in ((position, row) for position, effect in items for row in effect):
                if row[0] == TABLES["held_entry"].code:
                    apply_row(connection, row, position, set())
            overlay.confirm(connection, applied)
            self.uplink.confirm(connection, applied)
            self.store.put("feed_epoch", page.feed_epoch)
            if new_epoch:
                self.store.put("cursor", page.start)
                self.store.put("complete", min(self.store.get("complete") or 0, page.start))
                self.store.put(handing_back.HEARD, heard)
                former_feeds.keep(self.store, former, page.start)

    def _slice(self, items: Sequence[Any], page: exchange.Page) -> int:
        """Applies the *items* that are left of a page for a while (a larger single item alone), and moves the cursor.

        APPLY_SLICE_S_MAX when somebody is there; longer when nobody is, for each slice waits for the disk.
        """
        done = 0
        with self.store.write() as connection:
            began = self._elapsed()
            for (position, effect), new in _with_new(connection, items):
                for row in effect:
                    self._apply_row(connection, row, position, new)
                done += 1
                if self._elapsed() - began >= self._slice_s():
                    break
            if done == len(items):
                self._taken(page)
            else:
                self.store.put("cursor", items[done - 1][0])
        return done

    def _slice_s(self) -> float:
        return limits.APPLY_SLICE_S_MAX if self.store.people_wait else limits.APPLY_ALONE_S_MAX

    def _apply_row(self, connection: Connection, row: list[Any], position: int, new: set[_Place]) -> None:
        if row[2] == GONE:
            with self.store.wide():
                apply_row(connection, row, position, new)
        else:
            apply_row(connection, row, position, new)


def _with_new(connection: Connection, items: Sequence[Any]) -> Iterator[tuple[Any, set[_Place]]]:
    """Each item, with what is new in it and those behind it: looked up for about MANY rows at once."""
    place = 0
    while place < len(items):
        several = _several(items, place)
        new = _new(connection, several)
        for item in several:
            yield item, new
        place += len(several)


def _several(items: Sequence[Any], first: int) -> Sequence[Any]:
    """Items from number *first* on, of at most MANY rows together; at least one."""
    count = 0
    for place in range(first, min(first + rows.MANY, len(items))):
        count += len(items[place][1])
        if count > rows.MANY:
            return items[first : max(place, first + 1)]
    return items[first : first + rows.MANY]


def _new(connection: Connection, items: Sequence[Any]) -> set[_Place]:
    """The rows of *items* that this node does not hold, or the first MANY of them."""
    told: defaultdict[int, list[bytes]] = defaultdict(list)
    for row in islice((row for _, effect in items for row in effect), rows.MANY):
        if row[2] in (WHOLE, FACT) and row[0] in BY_CODE:
            told[row[0]].append(row[1])
    new = set()
    for table, those in told.items():
        held = rows.those_held(connection, BY_CODE[table], those)
        new |= {(table, row_id) for row_id in those if row_id not in held}
    return new


def apply_row(connection: Connection, row: list[Any], position: int, new: set[_Place]) -> None:
    """Applies one row of a page, told at *position*; a repeat changes nothing.  Raises UnknownKind.

    *new*: places of rows that are known not to be held.
    """
    spec = BY_CODE.get(row[0])
    if spec is None:
        raise UnknownKind(kind=str(row[0]))
    place = row[0], row[1]
    is_new = place in new
    new.discard(place)
    _APPLY[row[2]](connection, spec, row, is_new)
    if spec.name == "held_entry":
        notices.note(connection, row[1], position)


def _whole(connection: Connection, spec: TableSpec, row: list[Any], is_new: bool) -> None:
    row_id, op, effective, values = row[1], row[3] or row[1], row[4], row[5]
    standing = Standing(op, effective, 0)
    held = None if is_new else rows.read(connection, spec, row_id)
    if held is None:
        rows.insert(connection, spec, (row_id, *values, stamps.fresh(*standing)))
        return
    by_name = dict(zip((f.name for f in spec.fields), values, strict=True))
    for group in spec.groups:
        overlay.base_arrived(connection, spec, group, held, standing, rows.values_of(by_name, group))


def _groups(connection: Connection, spec: TableSpec, row: list[Any], _is_new: bool) -> None:
    held = rows.read(connection, spec, row[1])
    if held is None:
        held = _born(connection, spec, row)
    for number, op, effective, *values in row[3:]:
        overlay.base_arrived(connection, spec, spec.groups[number], held, Standing(op, effective, 0), values)


def _born(connection: Connection, spec: TableSpec, row: list[Any]) -> dict[str, Any]:
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


def _fact(connection: Connection, spec: TableSpec, row: list[Any], is_new: bool) -> None:
    if is_new or not rows.exists(connection, spec, row[1]):
        _make(connection, spec, row[1], row[3:])


def _event(connection: Connection, spec: TableSpec, row: list[Any], _is_new: bool) -> None:
    if row[4:] and not rows.exists(connection, spec, row[1]):
        _make(connection, spec, row[1], row[4:])
    event_stamps.keep(connection, row[1], row[3])


def _make(connection: Connection, spec: TableSpec, row_id: bytes, said: list[Any]) -> None:
    """Makes the row of a fact; *said*: the version it derives by, its values, its children."""
    version, values, *parts = said
    children: dict[str, list[tuple[Any, ...]]] = {child.name: [] for child in spec.children}
    for child, part in zip(spec.children, parts, strict=True):
        children[child.name] = [tuple(line) for line in part[1:]]
    change = Insert(spec, row_id, row_id, tuple(values), children, False)
    overlay.make(connection, change, version, Standing(b"", 0, 0))


def _gone(connection: Connection, spec: TableSpec, row: list[Any], _is_new: bool) -> None:
    rows.erase(connection, spec, row[1])


_APPLY = {WHOLE: _whole, GROUPS: _groups, FACT: _fact, GONE: _gone, EVENT: _event}
