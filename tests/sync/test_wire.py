"""Bytes on the wire: read strictly, inflated within a limit, references shortened and restored."""

import pytest
from cabang_zstd import zstd
from hypothesis import given
from hypothesis import strategies as st

from sync import ids, wire
from sync.errors import Malformed, TooLarge

START = b"start1"
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.text(max_size=20) | st.binary(max_size=20),
    lambda inner: st.lists(inner, max_size=4),
    max_leaves=20,
)


@given(st.lists(values, max_size=5))
def test_an_array_is_read_as_it_was_written(array) -> None:
    """Goal: round trip. Method: nested arrays of every kind of value."""
    assert array == wire.decode_array(wire.encode(array), "array")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xc1",
        b"\x91",
        b"\x90\x90",
        b"\x81\x01\x02",
        b"\x05",
        b"\xa1x",
        b"\x91\xa1\xff",
        b"\x91" * 100_000 + b"\x90",
    ],
    ids=["empty", "reserved", "cut", "two", "map", "number", "text", "bad text", "deep"],
)
def test_anything_else_is_malformed(data) -> None:
    """Goal: one error for what cannot be read. Method: what is not one MessagePack array."""
    with pytest.raises(Malformed):
        wire.decode_array(data, "array")


@given(st.binary(max_size=4000))
def test_bytes_come_back_from_compression(data) -> None:
    """Goal: round trip, never longer than it was. Method: bytes of many kinds."""
    codec, packed = wire.compress(data)
    assert len(packed) <= len(data)
    assert data == wire.decompress(codec, packed, len(data), "data")


@pytest.mark.parametrize("codec", [wire.RAW, wire.ZSTD])
def test_one_byte_over_the_limit_is_too_much(codec) -> None:
    """Goal: the limit is exact. Method: at it and one over it, with and without compression."""
    data = bytes(1000)
    packed = data if codec == wire.RAW else zstd.compress(data)
    assert data == wire.decompress(codec, packed, 1000, "data")
    with pytest.raises(TooLarge):
        wire.decompress(codec, packed, 999, "data")


def test_a_window_beyond_8_mib_is_refused() -> None:
    """Goal: bounded memory. Method: a frame that asks for a window of 128 MiB."""
    options: dict[int, int] = {zstd.CompressionParameter.window_log: 27, zstd.CompressionParameter.checksum_flag: 0}
    packer = zstd.ZstdCompressor(options=options)
    packed = packer.compress(bytes(1 << 20)) + packer.flush()
    with pytest.raises(Malformed):
        wire.decompress(wire.ZSTD, packed, 1 << 24, "data")


names = st.builds(
    ids.pack, st.integers(0, 3), st.sampled_from([START, b"other1"]), st.integers(1, 9), st.integers(0, 9)
)
natural = st.binary(min_size=16, max_size=16)


@given(st.none() | names | natural, st.integers(1, 9))
def test_a_reference_is_restored_as_it_was(value, n) -> None:
    """Goal: round trip. Method: names of this process and others, in this unit, before and after it; natural ids."""
    frame = wire.Frame(1, START, n)
    short = frame.shorten(value, "customer")
    assert value == frame.restore(short, "customer", ids.natural)
    assert value is None or len(wire.encode(short)) <= len(wire.encode(value))


def test_the_shortest_reference_that_holds() -> None:
    """Goal: few bytes. Method: own row, row of two units ago, foreign row, keyed row, a row of the future."""
    frame = wire.Frame(1, START, 5)
    shorten = frame.shorten
    assert [3, [2, 7], None] == [
        shorten(frame.own(3), "sale"),
        shorten(ids.pack(1, START, 3, 7), "sale"),
        shorten(None, "sale"),
    ]
    assert "OLI-1" == shorten(ids.natural("product", "OLI-1"), "product", lambda target, row: "OLI-1")
    for foreign in (ids.pack(2, START, 5, 3), ids.pack(1, b"other1", 5, 3), ids.pack(1, START, 6, 0)):
        assert foreign == shorten(foreign, "sale")


@pytest.mark.parametrize("value", [[5, 0], [-1, 0], -1, 65_536, [1], [1, 2, 3], ["1", 0], True, 1.0, bytes(13), {}])
def test_a_reference_that_is_none(value) -> None:
    """Goal: nothing outside the process is meant. Method: pairs beyond it, odd shapes, at the fifth unit."""
    with pytest.raises(Malformed):
        wire.Frame(1, START, 5).restore(value, "sale", ids.natural)
