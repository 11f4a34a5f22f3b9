"""Taking a mirror stick in at the hub: what a lost computer had sealed comes through the ordinary door.

Each file is read and decrypted, each segment offered in its order.  What the hub holds is a repeat; what the door
refuses ends its epoch, named in words; what was taken before stays, as if the line had been cut there.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from sync import certificates, entry, mirror_file, segment
from sync.errors import (
    N_,
    CabangError,
    EpochClosed,
    Gap,
    MadeAfterRevocation,
    Refused,
    RevokedSender,
    from_refusal,
)
from sync.exchange import Refusal
from sync.hub import HubExchange
from sync.mirror import FOLDER, StickMissing
from sync.mirror_file import SUFFIX, MirrorNewer, MirrorOfOthers, NotAMirror, Opening
from sync.registry import Registry, Withdrawn

_LATE = (
    "SELECT count(*) FROM quarantine q JOIN epoch e ON e.id = q.epoch "
    "WHERE e.stream = ? AND e.name = ? AND q.seq BETWEEN ? AND ? AND q.reason = ?"
)


class NoMirrorThere(CabangError):
    code = "no_mirror_there"
    happened = N_("There is no mirror of a branch in %(folder)s.")
    todo = N_("Give the folder of the stick; the mirror lies there in a folder named cabang- and the branch's code.")


class StickUnreadable(CabangError):
    code = "mirror_unreadable"
    happened = N_("This computer cannot read %(file)s: %(why)s.")
    todo = N_("Look whose files they are, and try the stick in another socket or computer; a repeat is safe.")
    retry_safe = True


class MirrorDamaged(CabangError):
    code = "mirror_damaged"
    happened = N_("The mirror file %(file)s is damaged in %(count)s places.")
    todo = N_("What could be read was taken. If records are missing, another stick or a backup may hold them.")


class MirrorGap(CabangError):
    code = "mirror_gap"
    happened = N_("The stick of %(code)s lacks the records after number %(held)s and before %(first)s.")
    todo = N_("What lies behind them was not taken. Another stick may hold them; else type in the receipts from paper.")


class MirrorTooLate(CabangError):
    code = "mirror_too_late"
    happened = N_(
        "The key of %(code)s's computer was withdrawn before its stick was taken in: what it made since does not count."
    )
    todo = N_(
        "%(held)s records of the stick are held for review. Enter again what is true. Next time take the stick in "
        "first and withdraw the key then."
    )


class MirrorReplaced(CabangError):
    code = "mirror_replaced"
    happened = N_(
        "The log of %(code)s went on elsewhere behind record %(held)s; the rest of the older one was not taken."
    )
    todo = N_(
        "Usually its computer has sent that itself. Compare the last receipts with the paper; type in what is missing."
    )


class MirrorNotTaken(CabangError):
    code = "mirror_not_taken"
    happened = N_("The records of %(code)s after number %(held)s were not taken from the stick: %(why)s")
    todo = N_("What was taken before them stays. Ask whether this is the stick of that branch.")


def trouble(code: str, params: dict[str, str]) -> CabangError:
    """One of a stick's troubles, from what a command was told of it."""
    return from_refusal((code, params))


class Taken(NamedTuple):
    """What came of one branch's stick: entries new to the hub, held for review, or there already; what went wrong."""

    code: str
    stream: int
    new: int
    held: int
    repeated: int
    troubles: list[CabangError]


class _Piece(NamedTuple):
    """Where a segment lies, and which it is; pieces of one place in the log are told apart by the signature."""

    first: int
    last: int
    signature: bytes
    path: Path
    opening: Opening
    place: int

    def read(self) -> bytes:
        """The segment's bytes; empty when the stick has changed meanwhile."""
        with self.path.open("rb") as file:
            file.seek(self.place)
            return self.opening.read(file) or b""


class _Epoch(NamedTuple):
    """An epoch's pieces by their first entry, the one written last at the end; ``parent``: an epoch's name or None."""

    parents: list[bytes]
    pieces: dict[int, list[_Piece]]


def take(exchange: HubExchange, company_key: bytes, stick: Path) -> list[Taken]:
    """Takes in the mirror of each branch on *stick*.  Raises StickMissing, NoMirrorThere, StickUnreadable."""
    try:
        if not stick.is_dir():
            raise StickMissing(folder=str(stick))
        found = [folder for folder in (stick, *sorted(stick.glob(f"{FOLDER}*"))) if any(folder.glob(f"*{SUFFIX}"))]
        if not found:
            raise NoMirrorThere(folder=str(stick))
        return [one for folder in found for one in _Stick(folder, company_key).offer(exchange)]
    except OSError as error:
        raise StickUnreadable(file=str(stick), why=error.strerror or str(error)) from error


class _Stick:
    """One folder of mirror files, looked through."""

    def __init__(self, folder: Path, company_key: bytes) -> None:
        self.codes: dict[int, str] = {}
        spoiled: list[CabangError] = []
        self.epochs: dict[int, dict[bytes, _Epoch]] = {}
        self.troubles: dict[int, list[CabangError]] = {}
        for path in sorted(folder.glob(f"*{SUFFIX}")):
            try:
                with path.open("rb") as file:
                    opening = mirror_file.read_opening(file, company_key, str(path))
                    self._look_through(file, path, opening)
            except (NotAMirror, MirrorNewer, MirrorOfOthers) as error:
                spoiled.append(error)
            except OSError as error:  # what was read before a bad place is offered all the same
                spoiled.append(StickUnreadable(file=str(path), why=error.strerror or str(error)))
        if spoiled:
            self.codes = self.codes or {0: folder.name.removeprefix(FOLDER)}
            self.troubles.setdefault(min(self.codes), []).extend(spoiled)

    def _look_through(self, file: BinaryIO, path: Path, opening: Opening) -> None:
        code, stream, name = opening.about
        self.codes[stream] = code
        epoch = self.epochs.setdefault(stream, {}).setdefault(name, _Epoch([], {}))
        damaged = 0
        for record in opening.records(file):
            piece = _piece(record, path, opening, epoch)
            if piece:
                epoch.pieces.setdefault(piece.first, []).append(piece)
            else:
                damaged += not record.at_end  # a record that was being written when the power went is no damage
        if damaged:
            self.troubles.setdefault(stream, []).append(MirrorDamaged(file=str(path), count=damaged))

    def offer(self, exchange: HubExchange) -> Iterator[Taken]:
        """Offers everything to the hub, branch by branch."""
        for stream, code in sorted(self.codes.items()):
            offer = _Offer(exchange, stream, code)
            epochs = self.epochs.get(stream, {})
            for name in sorted(epochs, key=lambda one: _depth(epochs, one)):
                offer.epoch(name, epochs[name].pieces)
            troubles = [*self.troubles.get(stream, []), *offer.troubles, *offer.late()]
            yield Taken(code, stream, offer.new, offer.held, offer.repeated, troubles)


def _piece(record: mirror_file.Record, path: Path, opening: Opening, epoch: _Epoch) -> _Piece | None:
    """What a record holds, if it is a segment; the first one of an epoch names the parent."""
    if record.data is None:
        return None
    try:
        envelope = segment.parse(record.data)
        if not epoch.pieces:
            header = entry.decode_header(segment.inflate(envelope)[0][0])
            epoch.parents[:] = [header.parent_epoch] if header.parent_epoch else []
    except Refused:
        return None
    return _Piece(envelope.first, envelope.last, envelope.signature, path, opening, record.place)


def _depth(epochs: dict[bytes, _Epoch], name: bytes) -> int:
    """How many epochs on the stick come before this one."""
    before: set[bytes] = set()
    while name in epochs and epochs[name].parents and name not in before:
        before.add(name)
        name = epochs[name].parents[0]
    return len(before)


class _Offer:
    """Hands one branch's segments to the door, and counts."""

    def __init__(self, exchange: HubExchange, stream: int, code: str) -> None:
        self._exchange, self._stream, self._code = exchange, stream, code
        self.new = self.held = self.repeated = 0
        self.troubles: list[CabangError] = []
        self._refused_late = False

    def epoch(self, name: bytes, pieces: dict[int, list[_Piece]]) -> None:
        """Offers an epoch's segments in order, until one is refused."""
        door = door_of(self._exchange.registry, self._stream, name)
        for first in sorted(pieces):
            refusal = self._offer(door, name, pieces[first])
            if refusal is not None:
                self._note(refusal, door, name)
                break

    def late(self) -> Iterator[CabangError]:
        """What was too late, in one sentence."""
        if self.held or self._refused_late:
            yield MirrorTooLate(code=self._code, held=self.held)

    def _offer(self, door: Registry, name: bytes, versions: list[_Piece]) -> Refusal | None:
        """Offers a segment, as it was sealed last, else as it was before; what the last try was answered."""
        if any(door.signature_at(self._stream, name, one.first) == one.signature for one in versions):
            late = self._held_for_review(name, versions[0]) if door.late else 0
            self.held += late
            self.repeated += versions[0].last - versions[0].first + 1 - late
            return None
        for one in reversed(versions):
            refusal = self._exchange.take_segments([one.read()], self._stream, door)
            if refusal is None:
                self._count(door, one.last - one.first + 1)
                return None
        return refusal

    def _held_for_review(self, name: bytes, one: _Piece) -> int:
        """How many of a segment's entries came too late when they came, by line or by stick."""
        place = (self._stream, name, one.first, one.last, MadeAfterRevocation.code)
        (count,) = self._exchange.store.connection().execute(_LATE, place).fetchone()
        return int(count)

    def _count(self, door: Registry, entries: int) -> None:
        if door.late:
            self.held += entries
        else:
            self.new += entries

    def _note(self, refusal: Refusal, door: Registry, name: bytes) -> None:
        """Why nothing more of an epoch was taken, for people at head office."""
        if refusal.code == RevokedSender.code:
            self._refused_late = True
            return
        found = None if door.late else door.held(self._stream, name)
        places = {"code": self._code, "held": found.seq if found else 0}
        if refusal.code == Gap.code:
            self.troubles.append(MirrorGap(**refusal.params, code=self._code))
        elif refusal.code == EpochClosed.code:
            self.troubles.append(MirrorReplaced(**places))
        else:
            error = from_refusal((refusal.code, refusal.params))
            self.troubles.append(MirrorNotTaken(**{**error.params, **places, "why": error.happened}))


def door_of(registry: Registry, stream: int, epoch: bytes) -> Registry:
    """The door for an epoch's segments: that of the withdrawn computer whose log this is, else the ordinary one."""
    number = certificates.epoch_number(registry.store.connection(), stream, epoch)
    for one in reversed(certificates.newest(registry.store, stream)):
        if number and one.withdrawn is not None and number <= one.last_epoch:
            return Withdrawn(registry.store, one)
    return registry
