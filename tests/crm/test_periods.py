"""Days as people mean them, where a branch is."""

from datetime import date

import pytest

from crm.periods import DAY_MS, bounds, day_at

HOUR_MS = 3_600_000
BEGINS = 1_769_792_400_000  # 31 January 2026 in Pontianak


@pytest.mark.parametrize(("zone", "earlier"), [("WIB", 0), ("WITA", HOUR_MS), ("WIT", 2 * HOUR_MS)])
def test_a_day_ends_at_midnight_where_the_branch_is(zone: str, earlier: int) -> None:
    """Goal: no sale is on two days or on none. Method: the first and the last millisecond of a day, in each zone."""
    begins, ends = bounds(date(2026, 1, 31), zone)
    assert (BEGINS - earlier, DAY_MS) == (begins, ends - begins)
    days = [day_at(at, zone).isoformat() for at in (begins - 1, begins, ends - 1, ends)]
    assert ["2026-01-30", "2026-01-31", "2026-01-31", "2026-02-01"] == days
