"""Local time in the three zones."""

import pytest

from sms_daemon.zones import DAY_MS, OFFSETS_MS, midnight, minute_of_day

NEW_YEAR = 1_767_225_600_000  # 2026-01-01 00:00 UTC


@pytest.mark.parametrize(("zone", "hour"), [("WIB", 7), ("WITA", 8), ("WIT", 9)])
def test_local_time(zone, hour) -> None:
    """Goal: each zone has its own midnight.  Method: UTC's midnight, and the last ms before the local one."""
    assert hour * 60 == minute_of_day(NEW_YEAR, zone)
    begin = NEW_YEAR - hour * 3_600_000
    assert begin == midnight(NEW_YEAR, zone)
    assert (begin, 0) == (midnight(begin, zone), minute_of_day(begin, zone))
    assert (begin - DAY_MS, 1439) == (midnight(begin - 1, zone), minute_of_day(begin - 1, zone))


def test_the_branches_zones_are_these() -> None:
    """Goal: quiet hours and reports agree on the time.  Method: the offsets beside those of the branches."""
    from crm import branches

    assert branches.OFFSETS_MS == OFFSETS_MS
