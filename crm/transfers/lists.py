"""Reading transfers: how each one stands, what is on the way, what does not tally."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from crm.reading import query
from crm.transfers.errors import UnknownTransfer
from crm.transfers.models import RECEIVE
from crm.transfers.rules import LIFE, RECEIVED, REQUESTED, Account, Moved, accounts
from sync import ids
from sync.events import Event, Folded, fold, tips
from sync.rights import Query

_LEFT = "EXISTS (SELECT 1 FROM on_hand o WHERE o.location = t.id AND o.quantity != 0)"
_EVENT = "EXISTS (SELECT 1 FROM transfer_event e WHERE e.transfer = t.id"
_OPEN = f"({_LEFT} OR NOT {_EVENT}))"
_UNEQUAL = f"{_LEFT} AND {_EVENT} AND e.kind = '{RECEIVE}')"
_LIST = "SELECT t.id FROM transfer t WHERE {} AND (t.at, t.id) < (?, ?) ORDER BY t.at DESC, t.id DESC LIMIT ?"
_HEAD = (
    "SELECT t.id, t.at, t.note, s.stream, s.code, s.name, r.stream, r.code, r.name FROM transfer t"
    " JOIN branch s ON s.id = t.sender JOIN branch r ON r.id = t.receiver WHERE t.id = ?"
)
_EVENTS = (
    "SELECT e.id, e.kind, e.at, e.note, u.name, p.effective FROM transfer_event e"
    " LEFT JOIN event_stamp p ON p.event = e.id LEFT JOIN user u ON u.id = e.actor WHERE e.transfer = ?"
)
_SEEN = (
    "SELECT s.transfer_event, s.event FROM transfer_seen s JOIN transfer_event e ON e.id = s.transfer_event"
    " WHERE e.transfer = ?"
)
_LINES = (
    "SELECT e.id, e.kind, l.product, l.quantity FROM transfer_event_line l"
    " JOIN transfer_event e ON e.id = l.transfer_event WHERE e.transfer = ? ORDER BY e.at, l.line"
)
_ASKED = "SELECT product, quantity FROM transfer_line WHERE transfer = ? ORDER BY line"
_NEWEST = (2**63 - 1, b"")
Place = tuple[int, bytes]  # where a list goes on: (at in ms UTC, id)


class Side(NamedTuple):
    """A branch that sends or receives."""

    stream: int
    code: str
    name: str


class Said(NamedTuple):
    """An event as people read it; ``flag`` says why it does not count, "" when it does; ``sent``: the hub has it."""

    id: bytes
    kind: str
    at: int
    note: str | None
    by: str | None
    flag: str
    sent: bool
    lines: list[Moved]

    @property
    def stream(self) -> int:
        """The branch that said it."""
        return ids.stream_of(self.id)


class Shown(NamedTuple):
    """A transfer as it stands at this node; ``at`` in ms UTC, ``said`` in the order that counts."""

    id: bytes
    at: int
    note: str | None
    sender: Side
    receiver: Side
    status: str
    accounts: list[Account]
    said: list[Said]
    tasks: tuple[bytes, ...]
    tips: frozenset[bytes]

    @property
    def is_open(self) -> bool:
        """Something is still to be done: goods to be sent, on the way, or not accounted for."""
        return self.status == REQUESTED or any(one.rest for one in self.accounts)

    @property
    def differs(self) -> bool:
        """It was received, and what arrived is not what was sent."""
        return self.status == RECEIVED and any(one.rest for one in self.accounts)

    def may(self, kind: str) -> bool:
        """Does the status have a step for an event of this kind?"""
        return LIFE.after(self.status, kind) is not None


def find(transfer: bytes) -> Shown:
    """How the transfer stands; raises UnknownTransfer."""
    return read(query, transfer)


def listed(is_open: bool, limit: int, after: Place | None = None) -> list[Shown]:
    """At most *limit* transfers that are open (or done), newest first, behind *after*."""
    sql = _LIST.format(_OPEN if is_open else f"NOT {_OPEN}")
    return [find(transfer) for (transfer,) in query(sql, (*(after or _NEWEST), limit))]


def of_event(event: bytes) -> bytes | None:
    """The transfer that an event is about."""
    found = query("SELECT transfer FROM transfer_event WHERE id = ?", (event,))
    return bytes(found[0][0]) if found else None


def unequal() -> int:
    """How many transfers were received, but not as they were sent, and nobody has settled that."""
    return int(query(f"SELECT count(*) FROM transfer t WHERE {_UNEQUAL}")[0][0])


def read(query: Query, transfer: bytes) -> Shown:
    """``find`` with a unit's ``query``: what the unit has written is seen."""
    found = query(_HEAD, (transfer,))
    if not found:
        raise UnknownTransfer
    rows, lines = query(_EVENTS, (transfer,)), query(_LINES, (transfer,))
    _ident, at, note, *sides = found[0]
    events = _events(rows, query(_SEEN, (transfer,)))
    folded = fold(LIFE, events)
    asked = [Moved(*row) for row in query(_ASKED, (transfer,))]
    return Shown(
        transfer,
        at,
        note,
        Side(*sides[:3]),
        Side(*sides[3:]),
        folded.status,
        accounts(asked, _by_kind(lines)),
        _said(rows, lines, folded),
        folded.tasks,
        tips(events),
    )


def _events(rows: Sequence[Any], named: Sequence[Any]) -> list[Event]:
    seen: dict[bytes, list[bytes]] = {}
    for event, tip in named:
        seen.setdefault(event, []).append(tip)
    return [Event(row[0], row[1], frozenset(seen.get(row[0], ())), row[5]) for row in rows]


def _by_kind(lines: Sequence[Any]) -> dict[str, list[Moved]]:
    found: dict[str, list[Moved]] = {}
    for _event, kind, product, quantity in lines:
        found.setdefault(kind, []).append(Moved(product, quantity))
    return found


def _said(rows: Sequence[Any], lines: Sequence[Any], folded: Folded) -> list[Said]:
    by_id = {row[0]: row[1:] for row in rows}
    moved: dict[bytes, list[Moved]] = {}
    for event, _kind, product, quantity in lines:
        moved.setdefault(event, []).append(Moved(product, quantity))
    said = []
    for one in folded.order:
        kind, at, note, by, effective = by_id[one]
        said.append(Said(one, kind, at, note, by, folded.flags.get(one, ""), effective is not None, moved.get(one, [])))
    return said
