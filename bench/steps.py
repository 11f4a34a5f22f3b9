"""Simple timers around the steps of an exchange: a few readings of the clock for a whole segment, none for an entry."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


class Steps:
    """Seconds spent in each step, by *clock*."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self._clock = clock

    def watch(self, owner: Any, name: str, step: str) -> None:
        """From now on the time in the function *name* of *owner* (module, class or object) counts as *step*."""
        setattr(owner, name, self._timed(getattr(owner, name), step))

    def _timed(self, work: Callable[..., Any], step: str) -> Callable[..., Any]:
        def timed(*args: Any, **options: Any) -> Any:
            with self.step(step):
                return work(*args, **options)

        return timed

    def watch_end(self, owner: Any, name: str, step: str) -> None:
        """From now on the time to leave the context manager *name* of *owner* counts as *step*."""
        enter = getattr(owner, name)

        @contextmanager
        def timed(*args: Any, **options: Any) -> Iterator[Any]:
            with enter(*args, **options) as inside:
                yield inside
                began = self._clock()
            self.seconds[step] += self._clock() - began

        setattr(owner, name, timed)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Counts what is done inside as the step *name*."""
        began = self._clock()
        try:
            yield
        finally:
            self.seconds[name] += self._clock() - began


def shares(branch: dict[str, float], hub: dict[str, float], whole: float) -> dict[str, str]:
    """How much of *whole* seconds each step of a push took, in per cent."""
    parts = {
        "pack": branch["ask"],
        "HTTP": branch["post"] - hub["answer"],
        "door": hub["door"],
        "apply": hub["apply"],
        "commit": hub["take"] - hub["door"] - hub["apply"],
        "page": hub["page"],
        "rest at the hub": hub["answer"] - hub["take"] - hub["page"],
        "take": branch["take"] + branch["open"],
    }
    return _in_per_cent(parts, whole)


def pull_shares(branch: dict[str, float], hub: dict[str, float], whole: float) -> dict[str, str]:
    """How much of *whole* seconds each step of a pull took, in per cent; the next page comes while one is applied."""
    at_branch = {
        "ask": branch["ask"],
        "wait for a page": branch["heard"] - max(branch["ask"] - branch.get("ahead", 0), 0),
        "apply": branch["take"] - branch.get("ahead", 0) + branch["remember"] - branch["commit"],
        "commit": branch["commit"],
    }
    meanwhile = {
        "HTTP": branch["post"] - hub["answer"],
        "read the page at the hub": hub["page"] - hub["sign"],
        "pack and sign it": hub["sign"],
        "rest at the hub": hub["answer"] - hub["page"],
        "open": branch["open"],
    }
    told = {f"meanwhile: {name}": f"{100 * seconds / whole:.0f} %" for name, seconds in meanwhile.items()}
    return {**_in_per_cent(at_branch, whole), **told}


def _in_per_cent(parts: dict[str, float], whole: float) -> dict[str, str]:
    told = {**parts, "rest at the branch": whole - sum(parts.values())}
    return {name: f"{100 * seconds / whole:.0f} %" for name, seconds in told.items()}
