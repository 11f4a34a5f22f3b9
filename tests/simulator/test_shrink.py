"""A failing history becomes short."""

import pytest

from tests.simulator.plan import Plan
from tests.simulator.shrink import shrink

WHOLE = Plan(1, 5, tuple(range(1, 101)))


def always() -> bool:
    return True


@pytest.mark.parametrize("needed", [set(), {1}, {100}, {17, 18}, {3, 50, 51, 97}])
def test_only_what_is_needed_is_left(needed) -> None:
    """Goal: the fewest steps, the fewest branches. Method: a failure that needs these steps and three branches."""
    found = shrink(WHOLE, 0, lambda plan: needed <= set(plan.steps) and plan.branches >= 3, always)
    assert Plan(1, 3, tuple(sorted(needed))) == found


def test_what_came_after_the_failure_goes_first() -> None:
    """Goal: what happened later costs no time. Method: the first plan that is tried ends with the step that failed."""
    tried: list[Plan] = []

    def fails(plan: Plan) -> bool:
        tried.append(plan)
        return False

    shrink(WHOLE, 40, fails, always)
    assert WHOLE.steps[:40] == tried[0].steps


def test_a_failure_that_needs_everything_stays() -> None:
    """Goal: never a plan that does not fail. Method: only the whole fails."""
    assert WHOLE == shrink(WHOLE, 60, lambda plan: plan == WHOLE, always)


def test_time_is_limited() -> None:
    """Goal: a slow failure is told all the same. Method: time for ten tries."""
    left = iter(range(10))
    tried: list[Plan] = []

    def fails(plan: Plan) -> bool:
        tried.append(plan)
        return 77 in plan.steps

    found = shrink(WHOLE, 0, fails, lambda: next(left, None) is not None)
    assert len(tried) <= 10
    assert 77 in found.steps
    assert len(found.steps) < 100
