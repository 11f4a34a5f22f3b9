"""The modem from power to unplugging: what it was told, what it may say, and the register of its commands."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from . import charsets
from .faults import Faults
from .journal import Journal
from .network import Network
from .sim import Memory
from .state import ABSENT, BROKEN, PIN, PUK, READY, State

if TYPE_CHECKING:
    from .sending import Prompt

MESSAGES, REPORTS = "SM", "SR"
_REPORTS_MAX = 10


class Line(Protocol):
    """The port and the clock."""

    def write(self, data: bytes, pace: float = 0) -> None:
        """Says *data*, one byte each *pace* seconds when that is not zero."""

    def later(self, seconds: float, do: Callable[[], None]) -> None:
        """Calls *do* after so many seconds; at once for zero."""

    def unplug(self) -> None:
        """The modem is gone."""

    def restart(self) -> None:
        """The modem goes and comes back as a new device."""


@dataclass
class Settings:
    """What commands changed; gone with the power or an ATZ."""

    echo: bool = True
    cmee: int = 0
    creg: int = 0
    cgreg: int = 0
    charset: str = "GSM"
    cops_format: int = 0
    cusd: int = 0
    cnmi: list[int] = field(default_factory=lambda: [0, 0, 0, 0, 0])
    memory: str = "SM"
    clock_offset_ms: int = 0


class AtError(Exception):
    """A command fails; *family* (CME or CMS) and *code* say why, or nothing does."""

    def __init__(self, family: str = "", code: int = 0) -> None:
        super().__init__(family, code)
        self.family, self.code = family, code


def cme(code: int) -> AtError:
    """An equipment error (3GPP TS 27.007, 9.2)."""
    return AtError("CME", code)


def cms(code: int) -> AtError:
    """A message service error (3GPP TS 27.005, 3.2.5)."""
    return AtError("CMS", code)


_SIM_CME = {ABSENT: 10, PIN: 11, PUK: 12, BROKEN: 13}
_SIM_CMS = {ABSENT: 310, PIN: 311, PUK: 316, BROKEN: 313}


class Device:
    """What lives through a replug: state, network, SIM, the rules for faults and the journal."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.state = State()
        self.network = Network(self.state, journal)
        self.faults = Faults()
        self.memories = {MESSAGES: Memory(lambda: self.state.capacity), REPORTS: Memory(lambda: _REPORTS_MAX)}


class Session:
    """One stretch of power: settings and what was half said are gone after it."""

    def __init__(self, device: Device, line: Line) -> None:
        self.device, self.state = device, device.state
        self._line = line
        self.settings = Settings()
        self.alive = True
        self.prompt: Prompt | None = None  # a message is being typed: nothing else may be said
        self.busy = False  # the last command is not answered yet
        self.resume: Callable[[], None] = lambda: None  # goes on with what came in meanwhile
        self._held: list[str] = []  # to be said once the prompt is gone
        self._buffered: list[str] = []  # to be said once +CNMI allows it

    def write(self, data: bytes, pace: float = 0) -> None:
        """Says *data*, unless the modem is dead or gone."""
        if self.alive and not self.state.dead:
            self._line.write(data, pace)

    def say(self, text: str) -> None:
        """One answer on a line of its own."""
        self.write(f"\r\n{text}\r\n".encode("latin-1"))

    def fail(self, error: AtError) -> None:
        """The final answer of a command that failed, as +CMEE wants it."""
        plain = not error.family or (error.family == "CME" and not self.settings.cmee)
        self.say("ERROR" if plain else f"+{error.family} ERROR: {error.code}")

    def unsolicited(self, text: str) -> None:
        """Says something nobody asked for, once the line is free."""
        if self.prompt:
            self._held.append(text)
        else:
            self.say(text)

    def indicate(self, text: str) -> None:
        """Announces a message or a report when +CNMI's mode lets it, else keeps the announcement."""
        mode = self.settings.cnmi[0]
        if mode == 0:
            self._buffered.append(text)
        elif mode != 1 or not self.prompt:
            self.unsolicited(text)

    def release(self, *, forget: bool) -> None:
        """+CNMI was given a mode that speaks: what was kept is said, or forgotten."""
        kept, self._buffered = self._buffered, []
        for text in [] if forget else kept:
            self.unsolicited(text)

    def leave_prompt(self) -> None:
        """The message is typed: what was held back is said."""
        held, self._held, self.prompt = self._held, [], None
        for text in held:
            self.say(text)

    def later(self, seconds: float, do: Callable[[], None]) -> None:
        """Calls *do* after so many seconds, unless the modem was unplugged meanwhile."""
        self._line.later(seconds, lambda: do() if self.alive else None)

    def unplug(self) -> None:
        """The modem loses its power now."""
        self._line.unplug()

    def restart(self) -> None:
        """The modem restarts by command."""
        self._line.restart()

    def want_sim(self) -> None:
        """For equipment commands: an error unless the SIM is open."""
        if self.state.sim != READY:
            raise cme(_SIM_CME[self.state.sim])

    def want_messages(self) -> None:
        """For message commands: an error unless the SIM is open."""
        if self.state.sim != READY:
            raise cms(_SIM_CMS[self.state.sim])

    def encode(self, text: str) -> str:
        """*text* as a string of the alphabet that +CSCS chose; what the alphabet lacks becomes a question mark."""
        return charsets.encode(self.settings.charset, text)

    def decode(self, text: str) -> str:
        """What a string in the alphabet of +CSCS says; an error when it does not follow it."""
        try:
            return charsets.decode(self.settings.charset, text)
        except ValueError:
            raise AtError from None


Handler = Callable[[Session, list[str]], list[str] | None]
COMMANDS: dict[str, Handler] = {}


def command(*names: str) -> Callable[[Handler], Handler]:
    """Registers what answers ``+CSQ``, ``+CREG?``, ``+CREG=`` or ``+CREG=?``.

    It gets the session and the arguments, and gives the lines of its answer; None: the final answer comes later.
    """

    def register(handler: Handler) -> Handler:
        COMMANDS.update(dict.fromkeys(names, handler))
        return handler

    return register


def number(text: str, allowed: range | tuple[int, ...], otherwise: int | None = None) -> int:
    """A numeric argument; AtError unless it is *allowed*.  An empty one is *otherwise*, where that is given."""
    if not text and otherwise is not None:
        return otherwise
    if not (text.isascii() and text.isdigit() and int(text) in allowed):
        raise AtError
    return int(text)
