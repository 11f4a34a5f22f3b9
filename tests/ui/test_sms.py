"""The demo's count of SMS."""

import pytest

from ui.story.sms import Tally

NONE = Tally(0, 0, 0, 0, 0, ())


@pytest.mark.parametrize(
    ("exact", "tally"),
    [
        (True, Tally(2, 5, 5, 0, 0, ())),
        (False, NONE),
        (False, Tally(1, 2, 1, 0, 0, ())),
        (False, Tally(1, 1, 2, 0, 0, ())),
        (False, Tally(1, 1, 1, 1, 0, ())),
        (False, Tally(1, 1, 1, 0, 1, ())),
    ],
)
def test_each_part_once(exact: bool, tally: Tally) -> None:
    """Goal: the claim holds only when it does. Method: nothing, too few, too many, unknown, waiting."""
    assert exact == tally.is_exact


def test_what_came_after() -> None:
    """Goal: earlier plays do not count. Method: a play with a failed SMS behind it."""
    now = Tally(3, 4, 3, 0, 0, ("ready",)).since(Tally(2, 3, 2, 0, 1, ()))
    assert (Tally(1, 1, 1, 0, 0, ("ready",)), True) == (now, now.is_exact)
