"""A line between branch and hub that counts every byte on the socket, and can be held: nothing passes until let go."""

import socket
import threading
from typing import Self

CHUNK = 65_536


class Relay:
    """Listens on loopback and passes all on to *port*.  ``up``: bytes to the hub, ``down``: bytes from it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._sockets: list[socket.socket] = [self._listener]
        self._open = threading.Event()
        self._open.set()
        self.up = self.down = 0

    @property
    def url(self) -> str:
        """The address a branch talks to."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def hold(self) -> None:
        """From now on nothing passes."""
        self._open.clear()

    def let_go(self) -> None:
        """What waited passes now."""
        self._open.set()

    def reset(self) -> None:
        """Counts from nought again."""
        self.up = self.down = 0

    def __enter__(self) -> Self:
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.let_go()
        for one in self._sockets:
            _shut(one)

    def _listen(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._port))
            except OSError:
                return
            self._sockets += [near, far]
            threading.Thread(target=self._pass, args=(near, far, True), daemon=True).start()
            threading.Thread(target=self._pass, args=(far, near, False), daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket, up: bool) -> None:
        try:
            while data := source.recv(CHUNK):
                self._open.wait()
                self._count(len(data), up)
                sink.sendall(data)
        except OSError:
            pass
        finally:
            _shut(source)
            _shut(sink)

    def _count(self, size: int, up: bool) -> None:
        if up:
            self.up += size
        else:
            self.down += size


def _shut(one: socket.socket) -> None:
    try:
        one.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    finally:
        one.close()
