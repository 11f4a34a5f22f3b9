"""Segments: what is packed is read again, and no damaged byte gets past the door."""

from random import Random
from typing import Any

import pytest
from cabang_forge import changed_envelope, flipped
from cabang_mutate import mutated, mutated_inside
from cabang_segments import (
    EPOCH,
    ERASED,
    FIRST,
    OPEN,
    PERSONAL,
    PLAIN,
    RING,
    SALTED,
    STREAM,
    entries,
    good,
    noise,
    open_here,
    opened,
    sealed,
)
from cabang_zstd import zstd

from sync import limits, segment, verify, wire
from sync.entry import Header, encode_header
from sync.errors import Fork, InvariantBroken, Malformed, Refused, TooLarge

MUTATIONS = 2_000


def refused(data: bytes) -> bool:
    """Does the door refuse it with one of our errors, and nothing else escape?"""
    try:
        open_here(data)
    except Refused:
        return True
    return False


def test_a_segment_is_read_as_it_was_packed() -> None:
    """Goal: nothing is lost on the way. Method: every kind of op item; entries, places and heads after the door."""
    chain = opened()
    data = sealed(entries(), chain)
    opened_here = open_here(data)
    assert opened_here is not None
    assert [entry[1:] for entry in entries()] == [entry.items for entry in opened_here.entries]
    assert list(range(FIRST, FIRST + 8)) == [entry.seq for entry in opened_here.entries]
    assert (chain.head, chain.stamp, chain.n) == (
        opened_here.head,
        opened_here.entries[-1].stamp,
        opened_here.entries[-1].n,
    )


def test_a_segment_that_follows_names_the_seal_before() -> None:
    """Goal: segments are a chain too. Method: a second one over the first one's seal, and over another."""
    chain = opened()
    first = open_here(sealed(entries(1), chain))
    assert first is not None
    held = verify.Held(chain.seq, chain.head, chain.stamp, chain.start, chain.n, first.seal)
    before = (chain.seq, chain.head, chain.stamp, chain.start, chain.n)
    for seal, fits in ((first.seal, True), (segment.NO_SEAL, False)):
        chain = type(chain)(*before)
        data = sealed(entries(2)[1:], chain, seal)
        try:
            verify.open_segment(
                data,
                lambda s: verify.Sender(RING.sign_public),
                lambda s, e: held,
                lambda s, e, f: None,
                lambda s, h: False,
            )
            assert fits
        except Refused as error:
            assert ("bad_signature", False) == (error.code, fits)


def test_a_repeat_is_known_by_its_signature() -> None:
    """Goal: the same again is harmless, other bytes in its place are a fork. Method: both at a hub that holds it."""
    data = good()
    assert open_here(data, held=data) is None
    with pytest.raises(Fork):
        open_here(changed_envelope(data, signature=bytes(64)), held=data)


def test_an_epoch_opens_with_its_first_entry() -> None:
    """Goal: an epoch begins once, with OPEN. Method: the opening sealed alone, at a hub that knows no epoch."""
    chain = type(opened()).before(STREAM, EPOCH, 1)
    data = sealed([[OPEN]], chain)
    for parent_ok, taken in ((True, True), (False, False)):
        try:
            made = verify.open_segment(
                data,
                lambda s: verify.Sender(RING.sign_public),
                lambda s, e: None,
                lambda s, e, f: None,
                lambda s, h, ok=parent_ok: ok,  # type: ignore[misc]
            )
            assert made is not None and taken
        except Fork:
            assert not taken


def test_every_byte_of_a_segment_counts() -> None:
    """Goal: every flipped bit is found. Method: one bit of each byte in turn, the bit drawn."""
    data, draw = good(), Random("bits")
    assert [] == [place for place in range(len(data)) if not refused(flipped(data, place, 1 << draw.randrange(8)))]


def test_a_segment_cut_anywhere_is_refused() -> None:
    """Goal: a cut line gives no half segment. Method: cut after each byte, and something after the end."""
    data = good()
    assert [] == [end for end in range(len(data)) if not refused(data[:end])]
    assert refused(data + b"\0")


@pytest.mark.parametrize("change", [mutated, mutated_inside], ids=["outside", "inside"])
def test_damaged_segments_are_refused_by_our_errors_alone(change) -> None:
    """Goal: nothing from outside crashes the hub. Method: 2,000 mutated ones; only Refused escapes, none is taken."""
    draw, data = Random("damage"), good()
    taken = [bad for _ in range(MUTATIONS // 2) if (bad := change(data, draw)) != data and not refused(bad)]
    same = [bad for bad in taken if segment.inflate(segment.parse(bad)) != segment.inflate(segment.parse(data))]
    assert [] == same  # the same entries in another compression are the same entries


def test_noise_is_refused() -> None:
    """Goal: as above. Method: bytes of every length up to 300, and arrays of nine random fields."""
    assert all(refused(noise(size)) for size in range(300))
    draw = Random("fields")
    values: list[object] = [None, True, -1, 0, 1, 2**63, 1.5, "text", b"", b"x" * 8, b"x" * 64, [], [[]], {}]
    assert all(refused(wire.encode([draw.choice(values) for _ in range(9)])) for _ in range(500))


def test_a_bomb_is_not_inflated() -> None:
    """Goal: bounded memory. Method: a gigabyte of zeros compressed; the limit is met first."""
    bomb = zstd.compress(bytes(1 << 26))
    assert len(bomb) < 10_000
    with pytest.raises(TooLarge):
        open_here(changed_envelope(good(), codec=wire.ZSTD, body=bomb))


@pytest.mark.parametrize("body", [[[]] * 400_000, [[b"header", *[[]] * 9_000]] * 40], ids=["entries", "ops"])
def test_lists_without_end_are_not_read_to_theirs(body) -> None:
    """Goal: small bytes do not become many objects. Method: more entries than may be, ops of nothing; what is said."""
    bad = changed_envelope(good(), codec=wire.RAW, body=wire.encode(body))
    with pytest.raises(Malformed) as caught:
        open_here(bad)
    assert "length" in caught.value.params["said"]


def test_only_the_door_makes_verified_segments() -> None:
    """Goal: merge can trust the type. Method: try to make one without the door's token."""
    with pytest.raises(InvariantBroken):
        verify.VerifiedSegment(object(), segment.parse(good()), [], opened(), b"", 0)


def test_the_secret_travels_when_a_salt_comes_from_it() -> None:
    """Goal: no byte too many. Method: entries without, with a salted, with an unsalted personal op."""
    header = encode_header(Header(1, 1, None, 1, b"start2"))
    cases: list[list[Any]] = [[PLAIN], [PLAIN, SALTED], [ERASED], [PLAIN, PERSONAL]]
    sent = [bool(segment.parse(sealed([[header, *case]], opened())).secret) for case in cases]
    assert [False, False, False, True] == sent


def test_the_largest_segment_fits_the_limit() -> None:
    """Goal: what a journal may seal, the door takes. Method: one entry of the largest size."""
    op = noise(limits.ENTRY_BYTES_MAX - 100)
    header = encode_header(Header(1, 1, None, 1, b"start2"))
    assert open_here(sealed([[header, op]], opened())) is not None
