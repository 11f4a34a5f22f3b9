"""The SMS program's own bookkeeping without a modem: takes the outbox in, and says what became of a message."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sms_daemon import intake, ledger, states
from sms_daemon.intake import Rules
from sms_daemon.ledger import Ledger
from sms_daemon.lock import Lock
from sms_daemon.outbox import Outbox

SETTINGS = '[[modem]]\nname = "meja"\nconnection = "dummy"\ndevice = "modem"\nprice = 350\n'
WHOLE_DAY = Rules("WIB", {})  # no quiet hours


class Bookkeeper:
    """Writes the ledger in *folder* as the SMS program does."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ledger = Ledger(folder / ledger.FILE)

    def take(self, now: int) -> None:
        """Takes in all messages and orders of the branch."""
        outbox = Outbox(self.folder)
        while intake.take_messages(self.ledger, outbox, WHOLE_DAY, now):
            pass
        intake.take_orders(self.ledger, outbox, now)
        outbox.close()

    def move(self, message: bytes, state: str, reason: str | None, now: int) -> None:
        """Puts *message* into *state*."""
        with self.ledger.transaction():
            self.ledger.run("UPDATE part SET state = ? WHERE message = ?", state, message)
            states.move(self.ledger, message, state, reason, now)

    def receive(self, sender: str, text: str, now: int) -> None:
        """An SMS came in."""
        with self.ledger.transaction():
            body = {"sender": sender, "text": text, "sent_at": now, "modem": "meja"}
            self.ledger.fact("inbound", None, now, body)

    def modem(self, state: str, now: int, **known: Any) -> None:
        """How the modem "meja" is."""
        values = {"modem": "meja", "state": state, "since": now, **known}
        with self.ledger.transaction():
            self.ledger.run("DELETE FROM device")
            places = ", ".join("?" * len(values))
            self.ledger.run(f"INSERT INTO device ({', '.join(values)}) VALUES ({places})", *values.values())


@contextmanager
def bookkeeper(folder: Path) -> Iterator[Bookkeeper]:
    """The bookkeeper of the branch in *folder*."""
    book = Bookkeeper(folder)
    try:
        yield book
    finally:
        book.ledger.close()


@contextmanager
def running(folder: Path) -> Iterator[None]:
    """Inside, the SMS program of *folder* counts as running."""
    with Lock(folder):
        yield
