"""The emulator's process: a modem behind a port, and the socket through which a test changes its world."""

import json
import socket
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from .at import Interpreter
from .faults import Fault, Part
from .journal import Journal
from .loop import Loop
from .port import Port
from .session import Device, Session

_RESTART_S = 0.3  # how long a modem that restarts is away
_JUDGE_S = 5.0
_REQUEST_MAX = 1 << 20


class Emulator:
    """A modem on *link* that writes what happens to *log*; plugged in from the start."""

    def __init__(self, link: Path, log: Path) -> None:
        self.loop = Loop()
        self.device = Device(Journal(log))
        self._port = Port(self.loop, link, self._heard, lambda: self.device.state.keeps_output)
        self._session: Session | None = None
        self._interpreter: Interpreter | None = None
        self._judge: socket.socket | None = None
        self.plug()

    # What the session asks of its line.

    def write(self, data: bytes, pace: float = 0) -> None:
        """Says *data*."""
        self._port.write(data, pace)

    def later(self, seconds: float, do: Callable[[], None]) -> None:
        """Calls *do* after so many seconds."""
        self.loop.later(seconds, do)

    def unplug(self) -> None:
        """Device, link and what the modem was doing are gone; the network keeps what it has."""
        if self._session:
            self.device.journal.write("unplugged")
            self._session.alive = False
        self._session = self._interpreter = None
        self._port.unplug()

    def restart(self) -> None:
        """Goes, and comes back as a new device."""
        self.unplug()
        self.loop.later(_RESTART_S, self.plug)

    def plug(self) -> None:
        """A modem that was gone gets power, behind the same link as a new device."""
        if self._session:
            return
        self.device.state.power_up()
        self._session = Session(self.device, self)
        self._interpreter = Interpreter(self._session)
        self._port.plug()
        self.device.journal.write("plugged", device=self._port.device)
        self._interpreter.settle()

    def _heard(self, data: bytes) -> None:
        if self._interpreter:
            self._interpreter.feed(data)

    def _settle(self) -> None:
        if self._interpreter:
            self._interpreter.settle()

    # What a test asks for.

    def serve(self, address: str) -> None:
        """Takes a test's requests on the unix socket *address*."""
        server = socket.socket(socket.AF_UNIX)
        server.bind(address)
        server.listen()
        self.loop.watch(server, lambda: self._welcome(server))

    def _welcome(self, server: socket.socket) -> None:
        caller, _ = server.accept()
        lines = caller.makefile("rb")
        self.loop.watch(caller, lambda: self._request(caller, lines.readline(_REQUEST_MAX)))

    def _request(self, caller: socket.socket, line: bytes) -> None:
        """One request, one answer; a caller that hangs up is forgotten."""
        if not line:
            self.loop.forget(caller)
            caller.close()
            return
        said = json.loads(line)
        try:
            answer = {"answer": self._do(caller, said.pop("do"), said)}
        except (KeyError, IndexError, TypeError, ValueError) as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        caller.sendall(json.dumps(answer).encode() + b"\n")

    def _do(self, caller: socket.socket, what: str, said: dict[str, Any]) -> Any:
        if what == "judge":
            self.loop.forget(caller)
            self._judge = caller
            return None
        acts: dict[str, Callable[..., Any]] = {
            "set": self.device.state.set,
            "state": lambda: asdict(self.device.state),
            "receive": self.device.network.message,
            "report": self.device.network.report,
            "fault": self._add_fault,
            "clear": self.device.faults.clear,
            "unplug": self.unplug,
            "plug": self.plug,
            "port": lambda: self._port.device,
            "places": self._places,
            "waiting": self._waiting,
        }
        answer = acts[what](**said)
        self._settle()
        return answer

    def _places(self, memory: str) -> dict[int, str]:
        return {place: stored.pdu for place, stored in self.device.memories[memory].places.items()}

    def _waiting(self) -> int:
        return len(self.device.network.messages) + len(self.device.network.reports)

    def _add_fault(self, rule: int | None = None, **said: Any) -> None:
        """A fault; *rule* is the number of a condition that the test's own process judges."""
        nth = tuple(said.pop("nth"))
        self.device.faults.add(
            Fault(**said, nth=nth, when=None if rule is None else lambda part: self._ask(rule, part))
        )

    def _ask(self, rule: int, part: Part) -> bool:
        """The test's own word on a *part*; no when it gives none in time."""
        if self._judge is None:
            return False
        self._judge.settimeout(_JUDGE_S)
        try:
            self._judge.sendall(json.dumps({"rule": rule, **asdict(part)}).encode() + b"\n")
            return self._judge.recv(1) == b"y"
        except OSError:
            return False
