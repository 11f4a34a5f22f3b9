"""What the hub knows of the streams it takes: whose request this is, and what the door asks before it opens."""

from collections.abc import Callable
from functools import partial

from sync import certificates, clock, entry, limits
from sync.certificates import Certified
from sync.errors import BadSignature, KeyReplaced, RevokedSender, UnknownSender
from sync.store import Store
from sync.verify import Held, Sender


class Registry:
    """Looks things up for ``verify.open_segment``; inside ``write()`` it sees what the transaction has stored.

    ``late``: what passes this door is kept and does not count.
    """

    late = False

    def __init__(self, store: Store) -> None:
        self.store = store

    def speaker(self, stream: int, signed_by: Callable[[bytes], None]) -> Certified:
        """The certificate whose key *signed_by* accepts (it raises BadSignature); a withdrawn one may still speak.

        Raises UnknownSender, BadSignature, and KeyReplaced for a key the branch itself has replaced.
        """
        held = certificates.newest(self.store, stream)
        if not held:
            raise UnknownSender(stream=stream)
        for place, one in enumerate(held):
            try:
                signed_by(one.sign_public)
            except BadSignature:
                continue
            if place and one.withdrawn is None:
                raise KeyReplaced
            return one
        raise BadSignature(what="request")

    def door_for(self, speaker: Certified) -> "Registry":
        """The door that *speaker* comes to."""
        return self if speaker.withdrawn is None else Withdrawn(self.store, speaker)

    def sender(self, stream: int) -> Sender | None:
        """The key in force of an enrolled branch; one withdrawn since the request was read takes nothing any more."""
        connection = self.store.connection()
        found = connection.execute(
            "SELECT sign_public, revoked_after FROM stream WHERE stream = ? AND sign_public IS NOT NULL", (stream,)
        ).fetchone()  # fmt: skip
        if found is None:
            return None
        return Sender(found[0], None if found[1] is None else 0, partial(certificates.key_at, connection, stream))

    def held(self, stream: int, epoch: bytes) -> Held | None:
        """Where the chain of an epoch ends."""
        found = self.store.connection().execute(
            "SELECT seq, head, stamp, start, n, seal, closed FROM epoch WHERE stream = ? AND name = ?", (stream, epoch)
        ).fetchone()  # fmt: skip
        if found is None:
            return None
        seq, head, stamp, start, n, seal, closed = found
        return Held(seq, head, clock.from_column(stamp), start, n, seal, bool(closed))

    def signature_at(self, stream: int, epoch: bytes, first: int) -> bytes | None:
        """The signature of the held segment that begins at entry *first*."""
        found = self.store.connection().execute(
            "SELECT s.signature FROM segment s JOIN epoch e ON e.id = s.epoch "
            "WHERE e.stream = ? AND e.name = ? AND s.first = ?",
            (stream, epoch, first),
        ).fetchone()  # fmt: skip
        return found[0] if found else None

    def parent_ok(self, stream: int, header: entry.Header) -> bool:
        """A first epoch has no parent; a later one begins where a held segment of the one before ended."""
        connection = self.store.connection()
        if header.parent_epoch is None:
            return connection.execute("SELECT 1 FROM epoch WHERE stream = ?", (stream,)).fetchone() is None
        found = connection.execute(
            "SELECT 1 FROM segment s JOIN epoch e ON e.id = s.epoch "
            "WHERE e.stream = ? AND e.name = ? AND s.last = ? AND s.head = ?",
            (stream, header.parent_epoch, header.parent_seq, header.parent_head),
        ).fetchone()
        return found is not None


class Withdrawn(Registry):
    """The door of a withdrawn key: its log goes on where it stood, so that people can look at it, up to a limit.

    It opens no epoch, and a newer one that has replaced it does not close it: nothing of it counts anyway.
    """

    late = True

    def __init__(self, store: Store, speaker: Certified) -> None:
        super().__init__(store)
        self._speaker = speaker

    def sender(self, stream: int) -> Sender | None:
        """The withdrawn key, and the last entry that is kept at all."""
        return Sender(self._speaker.sign_public, self._speaker.last_seq + limits.WITHDRAWN_ENTRIES_MAX)

    def held(self, stream: int, epoch: bytes) -> Held | None:
        """Where the chain ends; raises RevokedSender for an epoch that began later, or that nobody has heard of."""
        number = certificates.epoch_number(self.store.connection(), stream, epoch)
        found = super().held(stream, epoch)
        if found is None or number > self._speaker.last_epoch:
            raise RevokedSender
        return found._replace(closed=False)
