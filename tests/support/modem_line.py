"""An emulated modem without a port or a process: its line and its clock are held in the test."""

from collections.abc import Callable
from pathlib import Path

from modem import journal
from modem.at import Interpreter
from modem.session import Device, Session

TO = "0C91261832547698"  # +628123456789
PDU = "001100" + TO + "0000AA" + "0AE8329BFD4697D9EC37"  # hellohello
OCTETS = 23
WITH_REPORT = PDU.replace("0011", "0031", 1)


class Line:
    """A modem with power, what it says, and the time, which stands still until ``tick``."""

    def __init__(self, path: Path) -> None:
        self.said = bytearray()
        self.paces: list[float] = []
        self.now = 0.0
        self.waiting: list[tuple[float, Callable[[], None]]] = []
        self.unplugged = self.restarted = 0
        self.path = path
        self.device = Device(journal.Journal(path))
        self.plug()

    def plug(self) -> None:
        """Power."""
        self.device.state.power_up()
        self.session = Session(self.device, self)
        self.interpreter = Interpreter(self.session)
        self.session.settings.echo = False

    def write(self, data: bytes, pace: float = 0) -> None:
        """Takes down what the modem says."""
        self.said += data
        self.paces.append(pace)

    def later(self, seconds: float, do: Callable[[], None]) -> None:
        """Keeps *do* until its time; zero is now."""
        if seconds:
            self.waiting.append((self.now + seconds, do))
        else:
            do()

    def unplug(self) -> None:
        """Counts it."""
        self.unplugged += 1
        self.session.alive = False

    def restart(self) -> None:
        """Counts it."""
        self.restarted += 1

    def tick(self, seconds: float) -> str:
        """Lets time pass; what was said meanwhile."""
        self.now += seconds
        due = [entry for entry in self.waiting if entry[0] <= self.now]
        self.waiting = [entry for entry in self.waiting if entry[0] > self.now]
        for _, do in sorted(due, key=lambda entry: entry[0]):
            do()
        return self.heard()

    def ask(self, text: str) -> str:
        """Types a command; what was said, its line ends as bars."""
        self.interpreter.feed(text.encode() + b"\r")
        return self.heard()

    def heard(self) -> str:
        """Everything said since the last question."""
        said, self.said = bytes(self.said), bytearray()
        return said.decode("latin-1").replace("\r\n", "|")

    def send(self, pdu: str = PDU, octets: int = OCTETS) -> str:
        """Announces and types a message; what is said after it."""
        prompt = self.ask(f"AT+CMGS={octets}")
        if prompt == "|> ":
            self.interpreter.feed(pdu.encode() + b"\x1a")
            return self.heard()
        return prompt

    def numbers(self) -> list[str]:
        """To whom something aired."""
        return [part.number for part in journal.aired(self.path)]
