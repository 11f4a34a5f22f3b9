"""Hybrid logical time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync import clock, limits

YEAR_MS = 365 * 24 * 3_600_000

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


@pytest.mark.parametrize(("took", "off"), [(0, 0), (1_999, 1_000), (60_000, 0), (-(10**11), 0)])
def test_a_long_exchange_does_not_turn_the_clock(took, off) -> None:
    """Goal: a slow line does not make a right clock wrong. Method: the hub looks at its clock at the end; how far off
    the corrected clock then is, in ms; a device set back in between is put right all the same.
    """
    hub, device = 1_800_000_000_000, [1_800_000_000_000]
    node = clock.Clock(lambda: device[0])
    node.discipline(hub, device[0] - took, device[0])
    assert abs(node.now_ms() - hub) <= off


@pytest.mark.parametrize("jump", [10 * YEAR_MS, -10 * YEAR_MS, -1])
def test_a_clock_that_jumps_is_put_right_by_the_next_answer(jump) -> None:
    """Goal: no clock is wrong for longer than the line is cut. Method: right, jumped, heard from the hub again."""
    device = [1_800_000_000_000]
    node = clock.Clock(lambda: device[0])
    node.discipline(device[0], device[0], device[0])
    device[0] += jump
    assert node.now_ms() == 1_800_000_000_000 + jump
    node.discipline(1_800_000_000_000, device[0], device[0])
    assert (jump, 1_800_000_000_000) == (node.error_ms, node.now_ms())


NOW = 1_800_000_000_000


@pytest.fixture
def guarded() -> tuple[list[int], clock.Clock]:
    """A device and a guarded clock on it; the newest record was made a day ago."""
    device = [NOW]
    node = clock.Clock(lambda: device[0])
    node.guard(NOW - 24 * 3_600_000)
    return device, node


def test_a_guarded_clock_does_not_follow_a_jump_ahead(guarded) -> None:
    """Goal: one wrong date does not stand on every receipt from then on. Method: ten years ahead at a start, then an
    hour goes by, another jump, and the device is put right: time goes on from the newest record, then is right.
    """
    device, node = guarded
    last = NOW - 24 * 3_600_000
    device[0] += 10 * YEAR_MS
    node.guard(last)
    assert (last, False, NOW + 10 * YEAR_MS) == (node.now_ms(), node.confirmed, node.told_ms)
    device[0] += 3_600_000
    assert last + 3_600_000 == node.now_ms()
    device[0] += YEAR_MS
    assert last + 3_600_000 == node.now_ms()
    device[0] = NOW
    assert NOW == node.now_ms()


def test_a_jump_while_it_runs_takes_the_confirmation_back(guarded) -> None:
    """Goal: nothing acts by a date that came from nowhere. Method: confirmed, ten years ahead, confirmed again."""
    device, node = guarded
    node.confirm()
    assert (NOW, True) == (node.now_ms(), node.confirmed)
    device[0] += 10 * YEAR_MS
    assert (NOW, False) == (node.now_ms(), node.confirmed)
    node.confirm()
    assert (NOW + 10 * YEAR_MS, True) == (node.now_ms(), node.confirmed)


def test_the_hub_ends_the_doubt(guarded) -> None:
    """Goal: contact heals a clock by itself. Method: ten years ahead, an answer of the hub."""
    device, node = guarded
    device[0] += 10 * YEAR_MS
    node.now_ms()
    node.discipline(NOW, device[0], device[0])
    assert (NOW, True) == (node.now_ms(), node.confirmed)


def test_a_clock_that_was_set_back_for_a_while_is_right_again(guarded) -> None:
    """Goal: a battery that failed for an hour leaves no doubt behind. Method: ten years back, and right again."""
    device, node = guarded
    node.confirm()
    for away in (-10 * YEAR_MS, 0):
        device[0] = NOW + away
        assert (NOW + away, True) == (node.now_ms(), node.confirmed)


@pytest.mark.parametrize("away", [clock.JUMP_MS - 2 * 24 * 3_600_000, -10 * YEAR_MS, 0])
def test_a_guarded_clock_follows_what_may_be(guarded, away) -> None:
    """Goal: holidays, a clock set back and one that stands still are followed. Method: the device some way off."""
    device, node = guarded
    device[0] += away
    assert NOW + away == node.now_ms()


def test_a_stuck_clock_goes_on_with_each_answer() -> None:
    """Goal: a dead clock follows the hub. Method: the device stands still, the hub's time goes on."""
    node = clock.Clock(lambda: 1_577_836_800_000)
    for hub in (1_800_000_000_000, 1_800_000_060_000):
        node.discipline(hub, node.device_ms(), node.device_ms())
        assert hub == node.now_ms()
