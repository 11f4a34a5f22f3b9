"""A branch's own log on its way to the hub: what to send of which epoch, and what an answer means for it.

The log's path may go through several epochs (``sync.epochs``).  The branch speaks of the first one that the hub has
not signed for to its end.  An answer that proves that somebody else has written behind a common past makes the log go
on in a new epoch there; nothing of it is lost, and nobody who sells waits for it.

- the hub holds this epoch, and other bytes in it (``fork``, or an end that is none of ours): go on behind what is
  common;
- it has closed the epoch for a newer one (``epoch_closed``): another copy works.  Go on as well, but not at once when
  it happens again, or two copies would close each other's epochs without end;
- it does not know the epoch nor its parent (``fork``, holding nothing): it lost them, so the former epoch is spoken of
  until the hub holds it again;
- it holds less of this epoch than it signed for: it lost that, and gets it again.  What it takes twice may count
  otherwise now, so the log goes on in a new epoch, to which the hub tells all of it;
- the chain does not fit though every number does (``bad_signature``, or the hub signs for other bytes where it signed
  for ours before it was put back): what was signed for earlier is sent again, until the first difference is met.  Where
  none is, a former key sealed it that the hub forgot: go on behind what it holds.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any

from sync import epochs, keys, limits, segment, wire
from sync.connection import Connection
from sync.epochs import FORKED, REPLACED, Stretch
from sync.errors import BadSignature, EpochClosed, Fork, Gap, HubCannotStore, Malformed, RevokedSender, WrongHub
from sync.exchange import Ack, Answer
from sync.journal import Journal
from sync.pending import Pending, acknowledged_in, pending

_SEGMENTS = (
    "SELECT first, last, secret, signature FROM segment WHERE epoch = ? AND last > ? AND last <= ? "
    "ORDER BY first LIMIT ?"
)
_ENTRIES = "SELECT header, payload FROM entry WHERE epoch = ? AND seq BETWEEN ? AND ? ORDER BY seq"
_SEQ_MAX = 1 << 48
_Sealed = tuple[int, int, bytes, bytes]  # first, last, secret, signature


def as_sent(connection: Connection, stream: int, epoch: tuple[int, bytes], sealed: _Sealed) -> bytes:
    """A segment's bytes.  *epoch*: its number in this file, and name; *sealed*: its row."""
    first, last, secret, signature = sealed
    entries = [
        [header, *wire.decode_array(payload, "entry")]
        for header, payload in connection.execute(_ENTRIES, (epoch[0], first, last))
    ]
    return segment.pack(stream, epoch[1], first, entries, secret, signature)


class Uplink:
    """What is sent and signed for.  ``on_new_epoch``: values for the node table when the log goes on anew."""

    def __init__(self, journal: Journal, hub_public: bytes) -> None:
        self.journal, self.hub_public = journal, hub_public
        self.on_new_epoch: Callable[[], Mapping[str, Any]] = dict
        self._path: list[Stretch] = []
        self._opened: list[int] = []  # when this process opened epochs, ms UTC
        self._down: int | None = None  # the epoch spoken of because the hub does not know the later ones
        self._been_down: set[int] = set()
        self._passed: set[int] = set()  # former epochs the hub holds to their end, signed for or not
        self._asked: Stretch | None = None
        self._sent_to = self._sent_end = 0
        self._packed: dict[tuple[int, int, int, bytes, bytes], bytes] = {}  # segments to come, by epoch and their row
        self._searching = self._searched = self._losing = False
        self.lost = 0  # entries the hub had signed for and does not hold, by its last answer; told once
        self._look()

    def _look(self) -> None:
        self._path = epochs.path(self._connection, self.journal.stream)

    @property
    def _connection(self) -> Connection:
        return self.journal.store.connection()

    # --- where the log stands --------------------------------------------------------------------------------

    def acknowledged(self) -> int:
        """The last own entry the hub has signed for."""
        self._look()
        return acknowledged_in(self._path)

    def confirmed(self) -> int:
        """The last own entry that has entered the base."""
        return epochs.confirmed(self._connection, self.journal.stream)

    def pending(self) -> Pending:
        """What waits, counted by the hub's acknowledgement, never by "sent"."""
        return pending(self._connection, self.journal.stream)

    def confirm(self, connection: Connection, up_to: int) -> None:
        """Own entries up to number *up_to* have entered the base; inside ``write()``."""
        sql = "UPDATE epoch SET confirmed = max(confirmed, min(?, seq)) WHERE id = ?"
        connection.executemany(sql, [(up_to, one.id) for one in self._path if one.first <= up_to])

    # --- sending ---------------------------------------------------------------------------------------------

    def ask(self) -> Stretch:
        """The epoch the next request speaks of."""
        self._look()
        wanted = [one for one in self._path if one.id == self._down] or [
            one for one in self._path if not one.is_acknowledged and one.id not in self._passed
        ]
        if self._asked is None or self._asked.id != wanted[0].id:
            self._sent_to = wanted[0].acknowledged
        self._asked, self._sent_end = wanted[0], self._sent_to
        return self._asked

    def can_take_page(self, held: int) -> bool:
        """Is the page of an answer of use, by which the hub holds *held* of the epoch it was asked about?

        Only one about the epoch that is being written; and where that has a former one, the hub must have heard of it:
        else the page does not say how much of the former one it had applied.  And none while it may hold another log.
        """
        asked, is_known = self._asked, held > 0 or len(self._path) == 1
        return asked is not None and asked.id == self.journal.epoch and is_known and not self._searching

    def has_more(self) -> bool:
        """Is anything still to be sent that is nobody's work: what the hub had signed for, or a new epoch's opening?"""
        is_new = len(self._path) > 1 and not self._path[-1].acknowledged
        return is_new or self._down is not None or self._searching or self._losing

    def segments(self, batch: int) -> list[bytes]:
        """Sealed segments the hub does not hold, oldest first, about *batch* bytes and at least one."""
        asked = self._asked or self.ask()
        place = (asked.id, self._sent_to, asked.last or _SEQ_MAX, limits.REQUEST_SEGMENTS_MAX)
        packed: list[bytes] = []
        size, self._sent_end = 0, self._sent_to
        for sealed in self._connection.execute(_SEGMENTS, place).fetchall():
            data = self._packed.pop((asked.id, *sealed), b"") or self._pack(self._connection, asked, sealed)
            size += len(data)
            if packed and size > batch:
                self._packed[asked.id, *sealed] = data
                break
            packed.append(data)
            self._sent_end = sealed[1]
        return packed

    def has_rest(self) -> bool:
        """Did ``segments`` leave sealed ones for the next request?"""
        asked = self._asked
        return asked is not None and self._connection.execute(_SEGMENTS, self._behind(asked)).fetchone() is not None

    def pack_rest(self, is_enough: Callable[[], bool]) -> None:
        """Packs what the next request will most likely take, in any thread, until *is_enough*."""
        asked, connection = self._asked or self.ask(), self._connection
        for sealed in connection.execute(_SEGMENTS, self._behind(asked)).fetchall():
            if is_enough():
                return
            if (asked.id, *sealed) not in self._packed:
                self._packed[asked.id, *sealed] = self._pack(connection, asked, sealed)

    def _pack(self, connection: Connection, asked: Stretch, sealed: _Sealed) -> bytes:
        return as_sent(connection, self.journal.stream, (asked.id, asked.name), sealed)

    def _behind(self, asked: Stretch) -> tuple[int, int, int, int]:
        """The place behind what was sent of the epoch *asked* about."""
        return asked.id, self._sent_end, asked.last or _SEQ_MAX, limits.REQUEST_SEGMENTS_MAX

    # --- hearing ---------------------------------------------------------------------------------------------

    def hear(self, answer: Answer, is_sure: bool) -> bool:
        """Keeps what an answer says of the log.  True when a refusal in it, or an odd end, was dealt with.

        *is_sure*: its page answers the very request; a late answer of the hub would seem to have lost something.
        Raises WrongHub or BadSignature for an acknowledgement that is not the hub's for our very log.
        """
        asked, code = self._asked or self.ask(), answer.refusal.code if answer.refusal else ""
        self.lost = 0
        if answer.is_stale:
            return False
        if self._searching:
            return self._searched_on(asked, answer, code)
        if self._settle(asked, answer, code):
            return True
        if code not in (EpochClosed.code, Fork.code):
            if answer.ack and not (asked.last and answer.ack.seq > asked.last):
                spoken = (WrongHub, BadSignature) if code == RevokedSender.code else ()  # by another copy, shut out too
                with suppress(*spoken):
                    self._keep(asked, answer.ack)
            self._reckon(asked, answer, is_sure)
        return code in (Gap.code, Malformed.code) and self.lost > 0

    def _reckon(self, asked: Stretch, answer: Answer, is_sure: bool) -> None:
        """What is sent next, by what the hub holds of the epoch it was asked about."""
        if not answer.refusal and self._sent_end > self._sent_to:
            self._been_down.clear()
            self._searched = False
        self._look()
        asked = next(one for one in self._path if one.id == asked.id)
        missing = asked.acknowledged - max(answer.held, asked.first - 1)
        if missing > 0 and not is_sure:
            return
        self.lost = max(missing, 0) if not self._losing else 0
        self._losing = missing > 0
        self._sent_to = min(answer.held, asked.acknowledged)
        if self.lost:
            self._go_on_after_loss(asked)
        if asked.last is not None and answer.held >= asked.last:
            self._pass(asked)

    def _pass(self, asked: Stretch) -> None:
        """The hub holds a former epoch to its end: the next one is spoken of."""
        self._passed.add(asked.id)
        if self._down == asked.id:
            following = self._path[[one.id for one in self._path].index(asked.id) + 1]
            self._down = None if following.last is None else following.id
        self._asked = None

    def _settle(self, asked: Stretch, answer: Answer, code: str) -> bool:
        """Deals with an answer that shows another log than ours."""
        if code == EpochClosed.code and asked.last is not None and answer.held >= asked.last:
            self._pass(asked)  # closed here as well, and whole there
            return True
        if code == EpochClosed.code:
            return self._replaced(asked, answer)
        if code == Fork.code and not answer.held:
            return self._go_down(asked)
        if code == Fork.code:
            return self._go_on(asked, self._before_refused(asked, answer), FORKED)
        if code == BadSignature.code or self._is_signed_otherwise(asked, answer, code):
            if answer.held and not self._searched:
                return self._search(asked)
            return code == BadSignature.code and self._seal_anew(asked, answer.held)
        if code != RevokedSender.code and self._is_odd(asked, answer):
            return self._search(asked) if asked.id == self._down else self._go_on(asked, asked.acknowledged, FORKED)
        return False

    def _is_signed_otherwise(self, asked: Stretch, answer: Answer, code: str) -> bool:
        """Does the hub sign for other bytes where it signed for ours once?  It was put back, and heard a copy since."""
        ack = answer.ack if code != RevokedSender.code else None
        return ack is not None and ack.seq <= asked.acknowledged and not self._fits(asked, ack)

    def _is_odd(self, asked: Stretch, answer: Answer) -> bool:
        """Does the hub hold an end of this epoch that is none of ours?  What follows a closed one may be another's."""
        if asked.last is not None and answer.held >= asked.last:
            return False
        if answer.held >= asked.first and not epochs.ends(self._connection, asked.id, answer.held):
            return True
        if answer.ack is None or not self._sent_end < answer.ack.seq == answer.held:
            return False
        return not self._fits(asked, answer.ack)

    def _before_refused(self, asked: Stretch, answer: Answer) -> int:
        """The last entry before the segment that the hub refused for other bytes in its place."""
        said = str(answer.refusal.params.get("seq", "")) if answer.refusal else ""
        seq = int(said) - 1 if said.isdecimal() and len(said) < 16 else -1
        return seq if seq < asked.first or epochs.ends(self._connection, asked.id, seq) else asked.acknowledged

    def _replaced(self, asked: Stretch, answer: Answer) -> bool:
        with suppress(WrongHub, BadSignature):
            if answer.ack:
                self._keep(asked, answer.ack)
        if self._lately([self._path[-1].opened_ms]):
            return False
        self._look()
        asked = next(one for one in self._path if one.id == asked.id)
        if answer.held >= asked.acknowledged:
            return self._go_on(asked, asked.acknowledged, REPLACED)
        if epochs.ends(self._connection, asked.id, answer.held):  # the rest was lost there
            return self._go_on(asked, answer.held, REPLACED)
        return self._search(asked)

    def _go_on(self, asked: Stretch, seq: int, why: str) -> bool:
        """Goes on behind entry *seq* of the epoch asked about; where that is before it, behind the former one."""
        if (former := self._former(asked)) is None or seq < asked.first - 1 or why == REPLACED:
            seq = max(seq, asked.first)  # an epoch's opening lies at the hub when anything of it does
        place = former if former and seq < asked.first else asked
        return self._open_behind(place.id, seq, why, self.on_new_epoch())

    def _open_behind(
        self, number: int, seq: int, why: str | None = None, values: Mapping[str, Any] | None = None
    ) -> bool:
        if self._lately(self._opened) >= limits.EPOCHS_AT_ONCE_MAX:
            return False
        epochs.go_on_behind(self.journal, number, seq, why, values)
        self._opened.append(self.journal.clock.now_ms())
        self.forget()
        return True

    def _seal_anew(self, asked: Stretch, held: int) -> bool:
        """What a former key sealed behind entry *held*, which is common, is carried under the key in force."""
        after = max(held, asked.first - 1)
        place = asked if held >= asked.first else self._former(asked)
        if place is None or self._is_sealed_by_us(asked, after + 1):
            return False
        return epochs.ends(self._connection, place.id, after) and self._open_behind(place.id, after)

    def _is_sealed_by_us(self, asked: Stretch, first: int) -> bool:
        """Is what begins at entry *first* under a seal of the key in force?  Else nobody but a former key sealed it."""
        sql = "SELECT last, head, signature FROM segment WHERE epoch = ? AND first = ?"
        found = self._connection.execute(sql, (asked.id, first)).fetchone()
        if found is None:
            return True
        last, head, signature = found
        before = epochs.seal_before(self._connection, asked.id, first)
        said = segment.statement(self.journal.stream, asked.name, first, last, before, head)
        return keys.fits(self.journal.keyring.sign_public, keys.SEGMENT_LABEL, said, signature)

    def forget(self) -> None:
        """The log goes on in another epoch: what was learned of the hub is asked anew."""
        self._down = self._asked = None
        self._been_down.clear()
        self._passed.clear()
        self._packed.clear()
        self._searching = self._searched = False
        self._look()

    def _go_on_after_loss(self, asked: Stretch) -> None:
        """The hub knows of a new epoch that it knows nothing of its own, and tells it."""
        has_own = asked.last is None and asked.acknowledged > asked.first
        if has_own and self._lately(self._opened) < limits.EPOCHS_AT_ONCE_MAX:
            epochs.go_on_behind(self.journal, asked.id, asked.acknowledged, None)
            self._opened.append(self.journal.clock.now_ms())
            self._down = asked.id
            self._look()

    def _lately(self, moments: Iterable[int]) -> int:
        """How many of these moments (ms UTC) are not long ago; a stamp may lie a little ahead of the clock."""
        now = self.journal.clock.now_ms()
        return sum(1 for moment in moments if abs(now - moment) < limits.EPOCH_PAUSE_MS)

    def _former(self, asked: Stretch) -> Stretch | None:
        place = [one.id for one in self._path].index(asked.id)
        return self._path[place - 1] if place else None

    def _go_down(self, asked: Stretch) -> bool:
        """The hub knows neither this epoch nor where it begins: the former one is spoken of, and searched next time."""
        former = self._former(asked)
        if former is None:
            return False
        if former.id in self._been_down:
            return not self._searched and self._search(former)
        self._been_down.add(former.id)
        self._go_on_after_loss(asked)
        self._down, self._asked, self._sent_to = former.id, former, former.acknowledged
        return True

    # --- the search for what is common -----------------------------------------------------------------------

    def _search(self, asked: Stretch) -> bool:
        """Sends the epoch from its beginning: what the hub holds of it is a repeat, up to the first difference."""
        self._down = None if asked.last is None else asked.id
        self._asked, self._sent_to = asked, asked.first - 1
        self._searching = True
        return True

    def _searched_on(self, asked: Stretch, answer: Answer, code: str) -> bool:
        if code == Fork.code and answer.held:
            return self._go_on(asked, self._before_refused(asked, answer), FORKED)
        if code == HubCannotStore.code:
            return False
        if code == EpochClosed.code and answer.held >= self._sent_end:
            code = ""  # what was sent lies there
        if code == BadSignature.code and self._seal_anew(asked, answer.held):
            return True
        self._sent_to = self._sent_end
        if code or self._sent_to >= asked.acknowledged:
            self._searching, self._searched, self._down = False, True, None
        return not code

    # --- acknowledgements ------------------------------------------------------------------------------------

    def _keep(self, asked: Stretch, ack: Ack) -> None:
        head = self._check(asked, ack)
        if ack.seq <= asked.acknowledged:
            return
        with self.journal.store.write() as connection:
            connection.execute(
                "INSERT INTO acknowledgement VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (asked.id, ack.seq, head, ack.received, ack.signature),
            )
            connection.execute("UPDATE epoch SET acknowledged = max(acknowledged, ?) WHERE id = ?", (ack.seq, asked.id))

    def _fits(self, asked: Stretch, ack: Ack) -> bool:
        try:
            self._check(asked, ack)
        except (WrongHub, BadSignature):
            return False
        return True

    def _check(self, asked: Stretch, ack: Ack) -> bytes:
        """The head of our log that the hub signed for; raises WrongHub, BadSignature."""
        sql = "SELECT head FROM segment WHERE epoch = ? AND last = ?"
        found = self._connection.execute(sql, (asked.id, ack.seq)).fetchone()
        if found is None:
            raise WrongHub
        head = bytes(found[0])
        said = segment.acknowledgement(self.journal.stream, asked.name, ack.seq, head, ack.received)
        keys.check(self.hub_public, keys.ACKNOWLEDGEMENT_LABEL, said, ack.signature, "acknowledgement")
        return head
