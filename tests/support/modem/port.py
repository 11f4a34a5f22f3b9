"""The modem's end of a serial port: a pseudo-terminal behind a link, as udev makes one in /dev/serial/by-id."""

import os
import pty
import select
import termios
import tty
from collections import deque
from collections.abc import Callable
from pathlib import Path

from .loop import Loop

_PEEK_S = 0.01  # how soon somebody who opens the port is noticed
_READ_MAX = 65536


class Port:
    """*heard* gets what arrives.  What the modem says to a port nobody has open is lost, unless *keeps* says so."""

    def __init__(self, loop: Loop, link: Path, heard: Callable[[bytes], None], keeps: Callable[[], bool]) -> None:
        self._loop, self._link, self._heard, self._keeps = loop, link, heard, keeps
        self._master: int | None = None
        self._device = ""
        self._plugs = 0
        self._reading = False
        self._said: deque[tuple[bytes, float]] = deque()  # bytes and the seconds each takes
        self._writing = False

    @property
    def device(self) -> str:
        """The path behind the link; empty while unplugged."""
        return self._device if self._master is not None else ""

    def plug(self) -> None:
        """Makes a new device, never under the name of the last one, and points the link at it."""
        master, slave = pty.openpty()
        name = os.ttyname(slave)
        if name == self._device:
            second = pty.openpty()
            os.close(master)
            os.close(slave)
            (master, slave), name = second, os.ttyname(second[1])
        tty.setraw(slave)
        os.close(slave)
        os.set_blocking(master, False)
        self._master, self._device = master, name
        self._plugs += 1
        self._point_link()
        self._wait_for_user(self._plugs)

    def _point_link(self) -> None:
        fresh = self._link.with_name(f"{self._link.name}.new")
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(self._device)
        fresh.replace(self._link)

    def unplug(self) -> None:
        """Device and link are gone; whoever has the port open gets errors."""
        if self._master is None:
            return
        self._link.unlink(missing_ok=True)
        if self._reading:
            self._loop.forget(self._master)
        os.close(self._master)
        self._master, self._reading = None, False
        self._said.clear()
        self._writing = False

    def _wait_for_user(self, plug: int) -> None:
        """Looks now and then whether somebody has opened the port."""
        if plug != self._plugs or self._master is None:
            return
        if _open(self._master):
            self._reading = True
            self._loop.watch(self._master, self._read)
            self._flush()
        else:
            self._loop.later(_PEEK_S, lambda: self._wait_for_user(plug))

    def _read(self) -> None:
        assert self._master is not None
        try:
            data = os.read(self._master, _READ_MAX)
        except BlockingIOError:
            return
        except OSError:
            self._closed(self._master)
        else:
            self._heard(data)

    def _closed(self, master: int) -> None:
        """The last user has closed the port: what was not read is lost with it."""
        self._loop.forget(master)
        self._reading = False
        if not self._keeps():
            self._said.clear()
        slave = os.open(self._device, os.O_RDWR | os.O_NOCTTY)
        termios.tcflush(slave, termios.TCIFLUSH)
        os.close(slave)
        self._wait_for_user(self._plugs)

    def write(self, data: bytes, pace: float = 0) -> None:
        """Says *data* after all that was said before, one byte each *pace* seconds when that is not zero."""
        if self._master is not None and (_open(self._master) or self._keeps()):
            self._said.append((data, pace))
            self._flush()

    def _flush(self) -> None:
        if not self._writing:
            self._step()

    def _step(self) -> None:
        """Says the next piece, and comes back when more is left."""
        self._writing = False
        while self._said and self._master is not None and _open(self._master):
            data, pace = self._said[0]
            written = self._put(data[:1] if pace else data)
            if written == len(data):
                self._said.popleft()
            else:
                self._said[0] = (data[written:], pace)
            if pace or not written:
                self._again(self._plugs, pace or _PEEK_S)
                return

    def _again(self, plug: int, seconds: float) -> None:
        self._writing = True
        self._loop.later(seconds, lambda: self._step() if plug == self._plugs else None)

    def _put(self, data: bytes) -> int:
        assert self._master is not None
        try:
            return os.write(self._master, data)
        except OSError:  # full, or closed this very moment
            return 0


def _open(master: int) -> bool:
    """Does anybody have the other end open?"""
    poll = select.poll()
    poll.register(master, 0)
    return not any(event & select.POLLHUP for _, event in poll.poll(0))
