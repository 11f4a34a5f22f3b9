"""The daemon's side of a modem's child: asks, never waits, and kills."""

import os
import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from . import protocol
from .programs import program

_READ_MAX = 65536
_REAP_S = 0.5  # the kernel may hold a dead process longer, while its port drains


class ChildGone(Exception):
    """No answer will come.  *reason*: ``child_gone`` or ``bad_answer``; the child is dead, ``kill`` tidies up."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def modem_command() -> list[str]:
    """What starts the child that owns a modem."""
    return program("sms_daemon.modem")


class Child:
    """One child that *command* starts; it can be started again after ``kill``.  *clock*: seconds that never go back."""

    def __init__(self, command: Sequence[str], clock: Callable[[], float]) -> None:
        self._command, self._clock = list(command), clock
        self._process: subprocess.Popen[bytes] | None = None
        self._number = 0
        self._deadline: float | None = None
        self._heard = bytearray()

    def start(self) -> None:
        """A new child, in a session of its own: Ctrl+C in a terminal is the daemon's alone.  ChildGone: none came."""
        self.kill()
        pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
        try:
            self._process = subprocess.Popen(
                self._command, stdin=pipe, stdout=pipe, stderr=nowhere, bufsize=0, start_new_session=True
            )
        except OSError as error:
            raise ChildGone("child_gone") from error
        for name in ("stdin", "stdout"):
            os.set_blocking(self._file(name).fileno(), False)

    @property
    def running(self) -> bool:
        """Was it started and not killed?  It may have ended since."""
        return self._process is not None

    @property
    def busy(self) -> bool:
        """Is an answer due?"""
        return self._deadline is not None

    def fileno(self) -> int:
        """Readable when ``answer`` has something; valid from ``start`` to ``kill``."""
        return self._file("stdout").fileno()

    def _file(self, name: str) -> Any:
        if self._process is None:
            raise ChildGone("child_gone")
        return getattr(self._process, name)

    def ask(self, request: dict[str, Any], deadline_s: float | None = None) -> None:
        """Sends a request (``do`` and its keys), answered within *deadline_s*, or the usual time of its kind."""
        if self.busy:
            raise RuntimeError("the last request is not answered yet")
        self._number += 1
        line = protocol.encode({"n": self._number, **request})
        try:
            written = self._file("stdin").write(line)
        except OSError as error:
            raise self._gone("child_gone") from error
        if written != len(line):
            raise self._gone("child_gone")
        self._deadline = self._clock() + (protocol.DEADLINES_S[request["do"]] if deadline_s is None else deadline_s)

    def answer(self) -> dict[str, Any] | None:
        """The answer, once it is whole.  ChildGone: it ended, or said what is no answer."""
        ended = self._hear()
        line, found, rest = self._heard.partition(b"\n")
        if len(line) > protocol.LINE_MAX or (found and (rest or not self.busy)):
            raise self._gone("bad_answer")
        if not found:
            if ended:
                raise self._gone("child_gone")
            return None
        self._heard.clear()
        self._deadline = None
        return self._checked(bytes(line))

    def _hear(self) -> bool:
        """Takes what the child has said; True at its end."""
        out = self._file("stdout")
        while len(self._heard) <= protocol.LINE_MAX:
            piece = out.read(_READ_MAX)
            if not piece:
                return piece is not None
            self._heard += piece
        return False

    def _checked(self, line: bytes) -> dict[str, Any]:
        try:
            said = protocol.decode(line)
        except ValueError as error:
            raise self._gone("bad_answer") from error
        if said.get("n") != self._number or not isinstance(said.get("ok"), bool):
            raise self._gone("bad_answer")
        return said

    def overdue(self) -> bool:
        """Has the deadline passed?  Then ``kill``."""
        return self._deadline is not None and self._clock() >= self._deadline

    def _gone(self, reason: str) -> ChildGone:
        self._deadline = None
        if self._process:
            self._process.kill()
        return ChildGone(reason)

    def kill(self) -> None:
        """Ends it at once, whatever it does; nothing it says afterwards is heard."""
        process, self._process = self._process, None
        self._deadline = None
        self._heard.clear()
        if process is None:
            return
        process.kill()
        for file in (process.stdin, process.stdout):
            if file is not None:
                with suppress(OSError):
                    file.close()
        with suppress(subprocess.TimeoutExpired):
            process.wait(_REAP_S)
