"""What the hub knows of the streams it takes: what the door asks before it opens."""

from sync import clock, entry
from sync.store import Store
from sync.verify import Held, Sender


class Registry:
    """Looks things up for ``verify.open_segment``; inside ``write()`` it sees what the transaction has stored."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def sender(self, stream: int) -> Sender | None:
        """Key and revocation of an enrolled branch."""
        found = self._store.connection().execute(
            "SELECT sign_public, revoked_after FROM stream WHERE stream = ? AND sign_public IS NOT NULL", (stream,)
        ).fetchone()  # fmt: skip
        return Sender(*found) if found else None

    def held(self, stream: int, epoch: bytes) -> Held | None:
        """Where the chain of an epoch ends."""
        found = self._store.connection().execute(
            "SELECT seq, head, stamp, start, n, seal, closed FROM epoch WHERE stream = ? AND name = ?", (stream, epoch)
        ).fetchone()  # fmt: skip
        if found is None:
            return None
        seq, head, stamp, start, n, seal, closed = found
        return Held(seq, head, clock.from_column(stamp), start, n, seal, bool(closed))

    def signature_at(self, stream: int, epoch: bytes, first: int) -> bytes | None:
        """The signature of the held segment that begins at entry *first*."""
        found = self._store.connection().execute(
            "SELECT s.signature FROM segment s JOIN epoch e ON e.id = s.epoch "
            "WHERE e.stream = ? AND e.name = ? AND s.first = ?",
            (stream, epoch, first),
        ).fetchone()  # fmt: skip
        return found[0] if found else None

    def parent_ok(self, stream: int, header: entry.Header) -> bool:
        """A first epoch has no parent; a later one begins where a held segment of the one before ended."""
        connection = self._store.connection()
        if header.parent_epoch is None:
            return connection.execute("SELECT 1 FROM epoch WHERE stream = ?", (stream,)).fetchone() is None
        found = connection.execute(
            "SELECT 1 FROM segment s JOIN epoch e ON e.id = s.epoch "
            "WHERE e.stream = ? AND e.name = ? AND s.last = ? AND s.head = ?",
            (stream, header.parent_epoch, header.parent_seq, header.parent_head),
        ).fetchone()
        return found is not None
