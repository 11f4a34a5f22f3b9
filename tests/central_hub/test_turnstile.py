"""A crowd of branches that return at once: few inside at a time, the rest spread over the time it takes."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from random import Random

import pytest

from central_hub.turnstile import Turnstile
from sync import limits
from sync.errors import HubBusy

Passing = AbstractContextManager[None]


class Now:
    """A clock one may set, in seconds."""

    def __init__(self) -> None:
        self.s = 0.0

    def __call__(self) -> float:
        return self.s


@contextmanager
def full(turnstile: Turnstile, leave: int = 0) -> Iterator[None]:
    """Inside, all places but *leave* are taken."""
    with ExitStack() as crowd:
        for _ in range(limits.EXCHANGES_AT_ONCE_MAX - leave):
            crowd.enter_context(turnstile.passing())
        yield


def test_only_so_many_at_once() -> None:
    """Goal: the limit holds, and a place is free again after an error. Method: all but one, one fails, then all."""
    turnstile = Turnstile(Now(), lambda: 0.5)
    with full(turnstile, leave=1), pytest.raises(ValueError), turnstile.passing():
        raise ValueError
    with full(turnstile), pytest.raises(HubBusy), turnstile.passing():
        pass
    with full(turnstile):
        pass


@pytest.mark.parametrize(("branches", "exchange_s"), [(50, 0.1), (200, 0.5), (400, 1.0)])
def test_a_crowd_is_served_without_a_storm(branches, exchange_s) -> None:
    """Goal: all are served, nobody asks again and again. Method: all come within a second; each obeys what it is told;
    counted by events in simulated time: exchanges at once, tries of each branch, the end.
    """
    now, draw = Now(), Random(7)
    turnstile = Turnstile(now, draw.random)
    coming: list[tuple[float, int, Passing | None]] = [(draw.random(), name, None) for name in range(branches)]
    tries, most, inside = dict.fromkeys(range(branches), 0), 0, 0
    while coming:
        coming.sort(key=lambda event: event[0], reverse=True)
        now.s, name, leaving = coming.pop()
        if leaving is not None:
            leaving.__exit__(None, None, None)
            inside -= 1
            continue
        tries[name] += 1
        passing = turnstile.passing()
        try:
            passing.__enter__()
        except HubBusy as error:
            coming.append((now.s + error.params["seconds"], name, None))
        else:
            inside += 1
            most = max(most, inside)
            coming.append((now.s + exchange_s, name, passing))
    ideal_s = branches * exchange_s / limits.EXCHANGES_AT_ONCE_MAX
    assert most == limits.EXCHANGES_AT_ONCE_MAX
    assert max(tries.values()) <= 8 and sum(tries.values()) <= 4 * branches
    assert now.s <= 4 * ideal_s + 2 * limits.RETRY_AFTER_S_MIN


def test_what_is_told_stays_within_the_limits() -> None:
    """Goal: nobody is sent away for hours. Method: thousands sent away at one moment."""
    turnstile, told = Turnstile(Now(), lambda: 0.999), set()
    with full(turnstile):
        for _ in range(5000):
            with pytest.raises(HubBusy) as caught, turnstile.passing():
                pass
            told.add(caught.value.params["seconds"])
    assert limits.RETRY_AFTER_S_MIN <= min(told) and max(told) <= limits.RETRY_AFTER_S_MAX
