"""Is a branch alive: silence, backlog and clock as levels and words."""

import pytest

from central_hub.branch_health import AMBER_MS, CLOCK_ERROR_MS, LIVE_MS, RED_MS, level_of

NOW = 1_764_741_900_000


@pytest.mark.parametrize(
    ("silent", "level"),
    [(0, "ok"), (LIVE_MS, "ok"), (LIVE_MS + 1, "offline"), (AMBER_MS, "offline"), (AMBER_MS + 1, "amber"),
     (RED_MS, "amber"), (RED_MS + 1, "red"), (400 * AMBER_MS, "red")],
)  # fmt: skip
def test_silence(silent, level) -> None:
    """Goal: amber after a day, red after three. Method: both sides of each bound."""
    assert level == level_of(True, NOW - silent, None, 0, NOW)


def test_a_branch_that_never_came_is_new(office) -> None:
    """Goal: an expected branch alarms nobody. Method: without a certificate, and without a contact."""
    assert "new" == level_of(False, None, None, None, NOW)
    assert "new" == level_of(True, None, None, None, NOW)


@pytest.mark.parametrize(("waits", "level"), [(AMBER_MS, "ok"), (AMBER_MS + 1, "amber"), (RED_MS + 1, "red")])
def test_an_old_backlog_counts_like_silence(waits, level) -> None:
    """Goal: a branch that talks but cannot send is seen. Method: contact now, oldest entry long ago."""
    assert level == level_of(True, NOW, NOW - waits, 0, NOW)


@pytest.mark.parametrize(("error", "level"), [(CLOCK_ERROR_MS, "ok"), (CLOCK_ERROR_MS + 1, "amber"),
                                              (-CLOCK_ERROR_MS - 1, "amber"), (None, "ok")])  # fmt: skip
def test_a_wrong_clock_is_amber(error, level) -> None:
    """Goal: more than two minutes either way is told. Method: both sides of the bound."""
    assert level == level_of(True, NOW, None, error, NOW)
