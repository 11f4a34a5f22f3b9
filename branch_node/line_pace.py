"""How much one exchange carries each way: what the line carried lately in EXCHANGE_S_TARGET seconds, within limits.

A slow line gets small pages and batches, so that a cut costs little and the till is never far behind; a good line
gets few round trips.
"""

from sync import limits
from sync.branch import Load

MEASURED_BYTES_MIN = 4096  # less says more about the delay than about the line


class Pace:
    """``load``: what the next exchange may carry.  Rates are in bytes a second, None before they were measured."""

    def __init__(self) -> None:
        self.up: float | None = None
        self.down: float | None = None
        self.load = Load(limits.BATCH_BYTES_FIRST, limits.PAGE_BYTES_FIRST)

    def took(self, sent: int, sent_s: float, received: int, received_s: float) -> None:
        """An exchange went well: *sent* bytes were taken and answered in *sent_s*, *received* came in *received_s*."""
        if sent >= MEASURED_BYTES_MIN:
            self.up = _smooth(self.up, sent / max(sent_s, 0.001))
            batch = _within(self.up, limits.BATCH_BYTES_MIN, limits.BATCH_BYTES_MAX)
            self.load = self.load._replace(batch=batch)
        if received >= MEASURED_BYTES_MIN:
            self.down = _smooth(self.down, received / max(received_s, 0.001))
            page = _within(self.down, limits.PAGE_BYTES_MIN, limits.PAGE_BYTES_SOFT)
            self.load = self.load._replace(page=page)

    def cut(self) -> None:
        """An exchange was cut off: half as much may get through."""
        batch, page = self.load
        self.load = Load(max(batch // 2, limits.BATCH_BYTES_MIN), max(page // 2, limits.PAGE_BYTES_MIN))


def _smooth(before: float | None, now: float) -> float:
    return now if before is None else (before + now) / 2


def _within(rate: float, least: int, most: int) -> int:
    return min(max(int(rate * limits.EXCHANGE_S_TARGET), least), most)
