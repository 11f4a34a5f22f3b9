"""Entries: headers are read as they were written, and the chain commits to every byte of ops and headers."""

import hashlib
from typing import Any

import pytest
from cabang_forge import flipped
from cabang_segments import EPOCH, ERASED, OPEN, PERSONAL, PLAIN, SALTED, SECRET, STREAM, UNIT, opened
from hypothesis import given
from hypothesis import strategies as st

from sync import clock, entry, limits
from sync.entry import Chain, Former, Header
from sync.errors import Malformed

moments = st.integers(0, 2**48 - 1)
units = st.builds(
    Header, st.just(entry.UNIT), moments, st.none() | st.binary(min_size=14, max_size=14), st.integers(0, 9),
    st.just(b"") | st.binary(min_size=6, max_size=6), st.none(), st.just(0), st.just(b""), st.none(),
)  # fmt: skip
openings = st.builds(
    Header, st.just(entry.OPEN), moments, st.none(), st.integers(0, 9), st.binary(min_size=6, max_size=6),
    st.none() | st.binary(min_size=8, max_size=8), st.integers(0, 2**48 - 1), st.sampled_from([b"", bytes(32)]),
    st.none(),
)  # fmt: skip
later_units = units.filter(lambda header: not header.start).map(entry.encode_header)
carried = st.builds(
    Header, st.just(entry.CARRIED), moments, st.none(), st.just(0), st.just(b""), st.none(), st.just(0), st.just(b""),
    st.builds(
        Former, st.binary(min_size=6, max_size=6), st.integers(2, limits.UNIT_MAX), st.integers(0, 2**64 - 1),
        later_units,
    ),
)  # fmt: skip


@given(units | openings | carried)
def test_a_header_is_read_as_it_was_written(header) -> None:
    """Goal: round trip. Method: headers of each kind over all their ranges."""
    assert header == entry.decode_header(entry.encode_header(header))


@pytest.mark.parametrize("header", [OPEN, entry.encode_header(UNIT)], ids=["open", "unit"])
def test_a_cut_header_is_malformed(header) -> None:
    """Goal: strict reading. Method: cut after each byte, and a byte more."""
    for data in [*(header[:end] for end in range(len(header))), header + b"\0"]:
        with pytest.raises(Malformed):
            entry.decode_header(data)


def sha(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def test_the_chain_is_what_protocol_says() -> None:
    """Goal: another program can compute our hashes. Method: every line of PROTOCOL's section 1 by hand."""
    epoch_head = sha(b"cabang epoch 1\0", STREAM.to_bytes(2, "big"), EPOCH)
    opened_head = sha(b"cabang entry 1\0", epoch_head, len(OPEN).to_bytes(2, "big"), OPEN)
    header = entry.encode_header(UNIT)
    salt = sha(b"cabang salt 1\0", SECRET, (2).to_bytes(8, "big"), (1).to_bytes(2, "big"))[:16]
    commitments = [
        b"\0" + sha(b"cabang op 1\0", PLAIN),
        b"\1" + sha(b"cabang personal op 1\0", salt, PERSONAL[0]),
        b"\1" + sha(b"cabang personal op 1\0", bytes(16), PERSONAL[0]),
        b"\1" + bytes(32),
    ]
    chain = opened()
    assert opened_head == chain.head
    made = chain.step(header, [PLAIN, PERSONAL, SALTED, ERASED], SECRET)
    assert sha(b"cabang entry 1\0", opened_head, len(header).to_bytes(2, "big"), header, *commitments) == made.head


def test_erasing_an_op_keeps_every_hash() -> None:
    """Goal: erasure leaves the log verifiable. Method: an op with secret, with its salt beside it, erased."""
    salt = entry.salt_of(SECRET, 2, 0)
    ways = [(PERSONAL, SECRET), ([PERSONAL[0], salt], b""), ([None, entry.commitment(PERSONAL, SECRET, 2, 0)], b"")]
    assert 1 == len({opened().step(entry.encode_header(UNIT), [item], secret).head for item, secret in ways})


def test_a_plain_op_cannot_be_erased() -> None:
    """Goal: no sale leaves the log unseen. Method: a plain op, and its commitment in its place."""
    erased = [None, entry.commitment(PLAIN, SECRET, 2, 0)]
    header = entry.encode_header(UNIT)
    assert opened().step(header, [PLAIN], SECRET).head != opened().step(header, [erased], SECRET).head


def test_the_head_depends_on_everything() -> None:
    """Goal: no change goes unnoticed. Method: one bit of header and op, order, place, secret, stream, epoch."""
    header = entry.encode_header(UNIT)
    base: tuple[bytes, list[Any], bytes] = (header, [PLAIN, PERSONAL], SECRET)
    others: list[tuple[bytes, list[Any], bytes]] = [
        (entry.encode_header(UNIT._replace(advance=1001)), [PLAIN, PERSONAL], SECRET),
        (header, [flipped(PLAIN, 5), PERSONAL], SECRET),
        (header, [PLAIN, [flipped(PERSONAL[0], 5)]], SECRET),
        (header, [PERSONAL, PLAIN], SECRET),
        (header, [PLAIN], SECRET),
        (header, [PLAIN, PERSONAL, PERSONAL], SECRET),
        (header, [PLAIN, PERSONAL], bytes(16)),
        (header, [PLAIN, PERSONAL[0]], SECRET),
    ]
    heads = [opened().step(*parts).head for parts in [base, *others]]
    elsewhere = [Chain.before(2, EPOCH, 1), Chain.before(STREAM, b"another!", 1)]
    heads += [chain.step(OPEN, [], b"").head for chain in elsewhere]
    assert len(heads) == len(set(heads))


@given(st.lists(st.tuples(st.integers(0, 2**40), st.booleans()), min_size=1, max_size=10))
def test_a_chain_counts_stamps_starts_and_units(steps) -> None:
    """Goal: what is not sent is computed. Method: any advances and process starts, counted beside."""
    chain, n, stamp = opened(), 1, opened().stamp
    for seq, (advance, fresh) in enumerate(steps, 2):
        header = UNIT._replace(advance=advance, start=b"s%05d" % seq if fresh else b"")
        made = chain.step(entry.encode_header(header), [], b"")
        n, stamp = 1 if fresh else n + 1, clock.stamp_after(stamp, advance)
        assert (seq, n, stamp) == (made.seq, made.n, made.stamp)
        assert not fresh or header.start == made.start


def test_a_unit_before_any_opening_is_malformed() -> None:
    """Goal: an epoch opens first, and once. Method: a unit on a fresh chain, an opening on an open one."""
    with pytest.raises(Malformed):
        Chain.before(STREAM, EPOCH, 1).step(entry.encode_header(UNIT), [], b"")
    with pytest.raises(Malformed):
        opened().step(OPEN, [], b"")


def test_a_carried_unit_speaks_as_itself() -> None:
    """Goal: the log tells the unit as it was. Method: a unit with every kind of op, carried behind an opening."""
    chain = opened()
    unit = chain.step(entry.encode_header(UNIT._replace(start=b"former")), [PLAIN, PERSONAL, ERASED], SECRET)
    items = entry.salted(unit.items, SECRET, unit.seq)
    header = Header(entry.CARRIED, 0, None, 0, b"", former=Former(unit.start, unit.n, unit.stamp, unit.header_bytes))
    later = opened()
    made = later.step(entry.encode_header(header), items, b"")
    assert (unit.start, unit.n, unit.stamp, unit.header) == (made.start, made.n, made.stamp, made.header)
    assert (b"opened", 2, clock.stamp_after(opened().stamp, 0)) == (later.start, later.n, later.stamp)
    kept = [entry.commitment(item, b"", made.seq, place) for place, item in enumerate(made.items)]
    assert [entry.commitment(item, SECRET, unit.seq, place) for place, item in enumerate(unit.items)] == kept
    assert entry.unit_header(made.header_bytes) == entry.unit_header(unit.header_bytes) == unit.header
