"""What a seed means, and the words for what is left of a history."""

from collections import Counter

import pytest

from tests.simulator.plan import BRANCHES_MAX, BRANCHES_MIN, plan_of, read, written


@pytest.mark.parametrize(
    ("steps", "text"),
    [((), "-"), ((3,), "3"), ((1, 2, 3), "1-3"), ((3, 7, 8, 9, 12), "3,7-9,12"), ((1, 2, 4), "1-2,4")],
)
def test_steps_in_words(steps, text) -> None:
    """Goal: a command can name steps. Method: there and back."""
    assert (text, steps) == (written(steps), read(text, 12))


@pytest.mark.parametrize("text", ["", "x", "0", "13", "5-3", "1-", "1-99", "1,,2", "--"])
def test_bad_words_for_steps(text) -> None:
    """Goal: a slip of the finger is noticed. Method: words that name no steps of a history of twelve."""
    with pytest.raises(ValueError, match=r"\w|^$"):
        read(text, 12)


def test_what_seeds_mean() -> None:
    """Goal: every kind of history often enough, 2 to 6 branches, 40 to 200 steps. Method: the plans of 1,000 seeds."""
    plans = [plan_of(seed) for seed in range(1_000)]
    kinds = {"History": 500, "CopiesHistory": 200, "RejoinHistory": 100, "KeyHistory": 200}
    assert kinds == Counter(plan.kind.__name__ for plan in plans)
    assert {*range(BRANCHES_MIN, BRANCHES_MAX + 1)} == {plan.branches for plan in plans}
    assert {40, 60, 80, 200} == {len(plan.steps) for plan in plans}
    assert plans == [plan_of(seed) for seed in range(1_000)]
