"""How many branches head office serves at once, and when those beyond that are told to come again."""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sync import limits
from sync.errors import HubBusy

RETURNING_MAX = 1000  # more would be told the longest time anyway


class Turnstile:
    """*elapsed*: a monotonic clock in seconds; *chance* gives 0 ≤ x < 1.

    Who is sent away gets a time behind those sent away before, at the pace exchanges take now: a crowd that comes back
    all at once is spread over the time it takes to serve it.
    """

    def __init__(self, elapsed: Callable[[], float], chance: Callable[[], float]) -> None:
        self._elapsed, self._chance = elapsed, chance
        self._lock = threading.Lock()
        self._inside = 0
        self._usual_s = 0.1
        self._returning: deque[float] = deque(maxlen=RETURNING_MAX)

    @contextmanager
    def passing(self) -> Iterator[None]:
        """Inside, one of EXCHANGES_AT_ONCE_MAX places is taken.  Raises HubBusy when there is none."""
        with self._lock:
            began = self._elapsed()
            if self._inside >= limits.EXCHANGES_AT_ONCE_MAX:
                raise HubBusy(seconds=self._come_again(began))
            self._inside += 1
        try:
            yield
        finally:
            with self._lock:
                self._inside -= 1
                self._usual_s = (3 * self._usual_s + self._elapsed() - began) / 4

    def _come_again(self, now: float) -> int:
        """Seconds after which to come again: behind the others who were sent away, and not all at one moment."""
        while self._returning and self._returning[0] <= now:
            self._returning.popleft()
        queue_s = (len(self._returning) + 1) * self._usual_s / limits.EXCHANGES_AT_ONCE_MAX
        spread = limits.RETRY_AFTER_S_MIN + queue_s * 2
        seconds = limits.RETRY_AFTER_S_MIN + self._chance() * spread
        seconds = min(max(seconds, limits.RETRY_AFTER_S_MIN), limits.RETRY_AFTER_S_MAX)
        self._returning.append(now + seconds)
        return round(seconds)
