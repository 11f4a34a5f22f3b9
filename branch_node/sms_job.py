"""What became of messages, and what came in, taken from the SMS daemon's ledger into the branch's own log.

Facts carry their own times: this goes on while date and time are not confirmed.
"""

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from branch_node.sms_errors import relayed
from crm import sms_facts
from crm.sms_facts import Fact
from sms_daemon import reading
from sms_daemon.errors import SmsError
from sync.errors import CabangError
from sync.store import Store

if TYPE_CHECKING:
    from sync.journal import Journal

EVERY_S = 5
FACTS_MAX = 200  # of one unit
PEOPLE_WAIT_S = 1.0
LEDGER, CURSOR = "sms_ledger", "sms_facts"  # values of the node table


class FactsTaker:
    """Takes facts in: ``take_in()`` at once, or in a thread between ``start()`` and ``stop()``."""

    def __init__(self, store: Store, journal: "Journal", folder: Path) -> None:
        self.store, self.journal, self.folder = store, journal, folder
        self.failure: CabangError | None = None
        self._one = threading.Lock()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def take_in(self, at_most_s: float = 0) -> int:
        """Takes in all there is; how many facts said something.  Before each unit people may wait *at_most_s*.

        Raises, relayed, what ``reading.facts`` does; WriterBusy, DiskFull.
        """
        with self._one:
            taken = 0
            while found := self._next():
                self.store.wait_for_people(at_most_s)
                taken += self._write(*found)
            return taken

    def _next(self) -> tuple[bytes, list[Fact]] | None:
        """The ledger's id and its next facts; None when there is nothing new, not even another ledger."""
        known = self.store.get(LEDGER)
        ident, found = self._read(self.store.get(CURSOR) or 0)
        if ident is not None and ident != known:
            ident, found = self._read(0)
        facts = [Fact(row["id"], row["kind"], row["message"], row["at"], row["body"]) for row in found]
        return (ident, facts) if ident is not None and (facts or ident != known) else None

    def _read(self, after: int) -> tuple[bytes | None, list[dict[str, Any]]]:
        try:
            return reading.facts(self.folder, after, FACTS_MAX)
        except SmsError as error:
            raise relayed(error) from error

    def _write(self, ledger: bytes, facts: list[Fact]) -> int:
        with self.journal.unit() as unit:
            taken = sms_facts.take_in(unit, ledger, facts)
            self.store.put(LEDGER, ledger)
            self.store.put(CURSOR, facts[-1].position if facts else 0)
        return taken

    # --- in the background -----------------------------------------------------------------------------------

    def start(self) -> None:
        """Begins; the first turn comes at once."""
        self._thread = threading.Thread(target=self._run, name="sms facts", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends after the running turn."""
        self._stopping.set()
        if self._thread:
            self._thread.join(timeout=10)

    def _run(self) -> None:
        self.turn()
        while not self._stopping.wait(EVERY_S):
            self.turn()

    def turn(self) -> None:
        """Takes in all there is; what stopped it is kept in ``failure`` for the page, and the next turn tries again."""
        try:
            self.take_in(PEOPLE_WAIT_S)
        except CabangError as error:
            self.failure = error
        else:
            self.failure = None
