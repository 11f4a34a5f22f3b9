"""Every pause and interval of the daemon, in seconds, and the clock it goes by."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sms_daemon.protocol import DEADLINES_S


@dataclass(frozen=True)
class Timings:
    """Seconds.  Tests use shorter ones."""

    deadlines: dict[str, float] = field(default_factory=lambda: dict(DEADLINES_S))
    child_pauses: tuple[float, ...] = (1, 2, 5)  # before a new child, after one was lost
    sick: float = 300  # after as many new children in a row were lost
    look_again: float = 5  # at a modem that is absent, taken, locked or has no network
    credit_pause: float = 600  # after the network said that the credit is used up
    outbox: float = 1
    listing: float = 15
    health: float = 30
    stop: float = 1.2  # for the part in flight, when the daemon is told to end
    reports: float = 3  # for the reports of what "--once" sent


@dataclass
class Clock:
    """``device_ms``: the PC's clock, ms since 1970 UTC; ``ticks``: seconds that never jump.

    ``error_ms``: the PC's clock minus head office's, as the branch learned it; 0 before it did.
    """

    device_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000
    ticks: Callable[[], float] = time.monotonic
    error_ms: int = 0

    def now(self) -> int:
        """The branch's time, ms since 1970 UTC: its messages are dated and expire by it."""
        return self.device_ms() - self.error_ms
