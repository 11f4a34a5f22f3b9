"""The hub's arithmetic of time: effective stamps.  Pure."""

from sync import clock


def effective(previous: int, base: int, stamp: int, received: int) -> int:
    """The effective stamp of an op.

    *previous*: the stream's last effective stamp; *base*: that of the op it overwrote (0 for none); *stamp*: the
    entry's own; *received*: the stamp of received_at.  Never before its causes, never after its arrival unless a
    cause is: a wrong clock cannot win for ever, and cannot lose what it wrote after seeing something.
    """
    return max(previous + 1, base + 1, min(clock.countable(stamp), received))
