"""What gammu keeps to itself: +CMS and +CME ERROR codes, and messages as the modem gave them.

The stream holds numbers and texts, so it lives in memory alone and is emptied before each call.
"""

import os
import re
from typing import Any

_READ_MAX = 1 << 20
_UNASKED = b"4"  # a line of the modem that answers nothing
_REPLY = re.compile(rb"(?m)^AT reply state: (\d+)\n(?:(?:Error \d+\n)?CM([SE]) Error (\d+))?")


def codes(stream: bytes) -> tuple[int | None, int | None]:
    """The +CMS and the +CME ERROR code of the last answer in the *stream*; None where there is none.

    Only what follows gammu's note of an answer counts: the stream also quotes texts, which may say anything.
    """
    replies = [match for match in _REPLY.finditer(stream) if match[1] != _UNASKED]
    if not replies or replies[-1][3] is None:
        return None, None
    code = int(replies[-1][3])
    return (code, None) if replies[-1][2] == b"S" else (None, code)


class DebugStream:
    """What gammu says while it works; without a file system in memory (not Linux) it stays empty."""

    def __init__(self) -> None:
        self._file = os.fdopen(os.memfd_create("gammu"), "r+b", buffering=0) if hasattr(os, "memfd_create") else None

    def attach(self, machine: Any) -> None:
        """From now on gammu's state machine writes here; its Init would undo it."""
        if self._file:
            machine.SetDebugFile(self._file)
            machine.SetDebugLevel("errors")

    def clear(self) -> None:
        """A new call begins."""
        if self._file:
            os.ftruncate(self._file.fileno(), 0)

    def text(self) -> bytes:
        """What gammu said during the last call."""
        return os.pread(self._file.fileno(), _READ_MAX, 0) if self._file else b""
