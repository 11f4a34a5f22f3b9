"""A command hands itself to the running node: real processes and real sockets."""

import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import cabang_testing
import pytest

from sync.errors import Gap, LockHeld, Malformed, NotAFolder, TooLarge
from sync.folder import Folder, Lock
from sync.handover import call, run
from sync.handover_lines import ANSWER_BYTES_MAX, CommandFailed, NodeGone, UnknownCommand
from sync.limits import SOCKET_PATH_BYTES_MAX

NODE = """
import os, sys
from sync.errors import Gap
from sync.folder import Folder
from sync.handover_server import HandoverServer

def add(args, progress):
    progress("adding", 1, 2)
    progress("adding", 2, 2)
    return {"sum": args["a"] + args["b"], "pid": os.getpid()}

def count(args, progress):
    return {"letters": len(args["stdin"])}

def refuse(args, progress):
    raise Gap(first=7, held=3)

def stumble(args, progress):
    return {"x": {}["missing"]}

def leave(args, progress):
    raise SystemExit(3)

def die(args, progress):
    os._exit(1)

commands = {name: globals()[name] for name in ("add", "count", "refuse", "stumble", "leave", "die")}
lock = Folder(sys.argv[1]).acquire()
with lock, HandoverServer(lock, commands, token=sys.argv[2]):
    print("ready", flush=True)
    sys.stdin.read()
"""


def start_node(folder: Folder, token: str = "", script: str = NODE) -> "subprocess.Popen[str]":
    """A process that serves in *folder* until its input ends."""
    node = subprocess.Popen(
        [sys.executable, "-c", script, str(folder.path), token],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=cabang_testing.command_environment(),
    )
    assert node.stdout is not None
    assert "ready" == node.stdout.readline().strip()
    return node


@pytest.fixture(params=["", "a-token"], ids=["unix", "loopback"])
def node(request, tmp_path):
    """A folder with a running node in a process of its own."""
    folder = Folder(tmp_path)
    with start_node(folder, request.param) as process:
        yield folder
        process.communicate()


def silent(text: str, done: int, total: int) -> None:
    """Progress nobody watches."""


def never(lock: Lock) -> dict[str, Any]:
    raise AssertionError("the node should have done it")


class FakeTime:
    """A clock that moves only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def test_a_free_folder_is_worked_in_directly(tmp_path) -> None:
    """Goal: no node, no waiting. Method: run in a free folder; the lock is held meanwhile and free afterwards."""
    folder = Folder(tmp_path)

    def local(lock: Lock) -> dict[str, Any]:
        assert lock.folder is folder
        assert folder.acquire() is None
        return {"done": True}

    assert {"done": True} == run(folder, "add", {}, local, silent)
    folder.take().close()


def test_an_error_of_the_command_frees_the_folder(tmp_path) -> None:
    """Goal: nothing stays locked. Method: a command that raises in a free folder."""

    def local(lock: Lock) -> dict[str, Any]:
        raise Gap(first=2, held=0)

    with pytest.raises(Gap):
        run(Folder(tmp_path), "add", {}, local, silent)
    Folder(tmp_path).take().close()


def test_no_folder_is_a_clear_error(tmp_path) -> None:
    """Goal: a mistyped DIR is named. Method: run where nothing is."""
    with pytest.raises(NotAFolder):
        run(Folder(tmp_path / "missing"), "add", {}, never, silent)


def test_a_running_node_does_the_command(node) -> None:
    """Goal: hand over and print the answer. Method: a node in another process; its number, progress and result."""
    told: list[tuple[str, int, int]] = []
    result = run(node, "add", {"a": 2, "b": 3}, never, lambda *words: told.append(words))
    assert {"sum": 5, "pid": node.note().pid} == result
    assert [("adding", 1, 2), ("adding", 2, 2)] == told


def test_a_standard_input_of_1_mib_is_handed_over(node) -> None:
    """Goal: the largest request passes. Method: 1 MiB of quotes, which take two bytes each on the line."""
    assert {"letters": 1 << 20} == call(node, "count", {"stdin": '"' * (1 << 20)}, silent)


def test_errors_survive_the_trip_and_the_node_survives_them(node) -> None:
    """Goal: the class and words of an error arrive. Method: our error, a bug, an exit, no such command."""
    with pytest.raises(Gap, match="before number 7; the hub holds up to 3"):
        call(node, "refuse", {}, silent)
    with pytest.raises(CommandFailed, match="KeyError: 'missing'"):
        call(node, "stumble", {}, silent)
    with pytest.raises(CommandFailed, match="SystemExit: 3"):
        call(node, "leave", {}, silent)
    with pytest.raises(UnknownCommand, match="'fly'"):
        call(node, "fly", {}, silent)
    assert 3 == call(node, "add", {"a": 1, "b": 2}, silent)["sum"]


def test_an_oversize_request_is_refused_before_it_is_sent(node) -> None:
    """Goal: a limit on everything. Method: 64 KB of arguments and a bit."""
    with pytest.raises(TooLarge):
        call(node, "add", {"a": "x" * (1 << 16)}, silent)


def test_two_commands_at_once_are_both_done(node) -> None:
    """Goal: commands wait for their turn. Method: two clients that start together, twenty times each."""
    sums: list[int] = []
    together = threading.Barrier(2)

    def ask(start: int) -> None:
        together.wait()
        sums.extend(call(node, "add", {"a": start, "b": n}, silent)["sum"] for n in range(20))

    threads = [threading.Thread(target=ask, args=(start,)) for start in (100, 200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [*range(100, 120), *range(200, 220)] == sorted(sums)


def test_a_node_that_dies_in_the_middle_is_named(node) -> None:
    """Goal: no endless wait and no false success. Method: a command that ends the node's process."""
    with pytest.raises(NodeGone):
        call(node, "die", {}, silent)


def test_after_kill_9_the_command_works_itself(tmp_path) -> None:
    """Goal: a dead node is no obstacle. Method: SIGKILL the node; its socket stays; run, then look."""
    folder = Folder(tmp_path)
    with start_node(folder) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
    left_behind = folder.socket_file.is_socket()
    assert {"socket": False} == run(folder, "add", {}, lambda lock: {"socket": folder.socket_file.exists()}, silent)
    assert left_behind


def test_a_long_path_is_served_from_elsewhere(tmp_path) -> None:
    """Goal: a deep folder works. Method: a path over 100 bytes; hand over, stop, and look for what is left."""
    folder = Folder(tmp_path / ("long" * 30))
    folder.create()
    with start_node(folder) as process:
        note = folder.note()
        assert note is not None
        elsewhere = Path(note.socket)
        assert 5 == call(folder, "add", {"a": 2, "b": 3}, silent)["sum"]
        assert (0o700, 0o600) == tuple(path.stat().st_mode & 0o777 for path in (elsewhere.parent, elsewhere))
        assert len(str(elsewhere)) <= SOCKET_PATH_BYTES_MAX < len(str(folder.socket_file))
        process.communicate()
    assert (False, False) == (folder.socket_file.exists(), elsewhere.parent.exists())


def test_a_deleted_lock_file_does_not_hide_the_node(tmp_path) -> None:
    """Goal: "rm DIR/lock" harms nothing. Method: delete it while the node runs, then hand a command over."""
    folder = Folder(tmp_path)
    with start_node(folder) as process:
        folder.lock_file.unlink()
        assert 5 == run(folder, "add", {"a": 2, "b": 3}, never, silent)["sum"]
        process.communicate()


def test_a_lock_without_a_socket_is_waited_for_and_then_named(tmp_path) -> None:
    """Goal: 5 s, then a clear error with the process. Method: hold the lock, serve nothing, a clock that is sleep."""
    folder, time = Folder(tmp_path), FakeTime()
    with folder.take(), pytest.raises(LockHeld) as caught:
        run(folder, "add", {}, never, silent, clock=time.clock, sleep=time.sleep)
    assert {"folder": str(tmp_path), "pid": os.getpid()} == caught.value.params
    assert 5 == round(time.now)


def test_a_node_that_is_just_starting_is_waited_for(tmp_path) -> None:
    """Goal: no error in the moment between lock and socket. Method: the node starts to serve during the first sleep."""
    folder = Folder(tmp_path)
    with Holder(folder) as holder:
        assert {"at": "the node"} == run(folder, "where", {}, never, silent, sleep=lambda seconds: holder.serve())


def test_a_lock_that_becomes_free_is_taken(tmp_path) -> None:
    """Goal: a command that waits goes on by itself. Method: the holder lets go during the first sleep."""
    folder = Folder(tmp_path)
    lock = folder.take()
    assert {"at": "here"} == run(folder, "where", {}, lambda _: {"at": "here"}, silent, sleep=lambda _: lock.close())


@pytest.mark.parametrize("left_behind", [False, True])
def test_asking_where_nobody_listens_is_a_clear_error(tmp_path, left_behind) -> None:
    """Goal: call says that there is no node. Method: no socket, and one whose process is gone."""
    folder = Folder(tmp_path)
    if left_behind:
        with closing(socket.socket(socket.AF_UNIX)) as dead:
            dead.bind(str(folder.socket_file))
    with pytest.raises(LockHeld) as caught:
        call(folder, "add", {}, silent)
    assert {"folder": str(tmp_path), "pid": "?"} == caught.value.params


class Holder:
    """Holds a folder's lock; answers one client with fixed bytes once told to serve."""

    def __init__(self, folder: Folder, answer: bytes = b'{"result":{"at":"the node"}}\n') -> None:
        self.folder, self.answer = folder, answer
        self.thread = threading.Thread(target=self.answer_one)

    def __enter__(self) -> "Holder":
        self.lock = self.folder.take()
        self.listener = socket.socket(socket.AF_UNIX)
        return self

    def serve(self) -> None:
        self.listener.bind(str(self.folder.socket_file))
        self.listener.listen()
        self.thread.start()

    def answer_one(self) -> None:
        peer, _ = self.listener.accept()
        with peer:
            peer.recv(1 << 16)
            peer.sendall(self.answer)

    def __exit__(self, *error: object) -> None:
        self.thread.join()
        self.listener.close()
        self.lock.close()


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"", NodeGone),
        (b'{"result":{}}', NodeGone),
        (b'{"progress":"a","done":1,"total":2}\n', NodeGone),
        (b"what?\n", Malformed),
        (b"x" * (ANSWER_BYTES_MAX + 1), TooLarge),
    ],
)
def test_a_strange_answer_is_a_clear_error(tmp_path, answer, error) -> None:
    """Goal: neither a wait without end nor a false result. Method: nothing, half a line, no end, no JSON, too much."""
    folder = Folder(tmp_path)
    with Holder(folder, answer) as holder:
        holder.serve()
        with pytest.raises(error):
            call(folder, "add", {}, silent)
