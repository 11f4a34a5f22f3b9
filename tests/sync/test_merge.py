"""Effective stamps: no clock wins for ever, none loses what it wrote after seeing something."""

from hypothesis import given
from hypothesis import strategies as st

from sync import clock, limits
from sync.merge import effective

IN_RANGE = st.integers(clock.stamp_of(limits.STAMP_MS_MIN), clock.stamp_of(limits.STAMP_MS_MAX) - 1)
ANY = st.integers(0, 2**64 - 1)
PAST = st.integers(0, 2**62)


@given(PAST, PAST, ANY, IN_RANGE)
def test_an_op_comes_after_its_causes(previous, base, stamp, received) -> None:
    """Goal: cause before effect. Method: any stamps; above the stream's last and above the base."""
    assert effective(previous, base, stamp, received) > max(previous, base)


@given(PAST, PAST, ANY, IN_RANGE)
def test_a_clock_ahead_is_held_to_its_arrival(previous, base, stamp, received) -> None:
    """Goal: no clock wins every merge. Method: never later than the arrival, unless a cause is."""
    assert effective(previous, base, stamp, received) <= max(received, previous + 1, base + 1)


@given(IN_RANGE, IN_RANGE)
def test_a_right_clock_is_taken_at_its_word(stamp, received) -> None:
    """Goal: an offline edit counts when it was made. Method: no causes, arrival after it."""
    assert min(stamp, received) == effective(0, 0, stamp, received)


@given(st.lists(st.tuples(PAST, ANY), min_size=2, max_size=20), st.lists(IN_RANGE, min_size=20, max_size=20))
def test_a_stream_never_goes_back(entries, arrivals) -> None:
    """Goal: one stream's own order is kept. Method: entries with any bases and stamps, arrivals that never fall."""
    last, arrivals = 0, sorted(arrivals)
    for (base, stamp), received in zip(entries, arrivals, strict=False):
        following = effective(last, base, stamp, received)
        assert following > last
        last = following
