"""The real child that owns a modem, and an emulated modem for it, with gammu in between."""

import select
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Self

from modem import Modem

from sms_daemon.child import Child, ChildGone, modem_command

TO = "+628123456789"
DEADLINE, GONE = "deadline", "gone"
Answer = dict[str, Any]


class Line:
    """A child for *device*.  ``ask`` waits for its answer; when it is late, it is killed.  A context manager."""

    def __init__(self, device: Path, connection: str = "at115200") -> None:
        self._place = {"connection": connection, "device": str(device), "smsc": None}
        self.child = Child(modem_command(), time.monotonic)

    def begin(self, pin: str | None = None) -> None:
        """A new child is told to open the modem; or, if one runs, to look again."""
        if not self.child.running:
            self.child.start()
        self.child.ask({"do": "open", "pin": pin, **self._place})

    def wait(self) -> Answer:
        """The answer; ``error`` is DEADLINE or GONE when there is none."""
        while True:
            try:
                answer = self.child.answer()
            except ChildGone:
                return self._ended(GONE)
            if answer is not None:
                return answer
            if self.child.overdue():
                return self._ended(DEADLINE)
            select.select([self.child.fileno()], [], [], 0.05)

    def _ended(self, error: str) -> Answer:
        self.child.kill()
        return {"ok": False, "error": error}

    def open(self, pin: str | None = None) -> Answer:
        """``begin`` and ``wait``."""
        self.begin(pin)
        return self.wait()

    def ask(self, do: str, deadline_s: float | None = None, **keys: Any) -> Answer:
        """One request's answer."""
        self.child.ask({"do": do, **keys}, deadline_s)
        return self.wait()

    def send(self, text: str, coding: str = "gsm7", deadline_s: float | None = None, **keys: Any) -> Answer:
        """One part's answer."""
        part = {"number": TO, "text": text, "coding": coding, "udh": None, "report": False, "validity_min": 60}
        return self.ask("send", deadline_s, **{**part, **keys})

    def close(self) -> None:
        """The child ends."""
        self.child.kill()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Station(Line):
    """An emulated modem in *folder*, its state as in ``Modem``, and its child."""

    def __init__(self, folder: Path, **state: Any) -> None:
        folder.mkdir()
        self.modem = Modem(folder, **state)
        super().__init__(self.modem.link)

    def close(self) -> None:
        """Child and modem end."""
        super().close()
        self.modem.stop()


def opened(lines: Iterable[Line], pin: str | None = None) -> list[Answer]:
    """Opens all of them at once: each takes gammu four seconds of waiting."""
    these = list(lines)
    for line in these:
        line.begin(pin)
    return [line.wait() for line in these]
