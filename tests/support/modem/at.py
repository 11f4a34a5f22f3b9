"""Reads what comes down the line: whole command lines (ITU-T V.250, 5.2 and 5.4), or a message at the prompt."""

import re
from collections.abc import Iterator

from . import general, messaging, sending
from .session import COMMANDS, AtError, Session

_BASIC = re.compile(r"(&?[A-Z])\s*(\d*)", re.IGNORECASE)
_EXTENDED = re.compile(r"\s*([+^*$%][A-Z]+)\s*(=\?|\?|=|$)(.*)", re.IGNORECASE | re.DOTALL)
_OUTSIDE_QUOTES = r'(?=(?:[^"]*"[^"]*")*[^"]*$)'
_CR, _LF = 0x0D, 0x0A
_LINE_MAX = 2048


class Interpreter:
    """Feeds bytes to a session; the answers go out through the session."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._waiting = bytearray()
        self._line = bytearray()
        self._registered = session.state.registered
        session.resume = self.go_on

    def feed(self, data: bytes) -> None:
        """What arrived on the line; a dead modem does not take it in."""
        if not self._session.state.dead:
            self._waiting += data
            self.go_on()

    def go_on(self) -> None:
        """Works through what has arrived, until a command keeps the modem busy."""
        session = self._session
        while self._waiting and session.alive and not session.busy:
            byte = self._waiting.pop(0)
            if session.settings.echo:
                session.write(bytes([byte]))
            if session.prompt:
                sending.type_in(session, session.prompt, byte)
            else:
                self._command_byte(byte)
        self.settle()

    def settle(self) -> None:
        """Takes in what the network holds, and says it when the registration has changed."""
        session = self._session
        registered, self._registered = self._registered, session.state.registered
        if registered != self._registered:
            for name, detail in (("CREG", session.settings.creg), ("CGREG", session.settings.cgreg)):
                if detail:
                    session.unsolicited(f"+{name}: {general.place(session, detail)}")
        messaging.take_in(session)

    def _command_byte(self, byte: int) -> None:
        if byte == _CR:
            line, self._line = self._line.decode("latin-1"), bytearray()
            self._run(line)
        elif byte != _LF:
            self._line.append(byte)
            del self._line[:-_LINE_MAX]

    def _run(self, line: str) -> None:
        """What stands before AT is noise; a line without it is no command and gets no answer."""
        start = line.upper().find("AT")
        if start < 0:
            return
        self._session.device.journal.write("command", line=line[start:])
        try:
            answered = all(self._one(name, args) for name, args in commands(line[start + 2 :]))
        except AtError as error:
            self._session.fail(error)
        else:
            if answered:
                self._session.say("OK")

    def _one(self, name: str, args: list[str]) -> bool:
        """Runs one command; False when its final answer comes later."""
        if name not in COMMANDS:
            raise AtError
        lines = COMMANDS[name](self._session, args)
        for said in lines or []:
            self._session.say(said)
        return lines is not None


def commands(body: str) -> Iterator[tuple[str, list[str]]]:
    """The commands of a line after its AT, as ``+CSQ``, ``+CREG?``, ``+CREG=`` or ``+CREG=?``, and their arguments."""
    for piece in re.split(";" + _OUTSIDE_QUOTES, body):
        rest = piece.strip()
        while basic := _BASIC.match(rest):
            yield basic[1].upper() + basic[2], [basic[2]]
            rest = rest[basic.end() :].lstrip()
        if rest:
            yield _extended(rest)


def _extended(text: str) -> tuple[str, list[str]]:
    found = _EXTENDED.fullmatch(text)
    if not found or (found[2] != "=" and found[3].strip()):
        raise AtError
    return found[1].upper() + found[2], _arguments(found[3]) if found[2] == "=" else []


def _arguments(text: str) -> list[str]:
    if text.count('"') % 2:
        raise AtError
    return [_unquoted(argument.strip()) for argument in re.split("," + _OUTSIDE_QUOTES, text)]


def _unquoted(argument: str) -> str:
    return argument[1:-1] if argument[:1] == '"' == argument[-1:] and len(argument) > 1 else argument
