"""A line to the hub that breaks at a chosen byte: a TCP relay that drops a connection after so many bytes one way."""

import socket
import threading
from contextlib import suppress
from urllib.parse import urlsplit

UP, DOWN = "up", "down"


class LineCutAt:
    """Relays to *target* (an http URL).  ``cut(way, after)`` drops the next connection whose bytes that way pass it.

    ``passed`` counts the bytes of each way since the last ``cut``; ``broken`` is set once the line was cut.
    """

    def __init__(self, target: str) -> None:
        parts = urlsplit(target)
        self._target = (parts.hostname, parts.port)
        self._left: dict[str, int | None] = {UP: None, DOWN: None}
        self._lock = threading.Lock()
        self.passed = {UP: 0, DOWN: 0}
        self.broken = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        """The address branches are given instead of the hub's."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def cut(self, way: str, after: int | None) -> None:
        """From now on *after* bytes pass that way, then the line is cut once; None: it holds."""
        with self._lock:
            self._left = {UP: None, DOWN: None, way: after}
            self.passed = {UP: 0, DOWN: 0}
            self.broken.clear()

    def stop(self) -> None:
        """Takes no more connections."""
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(self._target)
                for end in (near, far):
                    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                for way, source, sink in ((UP, near, far), (DOWN, far, near)):
                    threading.Thread(target=self._pass, args=(way, source, sink), daemon=True).start()

    def _allowed(self, way: str, size: int) -> int:
        """How many of *size* bytes may still pass; fewer than asked cuts the line, once."""
        with self._lock:
            left = self._left[way]
            allowed = size if left is None else min(left, size)
            self.passed[way] += allowed
            if left is not None:
                self._left[way] = None if allowed < size else left - allowed
            if allowed < size:
                self.broken.set()
            return allowed

    def _pass(self, way: str, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while piece := source.recv(1 << 16):
                allowed = self._allowed(way, len(piece))
                sink.sendall(piece[:allowed])
                if allowed < len(piece):
                    break
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
