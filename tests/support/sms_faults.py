"""Faults at every point of a send, and what must hold after each: used by the proof of the SMS daemon.

Four messages of one to four parts, ten parts in all, each with a number of its own.  A daemon that is to be killed is
a forked process; the modem's child is the fake one, a process too, whose files tell what really went on the air.
"""

import os
import signal
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sms_shop import Shop, fake_command

from sms_daemon.child import Child
from sms_daemon.ledger import Ledger

NUMBERS = {f"+628110000000{parts}": parts for parts in (1, 2, 3, 4)}
PARTS = [(number, part) for number, parts in NUMBERS.items() for part in range(1, parts + 1)]
BEFORE, AFTER = "before", "after"
COMMIT, ASK = "commit", "ask"
END_S = 20


def fill(shop: Shop) -> dict[str, bytes]:
    """Queues the four messages; their ids by number."""
    return {
        number: shop.message("x" * (153 * parts if parts > 1 else 100), number) for number, parts in NUMBERS.items()
    }


class Killer:
    """Ends this process, kill -9, before or after the commit or the request number *place* (from 0)."""

    def __init__(self, what: str, when: str, place: int) -> None:
        self._point, self.counts = (what, when, place), Counter[str]()

    def around(self, what: str, act: Callable[[], Any]) -> None:
        """Does *act*, unless this is the point."""
        place = self.counts[what]
        self.counts[what] += 1
        if self._point == (what, BEFORE, place):
            os.kill(os.getpid(), signal.SIGKILL)
        act()
        if self._point == (what, AFTER, place):
            os.kill(os.getpid(), signal.SIGKILL)

    def ledger(self, path: Path) -> Ledger:
        """A ledger whose commits are points."""
        killer = self

        class Watched(Ledger):
            def commit(self) -> None:
                killer.around(COMMIT, super().commit)

        return Watched(path)

    def child(self, device: str) -> Child:
        """A fake modem's child whose requests are points."""
        killer = self

        class Watched(Child):
            def ask(self, request: dict[str, Any], deadline_s: float | None = None) -> None:
                killer.around(ASK, lambda: Child.ask(self, request, deadline_s))

        return Watched(fake_command(device), time.monotonic)


def run_killed(shop: Shop, killer: Killer) -> bool:
    """Runs a daemon until it is killed or has nothing to do; True when it was killed."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            shop.start(killer.child, killer.ledger)
            shop.until_rest()
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) in (0, -signal.SIGKILL)
    return os.WIFSIGNALED(status)


def run_to_end(shop: Shop) -> None:
    """Runs a daemon, in this process, until no message is queued."""
    shop.start()
    shop.until(lambda: not shop.running.more)
    shop.until(lambda: not {"queued", "sending"} & shop.states().keys(), END_S)


def broken(shop: Shop) -> list[str]:
    """What does not hold: every promise about messages, checked against what went on the air."""
    aired = Counter(shop.submitted())
    sql = (
        "SELECT m.recipient, p.part, p.state, p.reason, m.state, m.reason FROM message m"
        " JOIN part p ON p.message = m.id ORDER BY m.recipient, p.part"
    )
    rows = shop.ledger.rows(sql)
    found = [f"{number} part {part}: aired {times} times" for (number, part), times in aired.items() if times > 1]
    found += [] if len(rows) == len(PARTS) else [f"{len(rows)} parts in the ledger"]
    for number, part, state, reason, whole, why in rows:
        name = f"{number} part {part}: {state}, {reason}, of a message {whole}, {why}"
        if state == "sent" and not aired[number, part]:
            found.append(f"{name}: never aired")
        if state == "queued" and whole not in ("queued", "waiting"):
            found.append(f"{name}: queued in a message that is over")
        if state in ("unknown", "failed") and not reason:
            found.append(f"{name}: nobody says why")
        if state == "failed" and aired[number, part]:
            found.append(f"{name}: aired, and called failed")
        if state not in ("sent", "queued", "unknown", "failed"):
            found.append(f"{name}: left behind")
    return found + _untold(shop)


def _untold(shop: Shop) -> list[str]:
    """Messages whose last state the branch does not hear of."""
    sql = (
        "SELECT m.recipient, m.state, (SELECT json_extract(f.body, '$.state') FROM fact f WHERE f.message = m.id"
        " ORDER BY f.id DESC LIMIT 1) FROM message m WHERE m.state NOT IN ('queued', 'waiting')"
    )
    rows = shop.ledger.rows(sql)
    return [f"{number} is {state}, the branch heard {told}" for number, state, told in rows if state != told]


def held_up(shop: Shop, bad: str) -> list[str]:
    """Messages to other numbers than *bad* that were not sent."""
    sql = "SELECT recipient, state, reason FROM message WHERE recipient != ? AND state != 'sent'"
    return [f"{number}: {state}, {reason}" for number, state, reason in shop.ledger.rows(sql, bad)]
