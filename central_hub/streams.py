"""Every log head office holds, its own and the branches': where each one stands, and where it went on anew."""

from typing import Any, NamedTuple

from sync import entry
from sync.connection import Connection

_STREAMS = (
    "SELECT s.stream, s.code, s.revoked_after, s.last_contact, coalesce(c.times, 0) FROM stream s "
    "LEFT JOIN copy_seen c ON c.stream = s.stream UNION ALL SELECT 0, 'HUB', NULL, NULL, 0 ORDER BY 1"
)
_EPOCHS = (
    "SELECT e.name, e.seq, e.closed, (SELECT header FROM entry WHERE epoch = e.id ORDER BY seq LIMIT 1) "
    "FROM epoch e WHERE e.stream = ? ORDER BY e.id"
)


class Epoch(NamedTuple):
    """``seq``: its last entry; ``parent``: the epoch it goes on from, behind entry ``parent_seq``; names in hex."""

    name: str
    seq: int
    parent: str | None
    parent_seq: int
    closed: bool


class Stream(NamedTuple):
    """One node's log.

    ``revoked_after``: the last entry that counts, of a withdrawn key; ``last_contact``: ms UTC; ``copies``: how often
    two computers were seen to work as this branch.
    """

    number: int
    code: str
    revoked_after: int | None
    last_contact: int | None
    copies: int
    epochs: list[Epoch]


def streams(connection: Connection) -> list[Stream]:
    """All of them by number, each with its epochs, the first one first."""
    made = []
    for number, code, revoked, contact, copies in connection.execute(_STREAMS).fetchall():
        epochs = [_epoch(*one) for one in connection.execute(_EPOCHS, (number,))]
        made.append(Stream(number, code, revoked, contact, copies, epochs))
    return made


def facts(found: list[Stream]) -> dict[str, Any]:
    """The same as plain values for programs."""
    return {"streams": [{**one._asdict(), "epochs": [epoch._asdict() for epoch in one.epochs]} for one in found]}


def _epoch(name: bytes, seq: int, closed: int, header: bytes) -> Epoch:
    opening = entry.decode_header(header)
    parent = opening.parent_epoch.hex() if opening.parent_epoch else None
    return Epoch(name.hex(), seq, parent, opening.parent_seq, bool(closed))
