"""The line between branches and head office, as a cable one can pull out: a TCP relay on this computer."""

import socket
import threading
from contextlib import suppress

HOST = "127.0.0.1"
LISTEN_S = 0.2
PIECE_BYTES = 65_536


def is_free(port: int) -> bool:
    """Does nobody listen at *port* here?"""
    with socket.socket() as probe:
        probe.settimeout(LISTEN_S)
        return probe.connect_ex((HOST, port)) != 0


class Cable:
    """Carries what arrives at ``port`` to the port *target*; port 0 takes a free one.  Begins plugged in.

    Raises OSError when the port is taken.
    """

    def __init__(self, target: int, port: int = 0) -> None:
        self._target = target
        self.port = port
        self._ends: list[socket.socket] = []
        self._lock = threading.Lock()
        self.plug_in()

    @property
    def url(self) -> str:
        """The address branches know head office by."""
        return f"http://{HOST}:{self.port}"

    def plug_in(self) -> None:
        """From here on, connections are carried."""
        self._pulled = threading.Event()
        self._listener = socket.create_server((HOST, self.port))
        self._listener.settimeout(LISTEN_S)
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._listen, name="cable", daemon=True)
        self._thread.start()

    def pull_out(self) -> None:
        """Every connection breaks in the middle of whatever it carries, and no new one is taken."""
        self._pulled.set()
        self._thread.join()
        self._listener.close()
        with self._lock:
            ends, self._ends = self._ends, []
        for end in ends:
            _break(end)

    def _listen(self) -> None:
        while not self._pulled.is_set():
            with suppress(OSError):
                near, _address = self._listener.accept()
                self._carry(near)

    def _carry(self, near: socket.socket) -> None:
        try:
            far = socket.create_connection((HOST, self._target))
        except OSError:
            near.close()
            return
        with self._lock:
            self._ends += [near, far]
        for source, sink in ((near, far), (far, near)):
            threading.Thread(target=_pump, args=(source, sink), name="cable", daemon=True).start()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(PIECE_BYTES):
            sink.sendall(piece)
    _break(source)
    _break(sink)


def _break(end: socket.socket) -> None:
    """Wakes whoever reads or writes there, then closes."""
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
