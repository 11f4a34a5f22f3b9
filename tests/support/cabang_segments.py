"""One small log with every kind of op, without any database, and what the door says of its segments."""

from cabang_pair import NOON, keyring, seeded

from sync import entry, segment, verify, wire
from sync.entry import Chain, Header

STREAM, EPOCH, START, SECRET = 1, b"epoch 01", b"start1", b"sixteen bytes of"
RING = keyring(STREAM)
FIRST = 2

OPEN = entry.encode_header(Header(entry.OPEN, NOON, None, 1, b"opened", None, 0, b""))
UNIT = Header(entry.UNIT, 1000, bytes(14), 1, b"")
PLAIN = wire.encode([1, 20, ["17850", "individual", None, False]])
PERSONAL = [wire.encode([4, 20, 0, ["Sari Dewi", "Jalan Melati 5"]])]
SALTED = [PERSONAL[0], bytes(16)]
ERASED = [None, bytes(32)]


def opened() -> Chain:
    """The chain after the epoch's first entry."""
    chain = Chain.before(STREAM, EPOCH, 1)
    chain.step(OPEN, [], b"")
    return chain


def entries(count: int = 8) -> list[list[object]]:
    """Entries [header, op item…] with every kind of op item."""
    first: list[object] = [entry.encode_header(UNIT._replace(start=START)), PLAIN, PERSONAL, SALTED, ERASED]
    headers = [entry.encode_header(UNIT._replace(advance=number % 3)) for number in range(1, count)]
    more: list[list[object]] = [[header, PLAIN * (n % 2 or 3), PERSONAL] for n, header in enumerate(headers)]
    return [first, *more]


def sealed(found: list[list[object]], chain: Chain, seal_before: bytes = segment.NO_SEAL) -> bytes:
    """The signed segment of these entries after *chain*, which moves on."""
    first = chain.seq + 1
    for header, *items in found:
        assert isinstance(header, bytes)
        chain.step(header, items, SECRET)
    said = segment.statement(STREAM, EPOCH, first, chain.seq, seal_before, chain.head)
    return segment.pack(STREAM, EPOCH, first, found, SECRET, RING.sign(b"cabang segment 1\0", said))


def good(count: int = 8) -> bytes:
    """A segment nobody has anything against."""
    return sealed(entries(count), opened())


def noise(count: int) -> bytes:
    """Bytes that look random."""
    return seeded("noise")(count)


def open_here(data: bytes, held: bytes | None = None) -> verify.VerifiedSegment | None:
    """What the door says of *data* at a hub that holds the opening alone, and the segment *held* after it."""
    chain = opened()
    known = verify.Held(chain.seq, chain.head, chain.stamp, chain.start, chain.n, segment.NO_SEAL)
    signature = segment.parse(held).signature if held else None
    if held:
        known = known._replace(seq=segment.parse(held).last)
    return verify.open_segment(
        data,
        lambda stream: verify.Sender(RING.sign_public) if stream == STREAM else None,
        lambda stream, epoch: known if epoch == EPOCH else None,
        lambda stream, epoch, first: signature if first == FIRST else None,
        lambda stream, header: False,
    )
