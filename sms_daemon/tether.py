"""A child that never outlives what it is for: it ends with its parent and with its device, whatever gammu is doing."""

import ctypes
import os
import queue
import signal
import stat
import sys
import threading
import time
from pathlib import Path

from .protocol import LINE_MAX

_LOOK_S = 0.25
_PR_SET_PDEATHSIG = 1
_READ_MAX = 65536


def die_with_parent() -> None:
    """On Linux the kernel kills this process when the thread that started it ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def requests(file: int) -> "queue.SimpleQueue[bytes]":
    """The lines that arrive on *file*.  Its end means that the parent is gone: then this process ends at once."""
    lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_hear, args=(file, lines), daemon=True).start()
    return lines


def _hear(file: int, lines: "queue.SimpleQueue[bytes]") -> None:
    rest = b""
    while piece := os.read(file, _READ_MAX):
        *whole, rest = (rest + piece).split(b"\n")
        if len(rest) > LINE_MAX:
            break
        for line in whole:
            lines.put(line)
    os._exit(0)


def end_with(device: str) -> None:
    """From now on this process ends when the *device* goes; gammu would wait for minutes for its answer."""
    node = Path(device).resolve()
    if birth := _birth(node):
        threading.Thread(target=_watch, args=(node, birth), daemon=True).start()


def _watch(node: Path, birth: tuple[int, int]) -> None:
    while _birth(node) == birth:
        time.sleep(_LOOK_S)
    os._exit(1)


def _birth(node: Path) -> tuple[int, int] | None:
    """What tells a device from another that came under its name; None when there is none."""
    try:
        found = node.stat()
    except OSError:
        return None
    return (found.st_ino, found.st_rdev) if stat.S_ISCHR(found.st_mode) else None
