"""Simple timers around the steps of a push: a few readings of the clock for a whole segment, none for an entry."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


class Steps:
    """Seconds spent in each step."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)

    def watch(self, owner: Any, name: str, step: str) -> None:
        """From now on the time in the function *name* of *owner* (module, class or object) counts as *step*."""
        setattr(owner, name, self._timed(getattr(owner, name), step))

    def _timed(self, work: Callable[..., Any], step: str) -> Callable[..., Any]:
        def timed(*args: Any, **options: Any) -> Any:
            with self.step(step):
                return work(*args, **options)

        return timed

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Counts what is done inside as the step *name*."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] += time.perf_counter() - began


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
    parts["rest at the branch"] = whole - sum(parts.values())
    return {name: f"{100 * seconds / whole:.0f} %" for name, seconds in parts.items()}
