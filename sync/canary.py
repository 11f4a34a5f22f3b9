"""The canary: a small file beside the database that says how far the log had come at its last seal.

Whoever puts an older copy of the database back leaves the canary where it was.  A database that does not hold what its
canary says is such a copy; the node then goes on in a new epoch.  The hub's says as well how far its feed had come.
"""

import threading
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import msgspec

from sync.entry import EPOCH_BYTES, HEAD_BYTES
from sync.errors import DiskFull, Malformed
from sync.folder import Folder, write_private
from sync.store import Store
from sync.wire import decode_array, encode

FILE = "canary"
VERSION = 1
BYTES_MAX = 256

_REACHED = "SELECT name, seq, head FROM epoch WHERE stream = ? AND closed = 0"
_HOLDS = (
    "SELECT e.closed OR EXISTS (SELECT 1 FROM segment s WHERE s.epoch = e.id AND s.last = ? AND s.head = ?) "
    "FROM epoch e WHERE e.stream = ? AND e.name = ?"
)


class Canary(NamedTuple):
    """Where the log ended at a seal, and the last position of the hub's feed (0 at a branch)."""

    epoch: bytes
    seq: int
    head: bytes
    position: int


_UNREADABLE = Canary(b"", 0, b"", 0)


class Keeper:
    """Keeps the canary of *home* beside *store*."""

    def __init__(self, home: Folder, store: Store) -> None:
        self._path, self._store = home.path / FILE, store
        self._lock = threading.Lock()
        self._kept: Canary | None = None

    def keep(self) -> None:
        """Writes down how far the log has come.  An older canary is a right one, so a full disk stops nobody."""
        with self._lock:
            now = reached(self._store)
            if now != self._kept:
                with suppress(OSError, DiskFull):
                    write_private(self._path, encode([VERSION, *now]))
                    self._kept = now

    def is_older(self) -> bool:
        """Is the database older than its canary?"""
        return is_older(self._store, read(self._path.parent))


def reached(store: Store) -> Canary:
    """How far the log has come."""
    name, seq, head = store.connection().execute(_REACHED, (store.get("stream"),)).fetchone()
    return Canary(name, seq, head, store.get("position") or 0)


def read(folder: Path) -> Canary | None:
    """The canary of *folder*; None without one.  One that cannot be read is as one of a log nobody knows."""
    try:
        return _read((folder / FILE).read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, Malformed):
        return _UNREADABLE


def is_older(store: Store, said: Canary | None) -> bool:
    """Is a database older than its canary?  Without one it is not; one that was not readable proves nothing."""
    if said is None:
        return False
    place = (said.seq, said.head, store.get("stream"), said.epoch)
    holds = store.connection().execute(_HOLDS, place).fetchone()
    return not (holds and holds[0]) or (store.get("position") or 0) < said.position


def _read(data: bytes) -> Canary:
    version, *fields = decode_array(data[:BYTES_MAX], "canary")
    try:
        said = msgspec.convert(fields, Canary)
    except msgspec.ValidationError as error:
        raise Malformed(what="canary", why=str(error)) from None
    if version != VERSION or (len(said.epoch), len(said.head)) != (EPOCH_BYTES, HEAD_BYTES):
        raise Malformed(what="canary", why="of another version or size")
    return said
