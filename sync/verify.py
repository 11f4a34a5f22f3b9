"""The only door for untrusted bytes: it alone makes a VerifiedSegment, and merge accepts nothing else.

Order of checks: size → parse of the envelope → decompression within limit → strict parse of entries and headers
(payloads stay opaque bytes, only hashed) → key → chain → signature → fork.  (The signature is over the head, so the
chain is walked first; nothing is stored before both hold.)  Payload, policy and rights are judged when an entry is
applied; failing there is quarantine, never refusal.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from sync import entry, keys, segment, wire
from sync.errors import EpochClosed, Fork, Gap, Malformed, RevokedSender, UnknownSender, invariant


class Sender(NamedTuple):
    """What the registry knows of a stream's writer.  *key_at(epoch, first)*: its key at a place of its log."""

    sign_public: bytes
    revoked_after: int | None = None
    key_at: Callable[[bytes, int], bytes | None] | None = None

    def key_for(self, envelope: segment.Envelope) -> bytes:
        """The key that may seal this segment: the one in force at its place, where keys have changed."""
        return (self.key_at and self.key_at(envelope.epoch, envelope.first)) or self.sign_public


class Held(NamedTuple):
    """What is held of an epoch: its chain's end, the last seal, and whether a newer epoch replaced it."""

    seq: int
    head: bytes
    stamp: int
    start: bytes
    n: int
    seal: bytes
    closed: bool = False


class VerifiedSegment:
    """A segment whose every byte is vouched for.  Only ``open_segment`` makes one.

    ``size``: bytes of its entries as they are stored, headers and payloads; ``end``: the chain after the last one.
    """

    __slots__ = ("end", "entries", "envelope", "head", "seal", "size")
    _door = object()

    def __init__(
        self,
        door: object,
        envelope: segment.Envelope,
        entries: list[entry.Entry],
        end: entry.Chain,
        seal: bytes,
        size: int,
    ):
        invariant(door is VerifiedSegment._door, "only the door makes verified segments")
        self.envelope, self.entries, self.end, self.seal, self.size = envelope, entries, end, seal, size
        self.head = end.head


Repeat = Callable[[segment.Envelope], bytes | None]


def open_segment(
    data: bytes,
    sender_of: Callable[[int], Sender | None],
    held_of: Callable[[int, bytes], Held | None],
    signature_at: Callable[[int, bytes, int], bytes | None],
    parent_ok: Callable[[int, entry.Header], bool],
) -> VerifiedSegment | None:
    """The verified segment in *data*, or None when exactly this segment is held already (a repeat).

    *sender_of(stream)*: registry; *held_of(stream, epoch)*: what is held; *signature_at(stream, epoch, first)*: the
    signature of the held segment that begins there; *parent_ok(stream, header)*: whether an epoch may begin so.
    Raises a ``Refused`` with the code PROTOCOL's table names.
    """
    envelope = segment.parse(data)
    items = segment.inflate(envelope)
    sender = _sender(sender_of, envelope)
    held = held_of(envelope.stream, envelope.epoch)
    if held is not None and envelope.first <= held.seq:
        _check_repeat(envelope, signature_at)
        return None
    chain, seal_before = _place(envelope, held)
    entries = _walk(chain, envelope, items)
    _opening(envelope, entries, held, parent_ok)
    said = segment.statement(
        envelope.stream, envelope.epoch, envelope.first, envelope.last, seal_before, entries[-1].head
    )
    keys.check(sender.key_for(envelope), keys.SEGMENT_LABEL, said, envelope.signature, "segment")
    seal = segment.seal_of(said, envelope.signature)
    size = sum(len(one.header_bytes) + len(wire.encode(one.items)) for one in entries)
    return VerifiedSegment(VerifiedSegment._door, envelope, entries, chain, seal, size)


def _sender(sender_of: Callable[[int], Sender | None], envelope: segment.Envelope) -> Sender:
    sender = sender_of(envelope.stream)
    if sender is None:
        raise UnknownSender(stream=envelope.stream)
    if sender.revoked_after is not None and envelope.first > sender.revoked_after:
        raise RevokedSender
    return sender


def _check_repeat(envelope: segment.Envelope, signature_at: Callable[[int, bytes, int], bytes | None]) -> None:
    if signature_at(envelope.stream, envelope.epoch, envelope.first) != envelope.signature:
        raise Fork(seq=envelope.first)


def _place(envelope: segment.Envelope, held: Held | None) -> tuple[entry.Chain, bytes]:
    """The chain before the segment, and the seal of the segment before it."""
    if held is None:
        return entry.Chain.before(envelope.stream, envelope.epoch, envelope.first), segment.NO_SEAL
    if held.closed:
        raise EpochClosed
    if envelope.first != held.seq + 1:
        raise Gap(first=envelope.first, held=held.seq)
    return entry.Chain(held.seq, held.head, held.stamp, held.start, held.n), held.seal


def _walk(chain: entry.Chain, envelope: segment.Envelope, items: list[list[Any]]) -> list[entry.Entry]:
    secret = envelope.secret
    return [chain.step(entry_items[0], entry_items[1:], secret) for entry_items in items]


def _opening(
    envelope: segment.Envelope,
    entries: list[entry.Entry],
    held: Held | None,
    parent_ok: Callable[[int, entry.Header], bool],
) -> None:
    """An epoch the hub does not hold must begin with its OPEN entry, at the place its parent gives it."""
    if held is not None:
        return
    header = entries[0].header
    if header.kind != entry.OPEN or envelope.first != header.parent_seq + 1:
        raise Gap(first=envelope.first, held=0)
    if not parent_ok(envelope.stream, header):
        raise Fork(seq=envelope.first)
    if entries[0].items:
        raise Malformed(what="entry", why="the first entry of an epoch carries no ops")
