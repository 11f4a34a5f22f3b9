"""A node as a process: signals end it tidily, its address is told once it listens."""

import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType

from ui.serve import WebServer

SWITCH_INTERVAL_S = 0.0005  # a background thread must not hold up a sale for Python's default of 5 ms


def serve_until_stopped(server: WebServer, ready: Callable[[str], None]) -> None:
    """Serves until SIGTERM or SIGINT; calls *ready* with the address once requests are answered."""
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    stopping = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    thread = threading.Thread(target=server.start, name="web", daemon=True)
    thread.start()
    ready(server.url)
    while not stopping.wait(1) and thread.is_alive():
        pass
    server.stop()
    thread.join(timeout=10)
