"""``DIR/sms.lock``: one process at a time uses a branch's modems and writes its ledger.

The operating system frees the lock when the process ends, however it ends.  The file's text says who holds it and
where that process listens; it may be a dead process's, so only a held lock makes it true.
"""

import json
import os
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from sms_daemon.errors import N_, SmsError

FILE = "sms.lock"
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
else:
    import fcntl

    def _hold(fd: int) -> bool:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def _hold_soon(fd: int) -> bool:
    """Somebody who only asks whether the lock is held has it for a moment."""
    for _ in range(4):
        if _hold(fd):
            return True
        time.sleep(0.05)
    return _hold(fd)


class SmsRunning(SmsError):
    code = "sms_running"
    happened = N_("The SMS program of this branch runs already (process %(pid)s).")
    todo = N_("Use that one, or end it first.")
    retry_safe = True


class Note(NamedTuple):
    """What the holder wrote: its process, where it listens ("" = nowhere), the token it asks for."""

    pid: int
    address: str = ""
    token: str = ""


class Lock:
    """The right to use the modems, until ``close()`` or the end of the process.  A context manager."""

    def __init__(self, folder: Path) -> None:
        """Raises SmsRunning while another process holds it."""
        self._fd = os.open(folder / FILE, os.O_RDWR | os.O_CREAT, 0o600)
        os.set_inheritable(self._fd, False)
        if not _hold_soon(self._fd):
            os.close(self._fd)
            found = note(folder)
            raise SmsRunning(pid=found.pid if found else "?")

    def announce(self, address: str = "", token: str = "") -> None:
        """Tells other processes where the holder listens."""
        text = json.dumps(Note(os.getpid(), address, token)._asdict()).encode()
        os.ftruncate(self._fd, 0)
        os.lseek(self._fd, 0, os.SEEK_SET)
        os.write(self._fd, text)

    def close(self) -> None:
        """Lets the next process in.  The file stays, empty."""
        os.ftruncate(self._fd, 0)
        os.close(self._fd)

    def __enter__(self) -> "Lock":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def note(folder: Path) -> Note | None:
    """What stands in the lock file; None when it is missing, empty or unreadable."""
    with suppress(OSError, ValueError, TypeError):
        with (folder / FILE).open("rb") as file:
            found = Note(**json.loads(file.read(NOTE_BYTES_MAX)))
        return found if [type(part) for part in found] == [int, str, str] else None
    return None


def is_held(folder: Path) -> bool:
    """True while a process holds the lock of *folder*."""
    try:
        fd = os.open(folder / FILE, os.O_RDWR)
    except OSError:
        return False
    try:
        return not _hold(fd)
    finally:
        os.close(fd)
