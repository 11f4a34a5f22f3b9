"""Names that never change."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync import ids
from sync.errors import InvariantBroken

parts = st.tuples(
    st.integers(0, 0xFFFF), st.binary(min_size=6, max_size=6), st.integers(0, 0xFFFFFFFF), st.integers(0, 0xFFFF)
)


@given(parts)
def test_a_name_is_taken_apart_as_it_was_put_together(name) -> None:
    """Goal: round trip. Method: every part over its whole range."""
    packed = ids.pack(*name)
    assert (14, name, name[0], True) == (len(packed), ids.unpack(packed), ids.stream_of(packed), ids.is_op_id(packed))


@given(
    st.binary(min_size=6, max_size=6), st.integers(0, 2**32 - 2), st.integers(0, 2**16 - 1), st.integers(0, 2**16 - 1)
)
def test_names_of_one_process_sort_as_they_were_made(start, n, ordinal, other) -> None:
    """Goal: index locality and order. Method: a later unit's name is greater; in one unit the ordinal decides."""
    assert ids.pack(1, start, n, ordinal) < ids.pack(1, start, n + 1, other)
    assert (ordinal < other) == (ids.pack(1, start, n, ordinal) < ids.pack(1, start, n, other))


def test_the_bytes_of_a_name() -> None:
    """Goal: PROTOCOL's layout. Method: a name written by hand."""
    assert bytes.fromhex("0102616263646566000000070003") == ids.pack(0x0102, b"abcdef", 7, 3)


def test_the_bytes_of_a_natural_id() -> None:
    """Goal: PROTOCOL's hash. Method: the labelled hash made by hand."""
    said = b"cabang natural id 1\0" + b"product" + b"\0" + b"85123A"
    assert hashlib.sha256(said).digest()[:16] == ids.natural("product", "85123A")


@given(st.lists(st.tuples(st.sampled_from(["product", "customer"]), st.text(max_size=8)), unique=True, max_size=20))
def test_different_things_have_different_natural_ids(things) -> None:
    """Goal: table and key both count. Method: many pairs."""
    assert len(things) == len({ids.natural(table, key) for table, key in things})


@pytest.mark.parametrize("size", [0, 13, 15, 16])
def test_only_fourteen_bytes_are_a_name(size) -> None:
    """Goal: our own mistakes are noticed. Method: other sizes."""
    with pytest.raises(InvariantBroken):
        ids.unpack(bytes(size))


def test_two_ops_of_one_unit_are_known_as_such() -> None:
    """Goal: a base in the same entry is found. Method: names that differ in each part."""
    one = ids.pack(1, b"abcdef", 7, 0)
    others = [ids.pack(1, b"abcdef", 7, 9), ids.pack(1, b"abcdef", 8, 0), ids.pack(1, b"abcdeg", 7, 0),
              ids.pack(2, b"abcdef", 7, 0)]  # fmt: skip
    assert [True, False, False, False] == [ids.same_unit(one, other) for other in others]
