"""The demo's cable: carries bytes, breaks connections when pulled out, carries again."""

import socket
import threading
from collections.abc import Iterator

import pytest

from ui.story.cable import HOST, Cable, is_free

WAIT_S = 10


@pytest.fixture
def echo() -> Iterator[int]:
    """The port of a server that sends back what it hears."""
    listener = socket.create_server((HOST, 0))

    def serve() -> None:
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=_echo, args=(peer,), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    yield listener.getsockname()[1]
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()


def _echo(peer: socket.socket) -> None:
    with peer:
        while piece := peer.recv(1000):
            peer.sendall(piece)


def call(cable: Cable) -> socket.socket:
    """A connection through the cable."""
    return socket.create_connection((HOST, cable.port), WAIT_S)


def test_carries_breaks_and_carries_again(echo: int) -> None:
    """Goal: a pulled cable ends what it carried. Method: echo through it, pull it out, call, plug in, echo."""
    cable = Cable(echo)
    with call(cable) as line:
        line.sendall(b"satu")
        assert b"satu" == line.recv(10)
        cable.pull_out()
        assert b"" == line.recv(10)
    with pytest.raises(ConnectionRefusedError):
        call(cable)
    cable.plug_in()
    with call(cable) as line:
        line.sendall(b"dua")
        assert b"dua" == line.recv(10)
    cable.pull_out()


def test_nobody_at_the_other_end() -> None:
    """Goal: a stopped hub looks like one. Method: a cable to a port where nobody listens."""
    with socket.create_server((HOST, 0)) as free:
        port = free.getsockname()[1]
    cable = Cable(port)
    with call(cable) as line:
        assert b"" == line.recv(10)
    cable.pull_out()


def test_a_taken_port(echo: int) -> None:
    """Goal: two demos cannot share a cable. Method: a cable at the port of the server itself."""
    with pytest.raises(OSError, match="in use"):
        Cable(echo, echo)


def test_a_port_in_use_is_seen(echo: int) -> None:
    """Goal: the demo's pages have the same addresses each time, if they can. Method: a port in use, and nobody's."""
    assert (False, True) == (is_free(echo), is_free(1))
