"""A web server that answers in a thread of this process."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from ui.serve import WebServer


@contextmanager
def serving(server: WebServer) -> Iterator[WebServer]:
    """Inside, *server* answers."""
    thread = threading.Thread(target=server.start, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stop()
        thread.join()
