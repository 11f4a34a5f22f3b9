"""The child that owns one modem: the only place that knows gammu, in a process that can be killed at any moment.

Gammu may block for minutes, and after a time-out it takes the late answer to one question for the answer to the next;
so nothing here is ever tried twice, interrupted or ended in order.
"""

import os
import queue
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any, NoReturn

import gammu

from . import opening, protocol, received, sim, submit, tether
from .debug_stream import DebugStream, codes
from .protocol import Delete, Health, List, Open, Request, Send, Ussd
from .refusal import Refusal, is_lost

_IDLE_S = 0.25  # how often the modem is heard when nobody asks
_OCTETS_MAX = 140  # of header and text in one part
_NEVER_TOLD = "ERR_INVALIDDATA"  # gammu's own name for what cannot be sent, and nothing was


class Machine:
    """Gammu's state machine on one device: calls by name, and what the network said meanwhile."""

    def __init__(self, connection: str, device: str) -> None:
        self._debug = DebugStream()
        self._machine = gammu.StateMachine()
        self.heard: list[tuple[str, dict[str, Any]]] = []
        self._configure(opening.configuration(connection, device))
        self.call("Init")
        self._debug.attach(self._machine)
        self._machine.SetIncomingCallback(lambda _, kind, what: self.heard.append((kind, what)))

    def _configure(self, text: str) -> None:
        file, path = tempfile.mkstemp(prefix="cabang-", suffix=".gammurc")  # mode 0600
        try:
            os.write(file, text.encode())
            os.close(file)
            self.call("ReadConfig", Section=0, Configuration=0, Filename=path)
        finally:
            Path(path).unlink()

    def call(self, name: str, *args: Any, **named: Any) -> Any:
        """What gammu's method gives; Refusal when it fails."""
        self._debug.clear()
        try:
            return getattr(self._machine, name)(*args, **named)
        except gammu.GSMError as error:
            known = gammu.ErrorNumbers.get(error.args[0]["Code"], "ERR_UNKNOWN")
            raise Refusal(known, *((None, None) if is_lost(known) else codes(self.said()))) from error

    def said(self) -> bytes:
        """What gammu said during the last call."""
        return self._debug.text()

    def hear(self, *, wait: bool = False) -> None:
        """Takes in what the modem says by itself; *wait*: up to a second for it."""
        self.call("ReadDevice", wait)


class Modem:
    """Answers the daemon's requests, one at a time."""

    def __init__(self) -> None:
        self._open: Machine | None = None
        self._lock: opening.Lock | None = None
        self._smsc = ""
        self._callbacks = False
        self._acts: dict[type[Request], Callable[[Any], dict[str, Any]]] = {
            Open: self._do_open,
            Send: self._do_send,
            List: self._do_list,
            Delete: self._do_delete,
            Health: self._do_health,
            Ussd: self._do_ussd,
        }

    def answer(self, line: bytes) -> dict[str, Any]:
        """The answer to one request."""
        number = protocol.number(line)
        try:
            request = _understood(line)
            said = {"ok": True, **self._acts[type(request)](request)}
        except Refusal as refusal:
            said = refusal.answer()
        stored = said.pop("stored", [])
        return {"n": number, **said, **self._news(stored)}

    def listen(self) -> None:
        """Nobody asks for anything: hears what the modem says by itself."""
        if self._open:
            self._open.hear()

    def _news(self, stored: list[dict[str, Any]]) -> dict[str, Any]:
        """Reports and hints that came since the last answer, and the *stored* reports; all else is of no use."""
        heard = self._open.heard if self._open else []
        messages = [what for kind, what in heard if kind == "SMS"]
        heard.clear()
        reports = [what for what in messages if what.get("Type") == "Status_Report"]
        heard_now = [received.report(what) for what in reports]
        return {"reports": heard_now + stored, "new_sms": len(messages) > len(reports)}

    @property
    def _machine(self) -> Machine:
        if self._open is None:
            raise Refusal("ERR_NOTCONNECTED")
        return self._open

    def _do_open(self, asked: Open) -> dict[str, Any]:
        if self._open is None or self._lock is None:
            self._open = self._start(asked)
            self._lock = opening.Lock(self._open.call)
        self._lock.open(asked.pin)
        self._listen_to_network()
        call = self._open.call
        facts = {**opening.facts(call), "smsc": asked.smsc or opening.centre(call), "callbacks": self._callbacks}
        self._smsc = facts["smsc"] or ""
        if opening.on_the_air(facts):
            return facts
        return {**facts, **Refusal("ERR_NOSERVICE", state="no_network").answer()}

    @staticmethod
    def _start(asked: Open) -> Machine:
        if opening.missing_folder(asked.connection, asked.device):
            raise Refusal("ERR_DEVICENOTEXIST", state="absent")
        try:
            tether.end_with(asked.device)
            return Machine(asked.connection, asked.device)
        except Refusal as refusal:
            raise opening.unopened(asked.device, refusal) from refusal

    def _listen_to_network(self) -> None:
        """Asks for messages, reports and answers to USSD codes; a modem that tells none can still send."""
        machine = self._machine
        try:
            machine.call("SetIncomingSMS", True)
            self._callbacks = True
        except Refusal as refusal:
            if refusal.gone:
                raise
        sim.optional(machine.call, "SetIncomingUSSD", Enable=True)

    def _do_send(self, asked: Send) -> dict[str, Any]:
        machine = self._machine
        if not self._smsc:
            raise Refusal("ERR_EMPTYSMSC")
        submission = submit.submission(asked, self._smsc)
        if not _airs(asked, submission):
            raise Refusal(_NEVER_TOLD)
        reference = machine.call("SendSMS", submission)
        if reference < 0:
            raise Refusal("ERR_REFERENCE")
        return {"reference": reference}

    def _do_list(self, _: List) -> dict[str, Any]:
        machine = self._machine
        use = sim.use(machine.call)
        entries = (received.exact(entry, machine.said()) for entry in sim.entries(machine.call, **use))
        came_in = (entry for entry in entries if entry["Type"] in ("Deliver", "Status_Report"))
        found = list(islice(came_in, protocol.MESSAGES_MAX))
        return {
            "messages": [received.message(entry) for entry in found if entry["Type"] == "Deliver"],
            "stored": [received.report(entry) for entry in found if entry["Type"] == "Status_Report"],
            "more": len(found) == protocol.MESSAGES_MAX,
            **use,
        }

    def _do_delete(self, asked: Delete) -> dict[str, Any]:
        sim.delete(self._machine.call, asked.locations)
        return {}

    def _do_health(self, _: Health) -> dict[str, Any]:
        call = self._machine.call
        return {**opening.air(call), **opening.sim_state(call)}

    def _do_ussd(self, asked: Ussd) -> dict[str, Any]:
        machine = self._machine
        until = time.monotonic() + asked.wait_s
        machine.heard = [(kind, what) for kind, what in machine.heard if kind != "USSD"]
        machine.call("DialService", asked.code)
        while not (said := [what for kind, what in machine.heard if kind == "USSD"]):
            if time.monotonic() > until:
                raise Refusal("ERR_NO_USSD", gone=True)  # the late answer would be taken for the next one's
            machine.hear(wait=True)
        text = received.clean(said[0]["Text"])
        if not text:
            raise Refusal("ERR_NO_USSD")
        return {"text": text}


def _understood(line: bytes) -> Request:
    try:
        return protocol.request(line)
    except ValueError as error:
        raise Refusal(_NEVER_TOLD) from error


def _airs(asked: Send, submission: dict[str, Any]) -> bool:
    """Will a phone read exactly what was asked?  Gammu airs question marks for what GSM-7 lacks."""
    try:
        pdu = gammu.EncodePDU(submission, "Submit")
        entry = gammu.DecodePDU(pdu)
    except (gammu.GSMError, ValueError):
        return False
    header = submit.header(asked)
    if asked.coding == "ucs2":
        data = header + submit.wide(asked.text)
        return len(data) <= _OCTETS_MAX and pdu.endswith(bytes([len(data)]) + data)
    return (received.clean(entry["Text"]), entry["UDH"]["Text"]) == (asked.text, header)


def _answers() -> Any:
    """The way to the parent; whatever else prints, prints to standard error."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return out


def serve() -> None:
    """Answers the requests on standard input until it ends, or until the modem is lost."""
    tether.die_with_parent()
    out, lines = _answers(), tether.requests(0)
    modem = Modem()
    while True:
        try:
            line = lines.get(timeout=_IDLE_S)
        except queue.Empty:
            modem.listen()
            continue
        answer = modem.answer(line)
        out.write(protocol.encode(answer))
        out.flush()
        if answer.get("gone"):
            return


def main() -> NoReturn:
    """Never ends in order: gammu would say goodbye to the modem, and wait for minutes for its answer."""
    code = 1
    try:
        serve()
        code = 0
    finally:
        if code:
            traceback.print_exc()
            sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
