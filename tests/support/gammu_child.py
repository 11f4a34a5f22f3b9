"""Real python-gammu in a process of its own, killed when a call takes too long: gammu can block for minutes.

Run as a program it opens the modem that a configuration file names and answers calls, one JSON line each.
"""

import base64
import importlib
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

_CONFIGURATION = """[gammu]
device = {device}
connection = at115200
atgen_setcnmi = 2,1,0,1,0
"""


_CENTRE = {"Number": "+6281100000", "Validity": "1D"}


class GammuError(Exception):
    """gammu refused: *code* is its number of the error."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(code, text)
        self.code = code


class GammuChild:
    """One gammu state machine on *device*; ``call("SendSMS", {...}, deadline_s=5)``.  A context manager."""

    def __init__(self, device: Path, folder: Path) -> None:
        configuration = folder / "gammurc"
        configuration.write_text(_CONFIGURATION.format(device=device))
        words = [sys.executable, __file__, str(configuration)]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(words, stdin=pipe, stdout=pipe, start_new_session=True)
        self._rest = b""
        self.heard: list[dict[str, Any]] = []  # what gammu's callback was given

    def call(self, name: str, *args: Any, deadline_s: float = 10, **named: Any) -> Any:
        """What gammu's method gives; GammuError when it refuses; TimeoutError, and it is dead, when late."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"name": name, "args": args, "named": named}).encode() + b"\n")
        self._process.stdin.flush()
        said = json.loads(self._line(deadline_s))
        self.heard += said["heard"]
        if "code" in said:
            raise GammuError(said["code"], said["text"])
        return said["answer"]

    def _line(self, deadline_s: float) -> bytes:
        assert self._process.stdout is not None
        while b"\n" not in self._rest:
            ready = select.select([self._process.stdout], [], [], deadline_s)[0]
            piece = os.read(self._process.stdout.fileno(), 65536) if ready else b""
            if not piece:
                self.kill()
                raise TimeoutError(f"gammu gave no answer in {deadline_s} s" if not ready else "gammu's process ended")
            self._rest += piece
        line, _, self._rest = self._rest.partition(b"\n")
        return line

    def kill(self) -> None:
        """Ends it at once, whatever it is doing."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(10)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe and not pipe.closed:
                pipe.close()

    def __enter__(self) -> "GammuChild":
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()


def _plain(value: Any) -> Any:
    return base64.b64encode(value).decode() if isinstance(value, bytes) else str(value)


def _parts(text: str, unicode: bool, number: str) -> list[dict[str, Any]]:
    """The parts that gammu makes of a text to send."""
    gammu: Any = importlib.import_module("gammu")
    entry = {"ID": "ConcatenatedTextLong", "Buffer": text}
    parts = gammu.EncodeSMS({"Class": -1, "Unicode": unicode, "Entries": [entry]})
    return [{**part, "Number": number, "SMSC": _CENTRE} for part in parts]


def _to_pdus(text: str, unicode: bool, number: str) -> list[str]:
    """The PDUs that gammu makes of a text to send."""
    gammu: Any = importlib.import_module("gammu")
    return [gammu.EncodePDU(part, "Submit").hex() for part in _parts(text, unicode, number)]


def _from_pdus(pdus: list[str]) -> list[dict[str, Any]]:
    """What gammu reads in PDUs that came from the network."""
    gammu: Any = importlib.import_module("gammu")
    return [gammu.DecodePDU(bytes.fromhex(pdu)) for pdu in pdus]


def _serve(configuration: str) -> None:
    gammu: Any = importlib.import_module("gammu")
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # gammu itself writes to standard output
    machine = gammu.StateMachine()
    machine.ReadConfig(Section=0, Configuration=0, Filename=configuration)
    others: dict[str, Callable[..., Any]] = {"to_pdus": _to_pdus, "from_pdus": _from_pdus}
    others["send_long"] = lambda *args: [machine.SendSMS(part) for part in _parts(*args)]
    heard: list[dict[str, Any]] = []
    machine.SetIncomingCallback(lambda _, kind, what: heard.append({"kind": kind, "what": what}))
    for line in sys.stdin:
        asked = json.loads(line)
        method = others.get(asked["name"]) or getattr(machine, asked["name"])
        try:
            said = {"answer": method(*asked["args"], **asked["named"])}
        except gammu.GSMError as error:
            said = {"code": error.args[0]["Code"], "text": error.args[0]["Text"]}
        answers.write(json.dumps({**said, "heard": heard}, default=_plain) + "\n")
        answers.flush()
        heard.clear()


if __name__ == "__main__":
    _serve(sys.argv[1])
