"""Hybrid logical time: a stamp is one integer, ms since 1970 UTC in the upper bits, a counter in the lower 16.

The device's clock only ever proposes; nothing here reads it.  See docs/PROTOCOL.md, "Time".
"""

from collections.abc import Callable

from sync import limits

COUNTER_BITS = 16
JUMP_MS = 30 * 24 * 3_600_000  # a shop that is closed for longer is asked for the date when it opens
SHORT_MS = 2000  # of an exchange whose way there and way back take about the same time


def stamp_of(ms: int, counter: int = 0) -> int:
    """The stamp of a moment."""
    return (ms << COUNTER_BITS) | counter


def ms_of(stamp: int) -> int:
    """The milliseconds in a stamp."""
    return stamp >> COUNTER_BITS


def sane_ms(ms: int) -> int:
    """*ms* held inside the range a stamp may have: a clock may be wrong, never unrepresentable."""
    return min(max(ms, limits.STAMP_MS_MIN), limits.STAMP_MS_MAX - 1)


def next_stamp(last: int, now_ms: int) -> int:
    """The stamp of the next entry: now, or one more than the *last* when the clock did not move forward."""
    return max(stamp_of(sane_ms(now_ms)), last + 1)


def advance_of(last: int, stamp: int) -> int:
    """What a header says of its stamp: milliseconds since the entry before; 0 means "one counter step more"."""
    return 0 if stamp == last + 1 else ms_of(stamp) - ms_of(last)


def stamp_after(last: int, advance_ms: int) -> int:
    """The stamp a header means, from the entry before and its advance."""
    return stamp_of(ms_of(last) + advance_ms) if advance_ms else last + 1


def countable(stamp: int) -> int:
    """The stamp as merge counts it: one outside [2020, 2⁴⁷ ms) counts as 0."""
    return stamp if limits.STAMP_MS_MIN <= ms_of(stamp) < limits.STAMP_MS_MAX else 0


def to_column(stamp: int) -> int:
    """A stamp as SQLite keeps it: the same 64 bits, read as a signed number."""
    return stamp - (1 << 64) if stamp >= 1 << 63 else stamp


def from_column(value: int) -> int:
    """The stamp in a column."""
    return value + (1 << 64) if value < 0 else value


class Clock:
    """The node's idea of now: the device's clock plus what the hub's replies said of it.

    ``device_ms`` is the device's clock (argument, ms UTC).  ``error_ms`` is device minus hub, or None before the first
    reply; ``confirmed`` turns true with a reply or when a person confirms date and time.

    A record's time can never be taken back, so a ``guarded`` clock does not follow a device that is suddenly more than
    JUMP_MS ahead: time goes on from where it was until the hub or a person says what is right.
    """

    def __init__(self, device_ms: Callable[[], int], error_ms: int | None = None) -> None:
        self.device_ms = device_ms
        self.error_ms = error_ms
        self.confirmed = False
        self._known: int | None = None  # of a guarded clock: the latest time it gave
        self._device = 0  # what the device said then

    def guard(self, last_ms: int) -> None:
        """From now on jumps ahead are not followed; *last_ms*: the time of the newest record, ms UTC."""
        self._known, self._device = last_ms, self.device_ms()

    @property
    def told_ms(self) -> int:
        """What the device says, put right by its last known error; believed or not."""
        return self.device_ms() - (self.error_ms or 0)

    def now_ms(self) -> int:
        """Now, ms UTC, corrected by the last known error of the device's clock."""
        if self._known is None:
            return self.told_ms
        device = self.device_ms()
        told = device - (self.error_ms or 0)
        if told - self._known > JUMP_MS:
            self.confirmed = False
            went = device - self._device
            told = self._known + (went if 0 <= went <= JUMP_MS else 0)
        self._known, self._device = max(told, self._known), device
        return told

    def confirm(self) -> None:
        """A person says that the date and time shown (``told_ms``) are right."""
        if self._known is not None:
            self._known = self.told_ms
        self.confirmed = True

    def discipline(self, hub_ms: int, sent_ms: int, received_ms: int) -> None:
        """Takes the hub's time from a reply; *sent_ms* and *received_ms* are this device's around the request.

        The hub looks at its clock half-way through a short exchange, and towards the end of one that took long.
        """
        took = received_ms - sent_ms
        half = took // 2 if 0 <= took <= SHORT_MS else 0
        self.error_ms = received_ms - half - hub_ms
        self.confirm()
