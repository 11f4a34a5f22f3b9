"""Who uses a port of this computer, where the system tells (Linux, processes of this user)."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")
COMMAND_LETTERS_MAX = 60
_LISTENING = "0A"
_STATE, _INODE = 3, 9  # columns of /proc/net/tcp


def owner_of(port: int, proc: Path = PROC) -> str:
    """The command and number of the process that listens at *port*; empty when nobody says."""
    inodes = {f"socket:[{inode}]" for name in ("tcp", "tcp6") for inode in _listening(proc / "net" / name, port)}
    for process in proc.glob("[0-9]*") if inodes else ():
        with suppress(OSError):
            if any(str(link.readlink()) in inodes for link in (process / "fd").iterdir()):
                return f"{_command(process)} ({process.name})"
    return ""


def _listening(table: Path, port: int) -> Iterator[str]:
    """Inodes of the sockets that listen at *port*."""
    with suppress(OSError):
        for line in table.read_text("ascii").splitlines()[1:]:
            columns = line.split()
            if columns[_STATE] == _LISTENING and int(columns[1].rpartition(":")[2], 16) == port:
                yield columns[_INODE]


def _command(process: Path) -> str:
    words = (process / "cmdline").read_bytes().decode(errors="replace").split("\0")
    return " ".join(" ".join(words).split())[:COMMAND_LETTERS_MAX]
