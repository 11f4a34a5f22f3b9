"""One thread that waits for files to be readable and for times to come."""

import heapq
import itertools
import selectors
import time
from collections.abc import Callable
from typing import Any

Act = Callable[[], None]


class Loop:
    """Runs until ``stop``."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._times: list[tuple[float, int, Act]] = []
        self._order = itertools.count()
        self._running = True

    def watch(self, file: Any, act: Act) -> None:
        """Calls *act* whenever *file* can be read."""
        self._selector.register(file, selectors.EVENT_READ, act)

    def forget(self, file: Any) -> None:
        """Watches *file* no more."""
        self._selector.unregister(file)

    def later(self, seconds: float, act: Act) -> None:
        """Calls *act* after so many seconds; at once for zero."""
        if seconds <= 0:
            act()
        else:
            heapq.heappush(self._times, (time.monotonic() + seconds, next(self._order), act))

    def stop(self) -> None:
        """``run`` returns after what it is doing."""
        self._running = False

    def run(self) -> None:
        """Waits and acts."""
        while self._running:
            for key, _ in self._selector.select(self._until_next()):
                if key.fd in self._selector.get_map():  # an earlier act may have closed it
                    key.data()
            while self._times and self._times[0][0] <= time.monotonic():
                heapq.heappop(self._times)[2]()

    def _until_next(self) -> float | None:
        return max(0.0, self._times[0][0] - time.monotonic()) if self._times else None
