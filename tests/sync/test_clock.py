"""Hybrid logical time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync import clock, limits

moments = st.integers(-(2**60), 2**60)
stamps = st.integers(clock.stamp_of(limits.STAMP_MS_MIN), clock.stamp_of(limits.STAMP_MS_MAX) - 2)


@given(stamps, moments)
def test_the_next_stamp_is_always_later(last, now) -> None:
    """Goal: time never stands or turns. Method: any last stamp, any clock; one counter step at least, in 64 bits."""
    following = clock.next_stamp(last, now)
    assert last < following < 1 << 64
    assert max(clock.sane_ms(now), clock.ms_of(last)) <= clock.ms_of(following)


@given(stamps, moments)
def test_a_header_means_the_stamp_it_was_made_for(last, now) -> None:
    """Goal: round trip through the header's one number. Method: any last stamp, any clock."""
    stamp = clock.next_stamp(last, now)
    advance = clock.advance_of(last, stamp)
    assert advance >= 0
    assert stamp == clock.stamp_after(last, advance)


@given(st.lists(st.integers(0, 3), min_size=1, max_size=50), st.integers(0, 2**16 - 1))
def test_a_burst_in_one_millisecond_carries_into_the_next(steps, counter) -> None:
    """Goal: more than 65,535 stamps in a millisecond are no fault. Method: a counter near its end, a slow clock."""
    base = clock.stamp_of(limits.STAMP_MS_MIN + 5, 0xFFFF)
    last, now = base - counter, limits.STAMP_MS_MIN + 5
    for step in steps:
        now += step
        stamp = clock.next_stamp(last, now)
        assert stamp == clock.stamp_after(last, clock.advance_of(last, stamp)) > last
        last = stamp


@pytest.mark.parametrize(
    ("ms", "counts"),
    [
        (limits.STAMP_MS_MIN - 1, False),
        (limits.STAMP_MS_MIN, True),
        (limits.STAMP_MS_MAX - 1, True),
        (limits.STAMP_MS_MAX, False),
        (0, False),
        (2**48 - 1, False),
    ],
)
def test_a_stamp_outside_the_years_we_know_counts_as_nothing(ms, counts) -> None:
    """Goal: an absurd clock wins nothing. Method: the edges of the range."""
    stamp = clock.stamp_of(ms, 7)
    assert (stamp if counts else 0) == clock.countable(stamp)


@given(st.integers(0, 2**64 - 1))
def test_a_stamp_survives_sqlites_signed_column(stamp) -> None:
    """Goal: all 64 bits are kept. Method: any stamp; what the column holds is a signed 64-bit number."""
    column = clock.to_column(stamp)
    assert -(2**63) <= column < 2**63
    assert stamp == clock.from_column(column)


@pytest.mark.parametrize("error", [0, 58 * 60_000, -10 * 365 * 24 * 3_600_000])
def test_the_hubs_time_puts_the_clock_right(error) -> None:
    """Goal: one answer corrects the device. Method: a wrong device, an answer half-way between asking and hearing."""
    device = [1_800_000_000_000 + error]
    node = clock.Clock(lambda: device[0])
    assert (None, False, device[0]) == (node.error_ms, node.confirmed, node.now_ms())
    node.discipline(1_800_000_000_000, device[0] - 200, device[0] + 200)
    assert (error, True, 1_800_000_000_000) == (node.error_ms, node.confirmed, node.now_ms())
