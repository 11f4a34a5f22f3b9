"""When a message may go, which goes first, when a refused one comes back: all with a given clock."""

import random
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from modem.pdu import relative_minutes

from sms_daemon import policy
from sms_daemon.policy import QUIET_DEFAULTS, Bucket, Quiet, choose, quiet_start, quiet_until, validity_minutes
from sms_daemon.zones import DAY_MS, HOUR_MS, MINUTE_MS, OFFSETS_MS

NOW = 1_795_000_000_000
KINDS = ("staff", "receipt", "notice", "reminder", "greeting", "promotion")


def at(clock: str, zone: str, day: int = 22) -> int:
    """ms UTC of a local time of November 2026."""
    hour, minute = map(int, clock.split(":"))
    return int(datetime(2026, 11, day, hour, minute, tzinfo=UTC).timestamp() * 1000) - OFFSETS_MS[zone]


def test_ranks() -> None:
    """Goal: staff first, promotions last, a new kind with them.  Method: every kind and an unknown one."""
    assert [0, 1, 1, 2, 3, 4, 4] == [policy.rank(kind) for kind in (*KINDS, "of a newer version")]


# --- trying again ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("tries", "delay"), [(1, 30_000), (2, 120_000), (3, 600_000), (4, 1_800_000), (5, 7_200_000)])
def test_back_off(tries, delay) -> None:
    """Goal: each refusal waits longer, spread by a fifth.  Method: the least, the middle and the most of chance."""
    assert NOW + delay * 8 // 10 == policy.next_try(tries, NOW, 0.0)
    assert NOW + delay == policy.next_try(tries, NOW, 0.5)
    last = policy.next_try(tries, NOW, 0.999_999_999)
    assert last is not None
    assert NOW + delay * 12 // 10 - 10 <= last <= NOW + delay * 12 // 10


def test_after_five_retries_it_is_over() -> None:
    """Goal: a refused message does not try for ever.  Method: the sixth refusal."""
    assert 5 == policy.TRIES_MAX
    assert policy.next_try(6, NOW, 0.5) is None


# --- quiet hours -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("zone", OFFSETS_MS)
@pytest.mark.parametrize(
    ("clock", "until", "day"),
    [
        *(("19:59", None, 22), ("20:00", "08:00", 23), ("23:59", "08:00", 23)),
        *(("00:00", "08:00", 22), ("07:59", "08:00", 22), ("08:00", None, 22), ("12:00", None, 22)),
    ],
)
def test_quiet_hours_over_midnight(zone, clock, until, day) -> None:
    """Goal: no promotion wakes anybody, in the branch's own zone.  Method: both edges and midnight, three zones."""
    wanted = at(until, zone, day) if until else None
    assert wanted == quiet_until("promotion", at(clock, zone), zone, QUIET_DEFAULTS)


@pytest.mark.parametrize(("clock", "until"), [("12:59", None), ("13:00", "14:30"), ("14:29", "14:30"), ("14:30", None)])
def test_quiet_hours_within_a_day(clock, until) -> None:
    """Goal: hours that do not cross midnight hold too.  Method: both edges."""
    quiet = {"receipt": Quiet(13 * 60, 14 * 60 + 30)}
    wanted = at(until, "WITA") if until else None
    assert wanted == quiet_until("receipt", at(clock, "WITA"), "WITA", quiet)


def test_quiet_hours_at_the_edge_of_a_day() -> None:
    """Goal: hours that begin or end at midnight are no trap.  Method: 00:00-06:00 and 18:00-00:00."""
    assert at("06:00", "WIB") == quiet_until("reminder", at("00:00", "WIB"), "WIB", {"reminder": Quiet(0, 360)})
    evening = {"reminder": Quiet(1080, 0)}
    assert at("00:00", "WIB", 23) == quiet_until("reminder", at("23:59", "WIB"), "WIB", evening)
    assert quiet_until("reminder", at("00:00", "WIB"), "WIB", evening) is None


def test_staff_and_receipts_have_no_quiet_hours() -> None:
    """Goal: what somebody waits for goes at night.  Method: midnight, each kind; reminders from nine to seven."""
    quiet = [kind for kind in KINDS if quiet_until(kind, at("00:30", "WIT"), "WIT", QUIET_DEFAULTS)]
    assert ["reminder", "greeting", "promotion"] == quiet
    assert quiet_until("reminder", at("20:30", "WIT"), "WIT", QUIET_DEFAULTS) is None
    assert at("07:00", "WIT", 23) == quiet_until("reminder", at("21:00", "WIT"), "WIT", QUIET_DEFAULTS)


@pytest.mark.parametrize(("clock", "day"), [("19:59", 22), ("20:00", 23), ("20:01", 23), ("00:00", 22)])
def test_the_next_quiet_hours(clock, day) -> None:
    """Goal: a message does not arrive in the night.  Method: the next begin before, at and after it."""
    assert at("20:00", "WIB", day) == quiet_start("promotion", at(clock, "WIB"), "WIB", QUIET_DEFAULTS)
    assert quiet_start("staff", at(clock, "WIB"), "WIB", QUIET_DEFAULTS) is None


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 1439), st.integers(0, 1439), st.integers(0, 3 * DAY_MS), st.sampled_from(list(OFFSETS_MS)))
def test_when_quiet_ends_it_is_over(start, end, later, zone) -> None:
    """Goal: nothing waits twice or for ever.  Method: any hours and time; the end is near, and no longer quiet."""
    quiet = {"greeting": Quiet(start, end)}
    until = quiet_until("greeting", NOW + later, zone, quiet)
    if until is not None:
        assert NOW + later < until <= NOW + later + DAY_MS
        assert quiet_until("greeting", until, zone, quiet) is None


@pytest.mark.parametrize(
    ("expires", "quiet", "minutes"),
    [
        *((None, None, 4_320), (90, None, 90), (None, 47, 45), (90, 47, 45), (47, 90, 45)),
        *((0, None, 5), (-60, None, 5), (4, None, 5), (9, None, 5), (720, None, 720), (749, None, 720)),
        *((750, None, 750), (1_440, None, 1_440), (2_879, None, 1_440), (2_880, None, 2_880), (50_000, None, 4_320)),
    ],
)
def test_validity(expires, quiet, minutes) -> None:
    """Goal: the network stops trying in time.  Method: minutes to the end and to the quiet hours, rounded down."""
    end, begin = (None if value is None else NOW + value * MINUTE_MS for value in (expires, quiet))
    assert minutes == validity_minutes(end, begin, NOW)


def test_every_validity_can_be_said() -> None:
    """Goal: gammu never rounds up.  Method: each minute of four days gives a value of a relative TP-VP."""
    sayable = {relative_minutes(value) for value in range(256)}
    said = {validity_minutes(NOW + minute * MINUTE_MS, None, NOW) for minute in range(4 * 1440)}
    assert set() == said - sayable


# --- rates -----------------------------------------------------------------------------------------------------


def test_a_minute_holds_its_limit() -> None:
    """Goal: forty parts a minute and no more.  Method: forty single parts, then the forty-first."""
    bucket = Bucket(40, 600, 3_000)
    for number in range(40):
        assert NOW + number == bucket.free_at(1, NOW + number)
        bucket.take(1, NOW + number)
    assert NOW + MINUTE_MS == bucket.free_at(1, NOW + 40)
    assert NOW + MINUTE_MS + 9 == bucket.free_at(10, NOW + 40)
    assert NOW + MINUTE_MS == bucket.free_at(1, NOW + MINUTE_MS)


def test_hour_and_day_hold_their_limits() -> None:
    """Goal: each window counts.  Method: an hour's limit used up at once, then a day's."""
    bucket = Bucket(100, 5, 8)
    bucket.take(5, NOW)
    assert NOW + HOUR_MS == bucket.free_at(1, NOW + MINUTE_MS)
    bucket.take(3, NOW + HOUR_MS)
    assert NOW + DAY_MS == bucket.free_at(1, NOW + 2 * HOUR_MS)
    assert NOW + DAY_MS + HOUR_MS == bucket.free_at(8, NOW + 2 * HOUR_MS)
    assert NOW + 3 * DAY_MS == bucket.free_at(5, NOW + 3 * DAY_MS)


def test_a_message_of_more_parts_than_the_limit_is_not_stuck() -> None:
    """Goal: no message waits for ever.  Method: six parts at four a minute; it waits for an empty minute."""
    bucket = Bucket(4, 100, 100)
    assert NOW == bucket.free_at(6, NOW)
    bucket.take(1, NOW)
    assert NOW + MINUTE_MS == bucket.free_at(6, NOW + 5)


def test_a_daemon_that_starts_again_remembers() -> None:
    """Goal: a restart gives no fresh allowance.  Method: a bucket made from the ledger's times, in any order."""
    assert NOW + HOUR_MS - 2 == Bucket(9, 3, 9, [NOW - 1, NOW - DAY_MS, NOW - 2, NOW - 1]).free_at(1, NOW)


def test_a_clock_set_back_does_not_stop_the_line() -> None:
    """Goal: a wrong clock of yesterday costs a minute.  Method: parts sent a year ahead, then the right time."""
    bucket = Bucket(2, 100, 100)
    bucket.take(2, NOW + 365 * DAY_MS)
    assert NOW + MINUTE_MS == bucket.free_at(1, NOW)
    assert NOW + MINUTE_MS == bucket.free_at(1, NOW + MINUTE_MS)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 40_000), st.integers(1, 4)), max_size=80), st.integers(4, 9), st.integers(9, 30)
)
def test_no_window_ever_holds_more_than_its_limit(steps, per_minute, per_hour) -> None:
    """Goal: the limit holds whatever comes.  Method: random waits and lengths; every window is counted afterwards."""
    bucket, now, sent = Bucket(per_minute, per_hour, 1_000), NOW, []
    for pause, parts in steps:
        now = bucket.free_at(parts, now + pause)
        bucket.take(parts, now)
        sent += [now] * parts
    for window, limit in ((MINUTE_MS, per_minute), (HOUR_MS, per_hour)):
        assert all(sum(end - window < other <= end for other in sent) <= limit for end in sent)


def test_the_recipients_day() -> None:
    """Goal: nobody is flooded.  Method: the same window over one number's parts: room, no room, too many at once."""
    times = [NOW - 5, NOW - 3, NOW - 1]
    assert NOW == policy.room_at(times, 1, 4, DAY_MS, NOW)
    assert NOW - 5 + DAY_MS == policy.room_at(times, 2, 4, DAY_MS, NOW)
    assert NOW - 1 + DAY_MS == policy.room_at(times, 9, 4, DAY_MS, NOW)
    assert NOW == policy.room_at([], 9, 4, DAY_MS, NOW)


# --- order -----------------------------------------------------------------------------------------------------


def test_nothing_waits() -> None:
    """Goal: an empty queue is no error.  Method: no heads."""
    assert choose({}, 0, NOW) is None


def test_two_turns_of_three_go_by_rank_and_one_by_age() -> None:
    """Goal: an old promotion moves although others keep coming.  Method: three turns, twice."""
    heads = {0: NOW, 2: NOW - 5, 4: NOW - HOUR_MS}
    assert [0, 0, 4, 0, 0, 4] == [choose(heads, turn, NOW) for turn in range(6)]


def test_what_is_not_old_waits_for_its_rank() -> None:
    """Goal: no promotion passes a fresh receipt by a second.  Method: the third turn just before and at ten minutes."""
    almost = {1: NOW, 4: NOW - policy.AGED_MS + 1}
    assert 1 == choose(almost, 2, NOW)
    assert 4 == choose(almost, 2, NOW + 1)


def test_equal_age_goes_by_rank() -> None:
    """Goal: the choice is fixed.  Method: two of one age on the third turn."""
    assert 1 == choose({4: NOW - HOUR_MS, 1: NOW - HOUR_MS}, 2, NOW)


def test_bulk_gets_one_in_three_while_others_wait_and_all_alone() -> None:
    """Goal: a campaign neither blocks the shop nor starves.  Method: 900 old promotions beside receipts, then alone."""
    heads = {1: NOW, 4: NOW - DAY_MS}
    mixed = [choose(heads, turn, NOW) for turn in range(900)]
    assert 300 == mixed.count(4)
    assert all(4 in mixed[start : start + 3] for start in range(0, 900, 3))
    assert {4} == {choose({4: NOW - DAY_MS}, turn, NOW) for turn in range(9)}


def test_everything_goes_in_the_end() -> None:
    """Goal: nothing starves.  Method: 60 messages of all ranks while a receipt comes each turn; all are gone soon."""
    chance = random.Random(1)
    waiting = [(chance.randrange(5), NOW - HOUR_MS - number) for number in range(60)]
    for turn in range(200):
        now = NOW + turn * 4_000
        heads: dict[int, int] = {1: now}
        for rank, made in waiting:
            heads[rank] = min(heads.get(rank, made), made)
        chosen = choose(heads, turn, now)
        assert chosen is not None
        waiting = [one for one in waiting if one != (chosen, heads[chosen])]
    assert [] == waiting


@pytest.mark.parametrize(
    ("kind", "earlier", "held"), [("receipt", 3, False), ("receipt", 4, True), ("staff", 99, False)]
)
def test_the_fifth_equal_message_is_held(kind, earlier, held) -> None:
    """Goal: a mistake in a loop does not empty the SIM.  Method: the fourth, the fifth, and staff's hundredth."""
    assert held == policy.is_duplicate(kind, earlier)


# --- credit ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("balance", "may"),
    [
        (None, KINDS),
        (10_000, KINDS),
        (9_999, ("staff", "receipt", "notice", "reminder")),
        (2_000, ("staff", "receipt", "notice", "reminder")),
        (1_999, ("staff", "receipt", "reminder")),
        (0, ("staff", "receipt", "reminder")),
    ],
)
def test_what_credit_is_kept_for(balance, may) -> None:
    """Goal: the last rupiah are for receipts.  Method: every kind at both limits; an unknown balance holds nothing."""
    assert may == tuple(kind for kind in KINDS if policy.may_spend(kind, balance, 10_000, 2_000))


def test_a_kind_nobody_knows_spends_like_a_promotion() -> None:
    """Goal: caution.  Method: an unknown kind below the floor."""
    assert not policy.may_spend("of a newer version", 9_999, 10_000, 2_000)


@pytest.mark.parametrize(("balance", "alarm"), [(None, False), (2_000, False), (1_999, True), (0, True)])
def test_the_alarm(balance, alarm) -> None:
    """Goal: somebody is told in time.  Method: at the reserve and below it; an unknown balance is no alarm."""
    assert alarm == policy.is_alarm(balance, 2_000)
