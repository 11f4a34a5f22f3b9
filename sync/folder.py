"""A node's folder: the names in it, its lock, and files only its owner may read.

One process at a time writes in a folder: the one that holds ``DIR/lock``.  On POSIX it holds the directory itself as
well, so that deleting the lock file lets nobody in.  The file stays; its text says who holds it and where that
process listens.  The operating system frees the lock when the process ends, however it ends.
"""

import json
import os
import stat
import sys
import weakref
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

from sync.errors import N_, AlreadyRuns, CabangError, DiskFull, FolderInUse, LockHeld, NotAFolder

BRANCH, HUB = "branch", "hub"
DATABASES = {BRANCH: "branch.db", HUB: "hub.db"}
LOCK, SOCKET, KEY = "lock", "node.sock", "node.key"

NOTE_BYTES_MAX = 4096

if sys.platform == "win32":
    import msvcrt

    _LOCKED_BYTE = 1 << 30  # far behind the note, which others must be able to read

    def _hold(fd: int) -> bool:
        os.lseek(fd, _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def sync_directory(path: Path) -> None:
        """Nothing: Windows makes a rename durable by itself."""
else:
    import fcntl

    def _hold(fd: int) -> bool:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def sync_directory(path: Path) -> None:
        """Makes the names in the directory *path* survive a power cut."""
        fd = os.open(path, os.O_RDONLY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)


class NotYourFolder(CabangError):
    code = "not_your_folder"
    happened = N_("The folder %(folder)s belongs to another user of this computer.")
    todo = N_("Give the command as the user who made the folder.")


class Note(NamedTuple):
    """What the holder wrote into the lock: its process, where it listens ("" = nowhere), the token it asks for.

    ``url``: where it serves pages.
    """

    pid: int
    socket: str = ""
    token: str = ""
    url: str = ""


class Folder:
    """A node's DIR.  ``path`` is absolute; whether there is a node in it says ``kind()``."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path).absolute()

    @property
    def lock_file(self) -> Path:
        return self.path / LOCK

    @property
    def socket_file(self) -> Path:
        return self.path / SOCKET

    @property
    def key_file(self) -> Path:
        return self.path / KEY

    def kind(self) -> str:
        """BRANCH or HUB; raises NotAFolder when no node was made here."""
        for kind, name in DATABASES.items():
            if (self.path / name).is_file():
                return kind
        raise NotAFolder(folder=str(self.path))

    def database(self) -> Path:
        """The node's database file; raises NotAFolder."""
        return self.path / DATABASES[self.kind()]

    def create(self) -> None:
        """Makes the directory for a new node, its owner's alone (0700); raises FolderInUse if a node is in it."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any((self.path / name).exists() for name in DATABASES.values()):
            raise FolderInUse(folder=str(self.path))

    def acquire(self) -> "Lock | None":
        """The lock, or None while another process (or this one) holds it.

        What a holder that died left behind, its socket, is removed.  Raises NotAFolder without a directory,
        NotYourFolder, DiskFull.
        """
        try:
            fds = _hold_all(self.path)
            return None if fds is None else Lock(self, fds)
        except (FileNotFoundError, NotADirectoryError):
            raise NotAFolder(folder=str(self.path)) from None
        except PermissionError:
            raise NotYourFolder(folder=str(self.path)) from None
        except OSError as error:
            raise DiskFull(folder=str(self.path)) from error

    def take(self) -> "Lock":
        """The lock; raises LockHeld while another holds it, AlreadyRuns while that one serves pages.

        Also raises what ``acquire`` raises.
        """
        lock = self.acquire()
        if lock is None:
            note = self.note()
            if note and note.url:
                raise AlreadyRuns(folder=str(self.path), url=note.url, pid=note.pid)
            raise self.held_error()
        return lock

    def held_error(self) -> LockHeld:
        """The error that names this folder's holder."""
        note = self.note()
        return LockHeld(folder=str(self.path), pid=note.pid if note else "?")

    def note(self) -> Note | None:
        """What stands in the lock file; None when it is missing, empty or unreadable.  It may be a dead process's."""
        try:
            with self.lock_file.open("rb") as file:
                fields = json.loads(file.read(NOTE_BYTES_MAX))
            note = Note(fields["pid"], fields["socket"], fields.get("token", ""), fields.get("url", ""))
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None
        return note if [type(part) for part in note] == [int, str, str, str] else None


class Lock:
    """The right to write in a folder, until ``close()`` or the end of the process.  A context manager."""

    def __init__(self, folder: Folder, fds: list[int]) -> None:
        self.folder = folder
        self._fds = fds
        _held.add(self)
        _remove_stale(folder, folder.note())
        try:
            self.announce()
        except OSError:
            self.forget()
            raise

    def announce(self, socket: str = "", token: str = "", url: str = "") -> None:
        """Tells other processes where the holder listens, the token it asks for, and where its pages are."""
        said = {"token": token, "url": url}
        more = {name: text for name, text in said.items() if text}
        self._write(json.dumps({"pid": os.getpid(), "socket": socket, **more}).encode())

    def close(self) -> None:
        """Lets the next process in.  The file stays, empty."""
        if self._fds:
            self._write(b"")
            self.forget()

    def forget(self) -> None:
        """Closes the files without a word: in a forked child, where the lock is still the parent's."""
        _close_all(self._fds)
        self._fds = []

    def _write(self, text: bytes) -> None:
        fd = self._fds[-1]
        os.ftruncate(fd, 0)
        os.lseek(fd, 0, os.SEEK_SET)
        os.write(fd, text)

    def __enter__(self) -> "Lock":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()


_held: "weakref.WeakSet[Lock]" = weakref.WeakSet()


def _forget_in_child() -> None:
    for lock in list(_held):
        lock.forget()


if sys.platform != "win32":
    os.register_at_fork(after_in_child=_forget_in_child)


def _hold_all(path: Path) -> list[int] | None:
    """Descriptors of the directory (POSIX) and of the lock file, both locked; None when one is taken."""
    wanted = [(path, os.O_RDONLY)] if os.name == "posix" else []
    fds: list[int] = []
    try:
        for name, flags in [*wanted, (path / LOCK, os.O_RDWR | os.O_CREAT)]:
            fds.append(os.open(name, flags, 0o600))
            if not _hold(fds[-1]):
                _close_all(fds)
                return None
    except OSError:
        _close_all(fds)
        raise
    return fds


def _close_all(fds: list[int]) -> None:
    for fd in fds:
        os.close(fd)


def _remove_stale(folder: Folder, note: Note | None) -> None:
    """Removes the socket a dead holder left in *folder*, and the one its note names elsewhere."""
    remove_socket(folder, folder.socket_file)
    if note is not None and Path(note.socket).name == SOCKET:
        remove_socket(folder, Path(note.socket))


def remove_socket(folder: Folder, path: Path) -> None:
    """Removes *path* if it is a socket, with the private directory made for it when it lies outside *folder*."""
    with suppress(OSError):
        if stat.S_ISSOCK(path.lstat().st_mode):
            path.unlink()
            if path.parent != folder.path:
                path.parent.rmdir()


def write_private(path: Path, data: bytes) -> None:
    """Puts *data* into *path* for its owner alone (0600): all of it or, after any failure, what was there before."""
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    try:
        fresh.touch(mode=0o600, exist_ok=False)
        with fresh.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    sync_directory(path.parent)
