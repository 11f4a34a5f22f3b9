"""The certificates a node holds: whose key may sign which part of a stream's log, and which was withdrawn.

A certificate's key signs what follows entry ``after`` of its epoch, until the next certificate's place.  The rows of a
stream are its history; the newest is the one in force.
"""

from typing import NamedTuple

from sync import keys
from sync.connection import Connection
from sync.keys import Certificate
from sync.store import Store

EPOCH_END = (1 << 48) - 1  # as ``after``: the key signs later epochs alone
TRIED_MAX = 4  # of one stream: so many signatures are checked to find out which of its keys signed a request
_COLUMNS = "serial, sign_public, signed, epoch, after, withdrawn, last_epoch, last_seq"
_ELSEWHERE = (
    "SELECT sign_public FROM certificate c WHERE stream = ? AND epoch != x'' AND after = ? AND NOT EXISTS "
    "(SELECT 1 FROM epoch e WHERE e.stream = c.stream AND e.name = c.epoch) ORDER BY serial"
)
_OLDEST = "SELECT sign_public FROM certificate WHERE stream = ? ORDER BY serial LIMIT 1"
_AT = (
    "SELECT c.sign_public FROM certificate c LEFT JOIN epoch e ON e.stream = c.stream AND e.name = c.epoch "
    "LEFT JOIN epoch here ON here.stream = c.stream AND here.name = ?2 WHERE c.stream = ?1 AND "
    "(c.epoch = x'' OR c.epoch = ?2 AND c.after < ?3 OR c.epoch != ?2 AND e.id < ifnull(here.id, e.id + 1)) "
    "ORDER BY c.serial DESC LIMIT 1"
)


class Certified(NamedTuple):
    """One row.  ``withdrawn``: when, ms UTC, or None; then ``last_seq`` of the epoch that bears the number
    ``last_epoch`` in this file is the last entry that counts.
    """

    serial: int
    sign_public: bytes
    signed: bytes
    epoch: bytes
    after: int
    withdrawn: int | None
    last_epoch: int
    last_seq: int


def newest(store: Store, stream: int) -> list[Certified]:
    """The last certificates of a stream, the one in force first."""
    found = store.connection().execute(
        f"SELECT {_COLUMNS} FROM certificate WHERE stream = ? ORDER BY serial DESC LIMIT {TRIED_MAX}", (stream,)
    )
    return [Certified(*row) for row in found]


def key_at(connection: Connection, stream: int, epoch: bytes, first: int) -> bytes | None:
    """The key that seals the segment beginning at entry *first* of the epoch so named; None where none is known.

    An epoch this file does not hold is newer than all it holds.  The oldest certificate held serves what lies before
    all places: a branch's new computer holds no epoch of the one before it.
    """
    found = connection.execute(_AT, (stream, epoch, first)).fetchone()
    found = found or connection.execute(_OLDEST, (stream,)).fetchone()
    return found[0] if found else None


def keys_at(connection: Connection, stream: int, epoch: bytes, first: int) -> list[bytes]:
    """The keys that may seal a segment of this node's own log: where another copy of it opened the epoch behind which
    a key begins, this file does not say where that is.
    """
    known = key_at(connection, stream, epoch, first)
    elsewhere = connection.execute(_ELSEWHERE, (stream, EPOCH_END))
    return [*([known] if known else []), *(public for (public,) in elsewhere)]


def keep(connection: Connection, signed: bytes, certificate: Certificate) -> None:
    """Adds a certificate to a stream's history; inside ``write()``."""
    connection.execute(
        "INSERT INTO certificate VALUES (?, ?, ?, ?, ?, ?, NULL, 0, 0)",
        (certificate.stream, certificate.serial, certificate.sign_public, signed, certificate.epoch, certificate.after),
    )


def epoch_number(connection: Connection, stream: int, name: bytes) -> int:
    """This file's number of the stream's epoch *name*; 0 for the empty name and one not held."""
    found = connection.execute("SELECT id FROM epoch WHERE stream = ? AND name = ?", (stream, name)).fetchone()
    return int(found[0]) if found else 0


def end_of_log(connection: Connection, stream: int) -> tuple[bytes, int]:
    """(name of the newest epoch, last entry) of what is held of a stream; (empty, 0) when nothing is."""
    found = connection.execute(
        "SELECT name, seq FROM epoch WHERE stream = ? ORDER BY id DESC LIMIT 1", (stream,)
    ).fetchone()
    return (bytes(found[0]), int(found[1])) if found else (b"", 0)


def withdraw(connection: Connection, stream: int, now_ms: int) -> int:
    """Withdraws the certificate in force: what is held by now counts, to the entry whose number is returned.

    Enrolment codes nobody used are void with it.  Inside ``write()``.
    """
    name, last = end_of_log(connection, stream)
    connection.execute(
        "UPDATE certificate SET withdrawn = ?, last_epoch = ?, last_seq = ? WHERE stream = ? AND withdrawn IS NULL "
        "AND serial = (SELECT max(serial) FROM certificate WHERE stream = ?)",
        (now_ms, epoch_number(connection, stream, name), last, stream, stream),
    )
    connection.execute("UPDATE stream SET revoked_after = ? WHERE stream = ?", (last, stream))
    connection.execute("DELETE FROM enrolment WHERE stream = ? AND used_by IS NULL", (stream,))
    return last


def issue(connection: Connection, hub: keys.PrivateKeys, certificate: Certificate) -> bytes:
    """Signs the next certificate of a stream at the hub and puts it in force; inside ``write()``."""
    signed = keys.certify(hub, certificate)
    put_in_force(connection, signed, certificate)
    return signed


def put_in_force(connection: Connection, signed: bytes, certificate: Certificate) -> None:
    """At the hub: keeps a certificate, and from now on takes what its key signs; inside ``write()``."""
    keep(connection, signed, certificate)
    connection.execute(
        "UPDATE stream SET certificate = ?, sign_public = ?, revoked_after = NULL WHERE stream = ?",
        (signed, certificate.sign_public, certificate.stream),
    )
