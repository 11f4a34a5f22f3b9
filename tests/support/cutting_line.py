"""A line to the hub that breaks: a TCP relay that drops connections after a drawn number of bytes."""

import random
import socket
import threading
from contextlib import suppress
from urllib.parse import urlsplit

_PIECE = 4096


class CuttingLine:
    """Relays to *target* (an http URL).  After ``arm`` each connection dies once its drawn bytes have passed.

    ``cuts`` counts the connections that were dropped; when *most* are, the line holds.
    """

    def __init__(self, target: str, seed: int, most: int) -> None:
        parts = urlsplit(target)
        self._target = (parts.hostname, parts.port)
        self._chance, self._most = random.Random(seed), most
        self._armed = False
        self._lock = threading.Lock()
        self.cuts = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        """The address branches are given instead of the hub's."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def arm(self) -> None:
        """From here on the line breaks."""
        self._armed = True

    def stop(self) -> None:
        """Takes no more connections."""
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                caller, _ = self._listener.accept()
                _Relay(caller, socket.create_connection(self._target), self).start()

    def draw(self) -> int | None:
        """How many more bytes a connection lives; None: as long as it likes."""
        with self._lock:
            if not self._armed or self.cuts >= self._most:
                return None
            return int(10 ** self._chance.uniform(1, 5))

    def may_drop(self) -> bool:
        """Counts one more drop; False when others, drawn meanwhile, were the last ones."""
        with self._lock:
            may = self.cuts < self._most
            self.cuts += may
            return may


class _Relay:
    """One connection and its two directions; they share what is left to live."""

    def __init__(self, caller: socket.socket, hub: socket.socket, line: CuttingLine) -> None:
        self._ends, self._line = (caller, hub), line
        self._left: int | None = None
        self._cut = False

    def start(self) -> None:
        for source, sink in (self._ends, self._ends[::-1]):
            threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while piece := source.recv(_PIECE):
                if self._left is None:
                    self._left = self._line.draw()
                if self._left is not None and len(piece) > self._left and self._may_drop():
                    sink.sendall(piece[: self._left])
                    break
                self._left = None if self._left is None else self._left - len(piece)
                sink.sendall(piece)
        self._close()

    def _may_drop(self) -> bool:
        self._cut = self._cut or self._line.may_drop()
        return self._cut

    def _close(self) -> None:
        for end in self._ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
