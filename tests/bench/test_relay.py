"""The line that counts."""

import socket
import threading

from bench.relay import Relay

SAID, ANSWERED = b"how much?", b"12.500 rupiah"


def _answer_once(listener: socket.socket) -> None:
    one, _ = listener.accept()
    with one:
        assert SAID == one.recv(100)
        one.sendall(ANSWERED)


def test_every_byte_is_counted_and_passed_on() -> None:
    """Goal: the count is what was on the socket. Method: known bytes each way, then none after a reset."""
    with socket.create_server(("127.0.0.1", 0)) as listener, Relay(listener.getsockname()[1]) as relay:
        threading.Thread(target=_answer_once, args=(listener,), daemon=True).start()
        with socket.create_connection(("127.0.0.1", int(relay.url.rpartition(":")[2]))) as line:
            line.sendall(SAID)
            assert ANSWERED == line.recv(100)
        assert (len(SAID), len(ANSWERED)) == (relay.up, relay.down)
        relay.reset()
        assert (0, 0) == (relay.up, relay.down)


def test_a_held_line_passes_nothing_until_let_go() -> None:
    """Goal: an idle till is measured with the line quiet. Method: hold, speak, listen in vain, let go, listen."""
    with socket.create_server(("127.0.0.1", 0)) as listener, Relay(listener.getsockname()[1]) as relay:
        threading.Thread(target=_answer_once, args=(listener,), daemon=True).start()
        relay.hold()
        with socket.create_connection(("127.0.0.1", int(relay.url.rpartition(":")[2]))) as line:
            line.sendall(SAID)
            assert 0 == relay.up
            relay.let_go()
            assert ANSWERED == line.recv(100)
