"""A node's folder, its lock, and private files: real files, real processes, real signals."""

import os
import resource
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import cabang_testing
import pytest

from sync.errors import AlreadyRuns, DiskFull, FolderInUse, LockHeld, NotAFolder
from sync.folder import BRANCH, HUB, Folder, NotYourFolder, write_private

HOLDER = """
import os, sys
from sync.folder import Folder
lock = Folder(sys.argv[1]).acquire()
print("held" if lock else "refused", flush=True)
sys.stdin.read()
"""
NOBODY = 65534


def start_holder(folder: Path) -> "subprocess.Popen[str]":
    """A process that tried to take the lock; its first line says whether it did. It ends when its input ends."""
    return subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=cabang_testing.command_environment(),
    )


def said(holder: "subprocess.Popen[str]") -> str:
    assert holder.stdout is not None
    return holder.stdout.readline().strip()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize(("name", "kind"), [("branch.db", BRANCH), ("hub.db", HUB)])
def test_the_database_tells_the_kind(tmp_path, name, kind) -> None:
    """Goal: a command knows what it was given. Method: a folder with either database."""
    (tmp_path / name).touch()
    assert (kind, tmp_path / name) == (Folder(tmp_path).kind(), Folder(tmp_path).database())


@pytest.mark.parametrize("below", ["", "missing"])
def test_a_folder_without_a_node_is_refused(tmp_path, below) -> None:
    """Goal: a mistyped DIR gives a clear error. Method: an empty folder and one that is not there."""
    with pytest.raises(NotAFolder) as caught:
        Folder(tmp_path / below).kind()
    assert {"folder": str(tmp_path / below)} == caught.value.params


def test_a_relative_path_is_kept_absolute(tmp_path, monkeypatch) -> None:
    """Goal: the node survives a change of directory. Method: a relative DIR, its names compared."""
    monkeypatch.chdir(tmp_path)
    folder = Folder("node")
    names = [folder.lock_file, folder.socket_file, folder.key_file]
    assert [tmp_path / "node" / name for name in ("lock", "node.sock", "node.key")] == names


def test_a_new_folder_is_its_owners_alone(tmp_path) -> None:
    """Goal: other users of the PC read nothing. Method: create a nested folder, look at its mode."""
    folder = Folder(tmp_path / "shops" / "ptk")
    folder.create()
    assert 0o700 == mode(folder.path)


def test_existing_data_is_never_taken_for_a_new_folder(tmp_path) -> None:
    """Goal: a second init harms nothing. Method: create on a folder that holds a database."""
    (tmp_path / "hub.db").write_bytes(b"data")
    with pytest.raises(FolderInUse):
        Folder(tmp_path).create()
    assert b"data" == (tmp_path / "hub.db").read_bytes()


def test_the_lock_shuts_out_another_process(tmp_path) -> None:
    """Goal: one writer. Method: a second process tries while this one holds the lock, and once more afterwards."""
    lock = Folder(tmp_path).take()
    with start_holder(tmp_path) as second:
        assert "refused" == said(second)
    lock.close()
    with start_holder(tmp_path) as third:
        assert "held" == said(third)


def test_the_lock_shuts_out_this_process_too(tmp_path) -> None:
    """Goal: one writer, threads included. Method: twice in one process, both ways, then again after closing."""
    folder = Folder(tmp_path)
    with folder.take():
        assert folder.acquire() is None
        with pytest.raises(LockHeld) as caught:
            folder.take()
    assert {"folder": str(tmp_path), "pid": os.getpid()} == caught.value.params
    again = folder.take()
    again.close()
    again.close()


def test_a_deleted_lock_file_lets_nobody_in(tmp_path) -> None:
    """Goal: "rm DIR/lock" is no way round. Method: delete the file while it is held; a second process tries."""
    with Folder(tmp_path).take():
        (tmp_path / "lock").unlink()
        with start_holder(tmp_path) as second:
            assert "refused" == said(second)


def test_kill_9_frees_the_lock(tmp_path) -> None:
    """Goal: a node that dies can be started again at once. Method: SIGKILL the holder, then acquire."""
    with start_holder(tmp_path) as holder:
        assert "held" == said(holder)
        assert Folder(tmp_path).acquire() is None
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    lock = Folder(tmp_path).take()
    lock.close()


def test_a_forked_child_does_not_keep_the_lock(tmp_path) -> None:
    """Goal: a worker that outlives its node holds nothing. Method: fork, close the parent's lock, acquire again."""
    folder = Folder(tmp_path)
    lock = folder.take()
    parents_end, childs_end = socket.socketpair()
    child = os.fork()
    if child == 0:
        lock.close()  # the parent's note must stay as well
        childs_end.send(b"alive")
        parents_end.close()
        childs_end.recv(1)
        os._exit(0)
    childs_end.close()
    parents_end.recv(5)
    noted, meanwhile = folder.note(), folder.acquire()
    lock.close()
    folder.take().close()
    parents_end.close()
    os.waitpid(child, 0)
    assert (os.getpid(), None) == (noted and noted.pid, meanwhile)


def test_the_lock_says_who_holds_it_and_where(tmp_path) -> None:
    """Goal: others find the holder. Method: read the note before, while and after the lock is held."""
    folder = Folder(tmp_path)
    assert folder.note() is None
    with folder.take() as lock:
        assert (os.getpid(), "", "", "") == folder.note()
        lock.announce("127.0.0.1:5000", "token", "http://127.0.0.1:8000/")
        assert (os.getpid(), "127.0.0.1:5000", "token", "http://127.0.0.1:8000/") == folder.note()
        lock.announce()
        assert (os.getpid(), "", "", "") == folder.note()
    assert (None, True, 0o600) == (folder.note(), folder.lock_file.exists(), mode(folder.lock_file))


def test_a_node_that_serves_is_named_with_its_address(tmp_path) -> None:
    """Goal: nobody is told to kill a node that works. Method: take the lock while another serves, and works unheard."""
    folder = Folder(tmp_path)
    with folder.take() as lock:
        lock.announce("x", url="http://127.0.0.1:8000/")
        with pytest.raises(AlreadyRuns) as caught:
            folder.take()
        lock.announce()
        with pytest.raises(LockHeld) as unheard:
            folder.take()
    assert ("http://127.0.0.1:8000/", "lock_held") == (caught.value.params["url"], unheard.value.code)


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b'{"pid":"1","socket":""}', b'{"pid":1}', b"\xff", b"[" * 5000])
def test_a_damaged_note_is_no_note(tmp_path, text) -> None:
    """Goal: whatever stands in the lock file harms nobody. Method: read damaged notes, then acquire."""
    folder = Folder(tmp_path)
    folder.lock_file.write_bytes(text)
    assert folder.note() is None
    folder.take().close()


def test_acquiring_removes_the_sockets_of_a_dead_holder(tmp_path) -> None:
    """Goal: stale sockets go. Method: one in the folder and one elsewhere, named in the note left behind."""
    folder = Folder(tmp_path / "node")
    elsewhere = tmp_path / "private" / "node.sock"
    for path in (folder.socket_file, elsewhere):
        path.parent.mkdir()
        with socket.socket(socket.AF_UNIX) as dead:
            dead.bind(str(path))
    folder.lock_file.write_text(f'{{"pid": 1, "socket": "{elsewhere}"}}')
    with folder.take():
        assert (False, False) == (folder.socket_file.exists(), elsewhere.parent.exists())


def test_acquiring_removes_nothing_but_sockets(tmp_path) -> None:
    """Goal: a forged note deletes no file. Method: ordinary files under the sockets' names."""
    folder = Folder(tmp_path / "node")
    elsewhere = tmp_path / "private" / "node.sock"
    for path in (folder.socket_file, elsewhere):
        path.parent.mkdir()
        path.write_text("a file")
    folder.lock_file.write_text(f'{{"pid": 1, "socket": "{elsewhere}"}}')
    with folder.take():
        assert ["a file"] * 2 == [folder.socket_file.read_text(), elsewhere.read_text()]


@pytest.mark.parametrize("below", ["missing", "file"])
def test_only_a_directory_can_be_locked(tmp_path, below) -> None:
    """Goal: a clear error. Method: acquire where nothing is, and where a file is."""
    (tmp_path / "file").touch()
    with pytest.raises(NotAFolder):
        Folder(tmp_path / below).acquire()


def in_a_child(act) -> str:
    """The name of the error *act* raised in a forked child, "" for none."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        name = ""
        try:
            act()
        except Exception as error:  # noqa: BLE001 - the parent tells
            name = type(error).__name__
        os.write(writing, name.encode())
        os._exit(0)
    os.close(writing)
    with open(reading, "rb") as file:  # noqa: PTH123 - a pipe
        name = file.read().decode()
    os.waitpid(child, 0)
    return name


def test_another_users_folder_is_named_as_such(tmp_path) -> None:
    """Goal: a clear error instead of a half-open node. Method: acquire as a user without rights to the folder."""
    tmp_path.chmod(0)

    def acquire_as_another() -> None:
        if os.getuid() == 0:
            os.setuid(NOBODY)
        Folder(tmp_path).acquire()

    raised = in_a_child(acquire_as_another)
    tmp_path.chmod(0o700)
    assert NotYourFolder.__name__ == raised


def test_a_disk_that_takes_nothing_is_named_as_such(tmp_path) -> None:
    """Goal: a clear error, and no lock left. Method: acquire in a process that may write no byte, then here."""

    def acquire_without_space() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        try:
            Folder(tmp_path).acquire()
        except DiskFull:
            resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
            Folder(tmp_path).acquire()  # the same again: the failed one holds nothing

    assert DiskFull.__name__ == in_a_child(acquire_without_space)
    Folder(tmp_path).take().close()


def test_a_private_file_is_its_owners_alone(tmp_path) -> None:
    """Goal: keys are not readable by others. Method: write under a loose umask, twice; look at bytes and mode."""
    path = tmp_path / "node.key"
    before = os.umask(0)
    try:
        write_private(path, b"first")
        write_private(path, b"second")
    finally:
        os.umask(before)
    assert (b"second", 0o600, [path]) == (path.read_bytes(), mode(path), list(tmp_path.iterdir()))


def test_a_private_file_that_could_not_be_written_is_as_before(tmp_path) -> None:
    """Goal: all or nothing. Method: write beyond the process's file size limit; look at what stands there."""
    path = tmp_path / "node.key"
    write_private(path, b"first")

    def write_too_much() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        write_private(path, b"x" * 5000)

    assert "OSError" == in_a_child(write_too_much)
    assert (b"first", [path]) == (path.read_bytes(), list(tmp_path.iterdir()))


def test_a_crash_in_the_middle_of_writing_is_no_obstacle(tmp_path) -> None:
    """Goal: the next write works. Method: leave a temporary file of a crash, then write."""
    path = tmp_path / "node.key"
    (tmp_path / "node.key.new").write_bytes(b"half")
    write_private(path, b"whole")
    assert (b"whole", [path]) == (path.read_bytes(), list(tmp_path.iterdir()))
