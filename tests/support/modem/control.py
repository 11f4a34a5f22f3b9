"""A test's handle on an emulated modem, which runs in a process of its own."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from . import journal
from .faults import Part

_SUPPORT = Path(__file__).resolve().parent.parent
_STOP_S = 10
_ANSWER_S = 10.0


class Modem:
    """A modem at *folder*/modem, plugged in, with a journal beside it; *state* as in ``set``.  A context manager.

    It is a process of its own: killing the program under test never touches it.
    """

    def __init__(self, folder: Path, **state: Any) -> None:
        self.link, self._log = folder / "modem", folder / "modem.jsonl"
        self._rules: list[Callable[[Part], bool]] = []
        self._lock = threading.Lock()
        with tempfile.TemporaryDirectory(prefix="modem-") as short:  # a socket's path has at most 107 bytes
            self._address = f"{short}/control"
            self._start()
            self._control = self._connect()
            self._judge = self._connect()
        self._answers = self._control.makefile("rb")
        self._ask(self._judge, self._judge.makefile("rb"), "judge", {})
        threading.Thread(target=self._judging, daemon=True).start()
        self.set(**state)

    def _start(self) -> None:
        words = ["--link", str(self.link), "--log", str(self._log), "--control", self._address, "--until-stdin-ends"]
        environment = {**os.environ, "PYTHONPATH": str(_SUPPORT)}
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(
            [sys.executable, "-m", "modem", *words], stdin=pipe, stdout=pipe, env=environment, start_new_session=True
        )
        assert self._process.stdout is not None
        if not self._process.stdout.readline():
            raise RuntimeError("the emulator did not start")

    def _connect(self) -> socket.socket:
        control = socket.socket(socket.AF_UNIX)
        control.connect(self._address)
        control.settimeout(_ANSWER_S)
        return control

    def _do(self, what: str, **said: Any) -> Any:
        with self._lock:
            return self._ask(self._control, self._answers, what, said)

    @staticmethod
    def _ask(control: socket.socket, answers: Any, what: str, said: dict[str, Any]) -> Any:
        control.sendall(json.dumps({"do": what, **said}).encode() + b"\n")
        answer = json.loads(answers.readline())
        if "error" in answer:
            raise ValueError(answer["error"])
        return answer["answer"]

    def _judging(self) -> None:
        """Answers the emulator's questions about rules that are functions here."""
        self._judge.settimeout(None)
        with suppress(OSError), self._judge.makefile("rb") as questions:
            for line in questions:
                asked = json.loads(line)
                rule = self._rules[asked.pop("rule")]
                self._judge.sendall(b"y" if rule(Part(**asked)) else b"n")

    def set(self, **changes: Any) -> None:
        """Changes the modem, its SIM or its network; the names are those of ``modem.state.State``."""
        self._do("set", **changes)

    @property
    def state(self) -> dict[str, Any]:
        """Everything that ``set`` can change, as it is now."""
        answer: dict[str, Any] = self._do("state")
        return answer

    @property
    def credit(self) -> int | None:
        """Rupiah left; None: a contract."""
        credit: int | None = self.state["credit"]
        return credit

    @property
    def device(self) -> str:
        """The pseudo-terminal behind the link; empty while unplugged."""
        return str(self._do("port"))

    def receive(self, sender: str, text: str, parts: Iterable[int] | None = None, *, wide: bool = False) -> int:
        """Somebody writes to this SIM; of a long message only *parts* (from 1), in that order.  How many parts it has.

        *wide*: the parts carry a 16-bit reference.  Each call is a message of its own, also with the same words.
        """
        chosen = None if parts is None else list(parts)
        return int(self._do("receive", sender=sender, text=text, parts=chosen, wide=wide))

    def report(self, reference: int, status: int = 0, number: str | None = None) -> None:
        """The network reports what became of *reference* (0: arrived); for one that never aired give a *number*."""
        self._do("report", reference=reference, status=status, number=number)

    def fault(
        self,
        kind: str,
        value: float | None = None,
        *,
        nth: int | Iterable[int] = (),
        number: str = "",
        when: Callable[[Part], bool] | None = None,
        times: int | None = None,
    ) -> None:
        """From now on, parts that fit suffer *kind* (see ``KINDS``): the *nth*, those to *number* (``+6281*``), *when*.

        *value*: a code (``cms``, ``sent-cms``) or seconds (``delay``, ``dribble``).  *times*: no more often than that.
        """
        rule = None
        if when:
            self._rules.append(when)
            rule = len(self._rules) - 1
        chosen = [nth] if isinstance(nth, int) else list(nth)
        self._do("fault", kind=kind, value=value, nth=chosen, number=number, rule=rule, times=times)

    def clear_faults(self) -> None:
        """Nothing goes wrong any more."""
        self._do("clear")

    def unplug(self) -> None:
        """Pulls it out: device and link are gone."""
        self._do("unplug")

    def replug(self) -> None:
        """Puts it back, out first if it is in: a new device behind the same link; a locked SIM asks for its PIN."""
        self._do("unplug")
        self._do("plug")

    def sim(self) -> dict[int, str]:
        """The SIM's used places and the PDUs there, as hexadecimal."""
        return {int(place): pdu for place, pdu in self._do("places", memory="SM").items()}

    def waiting(self) -> int:
        """Messages and reports that the network could not hand over yet."""
        return int(self._do("waiting"))

    def aired(self) -> list[journal.Aired]:
        """Everything that left the modem, oldest first; also after ``kill``."""
        return journal.aired(self._log)

    def messages(self) -> list[journal.Message]:
        """What aired as phones put it together; a part that aired twice shows as a second message."""
        return journal.messages(self.aired())

    def commands(self) -> list[str]:
        """Every command line the modem was given, oldest first."""
        return [said["line"] for said in self.happened("command")]

    def happened(self, kind: str) -> list[dict[str, Any]]:
        """The journal's lines of a kind: fault, refused, malformed, ussd, plugged, unplugged."""
        return list(journal.lines(self._log, kind))

    def kill(self) -> None:
        """The emulator dies without a word and its device with it; its link stays, pointing at nothing."""
        self._process.kill()
        self._end()

    def stop(self) -> None:
        """The emulator ends in order."""
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        self._end()

    def _end(self) -> None:
        self._process.wait(_STOP_S)
        for end in (self._process.stdin, self._process.stdout, self._answers, self._control, self._judge):
            if end is not None:
                end.close()

    def __enter__(self) -> "Modem":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
