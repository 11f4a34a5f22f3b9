"""The one place where pages read the clock."""

import time

from flask import g, has_request_context


def wall_ms() -> int:
    """Milliseconds since 1970 UTC as this computer believes."""
    return time.time_ns() // 1_000_000


def now_ms() -> int:
    """The time of this request, the same however often it is asked for."""
    if not has_request_context():
        return wall_ms()
    if "now_ms" not in g:
        g.now_ms = wall_ms()
    return int(g.now_ms)
