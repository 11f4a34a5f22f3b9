"""The node's side of a handover, spoken to by raw clients on real sockets."""

import json
import os
import socket
import threading
from contextlib import closing, suppress
from typing import Any

import pytest

from sync.folder import Folder
from sync.handover_lines import LINE_BYTES_MAX, encode
from sync.handover_server import CLIENTS_MAX, HandoverServer, is_same_user


class Commands:
    """What the node of these tests can do, and the events by which a test leads it."""

    def __init__(self) -> None:
        self.begun, self.go_on, self.ended = threading.Event(), threading.Event(), threading.Event()

    def echo(self, args: dict[str, Any], progress: Any) -> dict[str, Any]:
        return args

    def wait(self, args: dict[str, Any], progress: Any) -> dict[str, Any]:
        self.begun.set()
        self.go_on.wait()
        try:
            progress("waited", 1, 1)
        finally:
            self.ended.set()
        return {"waited": True}

    def talk(self, args: dict[str, Any], progress: Any) -> dict[str, Any]:
        for n in range(args["times"]):
            progress("x" * 10_000, n, args["times"])
        self.ended.set()
        return {}

    def swell(self, args: dict[str, Any], progress: Any) -> dict[str, Any]:
        return {"x": "x" * (16 * 1024 * 1024)}

    def odd(self, args: dict[str, Any], progress: Any) -> dict[str, Any]:
        return {"x": object()}

    def all(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("echo", "wait", "talk", "swell", "odd")}


@pytest.fixture
def commands() -> Commands:
    return Commands()


@pytest.fixture
def lock(tmp_path):
    """A folder's lock, held by this process."""
    with Folder(tmp_path).take() as held:
        yield held


@pytest.fixture
def server(lock, commands):
    """A server on a Unix socket."""
    with HandoverServer(lock, commands.all(), request_wait_s=0.2) as running:
        yield running


def connect(lock) -> socket.socket:
    note = lock.folder.note()
    if note.token:
        return socket.create_connection(("127.0.0.1", int(note.socket.partition(":")[2])))
    peer = socket.socket(socket.AF_UNIX)
    peer.connect(note.socket)
    return peer


def answers(peer: socket.socket) -> list[dict[str, Any]]:
    """Every line until the server closes."""
    with peer, peer.makefile("rb") as file:
        return [json.loads(line) for line in file]


def ask(lock, command: str, **more: Any) -> list[dict[str, Any]]:
    peer = connect(lock)
    peer.sendall(encode({"command": command, "args": {}, **more}))
    return answers(peer)


def code(lines: list[dict[str, Any]]) -> str:
    """The code of the one error that came."""
    (line,) = lines
    return str(line["error"]["code"])


def test_only_its_owner_can_reach_the_socket(lock, server) -> None:
    """Goal: other users of the PC stay out. Method: the socket's mode while the node listens."""
    assert 0o600 == lock.folder.socket_file.stat().st_mode & 0o777


def test_stopping_leaves_nothing_behind(lock, commands) -> None:
    """Goal: no stale socket after an orderly end. Method: start, stop, look; then start again in the same folder."""
    for _ in range(2):
        with HandoverServer(lock, commands.all()):
            assert str(lock.folder.socket_file) == lock.folder.note().socket
        assert (False, (os.getpid(), "", "", "")) == (lock.folder.socket_file.exists(), lock.folder.note())


def test_another_users_process_is_refused(lock, server, monkeypatch) -> None:
    """Goal: the peer is checked, not only the file's mode. Method: the server believes it runs as another user."""
    other = os.getuid() + 1
    monkeypatch.setattr("sync.handover_server.os.getuid", lambda: other)
    assert "not_your_folder" == code(answers(connect(lock)))


def test_this_users_process_is_known() -> None:
    """Goal: the check itself is right. Method: a socket pair within this process."""
    one, other = socket.socketpair()
    with one, other:
        assert is_same_user(one)


@pytest.mark.parametrize("token", ["", "b-token", "a-token-and-more"])
def test_a_wrong_token_is_refused(lock, commands, token) -> None:
    """Goal: loopback is open to every user, so the token decides. Method: none, wrong ones; then the right."""
    with HandoverServer(lock, commands.all(), token="a-token"):
        assert "not_your_folder" == code(ask(lock, "echo", token=token))
        assert [{"result": {}}] == ask(lock, "echo", token="a-token")


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        (b"GET / HTTP/1.1\n", "malformed"),
        (b'{"command":"echo"}\n', "malformed"),
        (b'{"command":"fly","args":{}}\n', "unknown_command"),
        (encode({"command": "echo", "args": {"x": "x" * (1 << 16)}}), "too_large"),
        (b'{"command":"swell","args":{}}\n', "too_large"),
        (b'{"command":"odd","args":{}}\n', "command_failed"),
        (b'{"command":"echo","args":{},"token":"\xed\xb3\xa9"}\n', "command_failed"),
    ],
)
def test_a_bad_request_gets_an_error_and_the_next_is_served(lock, server, line, refusal) -> None:
    """Goal: nothing a client sends ends the server. Method: strangers' bytes, bad shapes, sizes, commands' bugs."""
    with closing(connect(lock)) as peer:
        peer.sendall(line)
        assert refusal == code(answers(peer))
    assert [{"result": {}}] == ask(lock, "echo")


def test_a_line_without_end_is_cut(lock, server) -> None:
    """Goal: bounded memory. Method: send more than a line may hold and no line end."""
    with closing(connect(lock)) as peer:
        with suppress(ConnectionError):
            peer.sendall(b"x" * (LINE_BYTES_MAX + (1 << 17)))
        with peer.makefile("rb") as file:
            assert "too_large" == json.loads(file.readline())["error"]["code"]


def test_a_request_in_pieces_is_put_together(lock, server) -> None:
    """Goal: where the system cuts does not matter. Method: one byte at a time."""
    with closing(connect(lock)) as peer:
        for byte in encode({"command": "echo", "args": {"a": 1}}):
            peer.sendall(bytes([byte]))
        assert [{"result": {"a": 1}}] == answers(peer)


def test_a_client_that_stops_in_the_middle_is_dropped(lock, server) -> None:
    """Goal: half a request holds up nobody. Method: half a line and silence; others are served, then it is told."""
    with closing(connect(lock)) as half:
        half.sendall(b'{"command":')
        assert [{"result": {}}] == ask(lock, "echo")
        assert "malformed" == code(answers(half))


def test_a_client_that_leaves_is_forgotten(lock, server) -> None:
    """Goal: a closed connection is no trouble. Method: connect and leave, with and without half a request."""
    for start in (b"", b'{"command":'):
        with closing(connect(lock)) as peer:
            peer.sendall(start)
    assert [{"result": {}}] == ask(lock, "echo")


def test_a_client_that_leaves_does_not_stop_its_command(lock, server, commands) -> None:
    """Goal: what was begun is ended. Method: leave while the command waits; let it go on; the next is served."""
    with closing(connect(lock)) as peer:
        peer.sendall(encode({"command": "wait", "args": {}}))
        commands.begun.wait()
    commands.go_on.set()
    assert [{"result": {}}] == ask(lock, "echo")
    assert commands.ended.is_set()


def test_a_client_that_does_not_read_is_given_up(lock, server, commands, monkeypatch) -> None:
    """Goal: a stopped terminal does not stop the node. Method: ten megabytes of progress nobody reads."""
    monkeypatch.setattr("sync.handover_server.SEND_WAIT_S_MAX", 0.1)
    with closing(connect(lock)) as peer:
        peer.sendall(encode({"command": "talk", "args": {"times": 1000}}))
        assert commands.ended.wait(60)
        assert [{"result": {}}] == ask(lock, "echo")


def test_clients_wait_while_a_command_runs(lock, server, commands) -> None:
    """Goal: one at a time, nobody is lost. Method: three ask during the first one's command."""
    first = connect(lock)
    first.sendall(encode({"command": "wait", "args": {}}))
    commands.begun.wait()
    waiting = [connect(lock) for _ in range(3)]
    for n, peer in enumerate(waiting):
        peer.sendall(encode({"command": "echo", "args": {"n": n}}))
    commands.go_on.set()
    assert [[{"result": {"n": n}}] for n in range(3)] == [answers(peer) for peer in waiting]
    assert [{"progress": "waited", "done": 1, "total": 1}, {"result": {"waited": True}}] == answers(first)


def test_a_long_command_makes_nobody_late(lock, commands) -> None:
    """Goal: time spent on another's command does not count. Method: half a request, an hour's command, the rest."""
    now = [0.0]

    def an_hour(args: dict[str, Any], progress: Any) -> dict[str, Any]:
        now[0] += 3600
        return {}

    with (
        HandoverServer(lock, {**commands.all(), "wait": an_hour}, clock=lambda: now[0]),
        closing(connect(lock)) as half,
    ):
        half.sendall(b'{"command":')
        assert [[{"result": {}}]] * 2 == [ask(lock, "echo"), ask(lock, "wait")]
        half.sendall(b'"echo","args":{}}\n')
        assert [{"result": {}}] == answers(half)


def test_too_many_clients_are_refused(lock, commands) -> None:
    """Goal: a limit on everything. Method: as many silent clients as may wait, and one more."""
    with HandoverServer(lock, commands.all()):
        silent = [connect(lock) for _ in range(CLIENTS_MAX)]
        refused = answers(connect(lock))
        for peer in silent:
            peer.close()
    assert "lock_held" == code(refused)


def test_stopping_ends_the_running_command_and_tells_those_who_wait(lock, commands) -> None:
    """Goal: the node stops soon, and everybody knows. Method: stop during a command while a client waits."""
    server = HandoverServer(lock, commands.all())
    server.start()
    first = connect(lock)
    first.sendall(encode({"command": "wait", "args": {}}))
    commands.begun.wait()
    second = connect(lock)
    stopping = threading.Thread(target=server.stop)
    stopping.start()
    while lock.folder.socket_file.exists():
        pass
    server._stopping.wait()
    commands.go_on.set()
    stopping.join()
    assert ["node_stopping"] * 2 == [code(answers(first)), code(answers(second))]
