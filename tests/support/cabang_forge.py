"""Segments and requests made by hand: what a branch with a changed program, or somebody on the line, could send.

Everything a ``Forge`` makes is valid unless the caller breaks one thing.
"""

from itertools import count
from typing import Any

from cabang_pair import NOON, BranchSide, Company

from sync import entry, exchange, keys, segment, wire
from sync.entry import Chain, Header
from sync.keys import PrivateKeys

SECRET = b"forged secret 16"
LATER = entry.encode_header(Header(entry.UNIT, 1, None, 1, b""))

Items = list[Any]
_starts = count(1)


class Forge:
    """Goes on where the hub's copy of *branch*'s log ends, with the branch's own keys and a new process start.

    ``sent``: a segment that the hub holds already, where an attack needs one.
    """

    def __init__(self, company: Company, branch: BranchSide) -> None:
        branch.journal.seal()
        self.branch, self.keyring, self.stream = branch, branch.keyring, branch.stream
        self.start = b"F%05d" % next(_starts)
        self.sent = b""
        (row,) = company.hub.rows(
            "SELECT name, seq, head, stamp, start, n, seal FROM epoch WHERE stream = ? AND closed = 0", self.stream
        )
        self.epoch, *state, self.seal = row
        self.state = tuple(state)

    @property
    def chain(self) -> Chain:
        """The chain's end, fresh."""
        return Chain(*self.state)

    @property
    def first(self) -> int:
        """The number of the next entry."""
        return int(self.state[0]) + 1

    # --- entries ---------------------------------------------------------------------------------------------

    def header(self, start: bytes | None = None, kind: int = entry.UNIT, advance: int = 1, derive: int = 1) -> bytes:
        """A header for the next entry, the first of a process start."""
        return entry.encode_header(Header(kind, advance, None, derive, self.start if start is None else start))

    def open_header(self, parent: tuple[bytes | None, int, bytes] | None = None) -> bytes:
        """The header of an epoch's first entry; *parent* is (epoch, seq, head), this log's end."""
        epoch, seq, head = parent or (self.epoch, self.state[0], self.state[1])
        return entry.encode_header(Header(entry.OPEN, NOON, None, 1, self.start, epoch, seq, head))

    def entries(self, *units: Items) -> list[Items]:
        """Entries of these op items: the first begins a process start."""
        return [[LATER if place else self.header(), *items] for place, items in enumerate(units)]

    # --- segments --------------------------------------------------------------------------------------------

    def segment(
        self,
        entries: list[Items],
        *,
        chain: Chain | None = None,
        seal_before: bytes | None = None,
        secret: bytes | None = None,
        keyring: PrivateKeys | None = None,
        label: bytes = keys.SEGMENT_LABEL,
        follow: bool = False,
        **envelope: Any,
    ) -> bytes:
        """A sealed segment of *entries*, each [header, op item, ...]; *follow*: the next one goes on from here."""
        chain = chain or self.chain
        first = chain.seq + 1
        secret = secret_for(entries) if secret is None else secret
        for header, *items in entries:
            chain.step(header, items, secret)
        named = {"stream": self.stream, "epoch": self.epoch, "first": first, **envelope}
        before = self.seal if seal_before is None else seal_before
        last = named["first"] + len(entries) - 1
        said = segment.statement(named["stream"], named["epoch"], named["first"], last, before, chain.head)
        signature = (keyring or self.keyring).sign(label, said)
        if follow:
            self.state = (chain.seq, chain.head, chain.stamp, chain.start, chain.n)
            self.seal = segment.seal_of(said, signature)
        return segment.pack(named["stream"], named["epoch"], named["first"], entries, secret, signature)

    def signed_blindly(self, entries: list[Any], **fields: Any) -> bytes:
        """A segment of entries so broken that no chain can be walked; only the signature's place is filled."""
        codec, body = wire.compress(wire.encode(entries))
        envelope = segment.Envelope(
            segment.VERSION, self.stream, self.epoch, self.first, len(entries), b"", bytes(64), codec, body
        )
        return changed_envelope(wire.encode(envelope), **fields)

    def ops(self, *ops: Any, personal: Any = (), derive: int = 1) -> bytes:
        """A segment of one entry with these ops, given as lists; *personal* ones after the plain ones."""
        items = [wire.encode(op) for op in ops] + [[wire.encode(op)] for op in personal]
        return self.segment([[self.header(derive=derive), *items]])

    def good(self, number: str = "GOOD") -> bytes:
        """A segment nobody has anything against: one customer."""
        return self.ops([1, 20, [number, "individual", None, False]])

    # --- requests --------------------------------------------------------------------------------------------

    def request(self, *segments: bytes, keyring: PrivateKeys | None = None, **changed: Any) -> bytes:
        """A signed request that brings *segments*."""
        fields: dict[str, Any] = {
            "version": exchange.VERSION,
            "stream": self.stream,
            "epoch": self.epoch,
            "nonce": self.branch.link.nonce,
            "cursor": self.branch.store.get("cursor") or 0,
            "feed_epoch": self.branch.store.get("feed_epoch") or b"",
            "waiting": 0,
            "oldest": 0,
            "clock_error": None,
            "complete": 0,
            "segments": list(segments),
        }
        return exchange.sign_request(keyring or self.keyring, exchange.Request(**{**fields, **changed}))


def secret_for(entries: list[Items]) -> bytes:
    """The secret a segment of *entries* needs: one when an op is personal and has no salt beside it, else none."""
    items = [item for _, *items in entries for item in items]
    return SECRET if any(type(item) is list and len(item) == 1 for item in items) else b""


def changed_envelope(data: bytes, **fields: Any) -> bytes:
    """A segment with fields of its envelope changed and nothing else; *data* need not be readable otherwise."""
    envelope = wire.decode_array(data, "segment")
    names = segment.Envelope.__struct_fields__
    return wire.encode([{**dict(zip(names, envelope, strict=True)), **fields}[name] for name in names])


def changed_body(data: bytes, entries: list[Any]) -> bytes:
    """A segment with other entries under the same signature."""
    codec, body = wire.compress(wire.encode(entries))
    return changed_envelope(data, count=len(entries), codec=codec, body=body)


def flipped(data: bytes, place: int, bit: int = 1) -> bytes:
    """*data* with one bit changed."""
    return data[:place] + bytes([data[place] ^ bit]) + data[place + 1 :]


def in_conversation(company: Company, branch: BranchSide) -> None:
    """Makes the hub and *branch* agree on a nonce."""
    answer = company.answer(branch.link.ask(0))
    branch.link.take(answer, None)
