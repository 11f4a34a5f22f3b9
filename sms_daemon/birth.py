"""Opening the ledger: is it the one the branch knows, and as new as the branch remembers?

A ledger that was lost, put back from an older copy, or brought from elsewhere cannot tell what was sent; nor can one
that lay beside a branch's database which was put back.  Then a new one begins, the old file is kept beside it, and
every message that was in the outbox by then and whose end the branch does not know counts as unknown: it is never
sent by itself.
"""

import os
from collections.abc import Callable
from pathlib import Path

from sms_daemon import ledger as ledgers
from sms_daemon.ledger import Ledger
from sms_daemon.outbox import Known, Outbox

Draw = Callable[[int], bytes]
_NEVER = b"none"


def open_ledger(folder: Path, outbox: Outbox, draw: Draw = os.urandom) -> Ledger:
    """The ledger of the branch in *folder*, a new one if need be; raises LedgerUnreadable, LedgerNewer."""
    path, known, copied = folder / ledgers.FILE, outbox.known(), False
    if path.exists():
        ledger = Ledger(path)
        if belongs(ledger, known):
            _follow(ledger, outbox)
            return ledger
        copied = ledger.id == known.distrusted  # the branch knows since when its messages are new
        ledger.close()
        _set_aside(path, ledger.id)
    return _begin_again(folder, outbox, draw, copied)


def belongs(ledger: Ledger, known: Known) -> bool:
    """True when *ledger* holds all that the branch ever took from it, and is no copy that was put back."""
    if ledger.id == known.distrusted:
        return False
    if ledger.id == known.ledger:
        newest = ledger.one("SELECT coalesce(max(id), 0) FROM fact")
        return newest is not None and newest[0] >= known.facts
    return bool(ledger.value("replaces", _NEVER) == known.ledger)


def _follow(ledger: Ledger, outbox: Outbox) -> None:
    """An outbox put back from a copy counts its rows anew; ids still keep every message from being taken twice."""
    with ledger.transaction():
        for name, end in zip(("outbox", "orders"), outbox.ends(), strict=True):
            ledger.put(name, min(ledger.value(name), end))


def _begin_again(folder: Path, outbox: Outbox, draw: Draw, copied: bool) -> Ledger:
    ledger = Ledger(ledgers.create(folder, draw(ledgers.ID_BYTES)))
    messages, orders = outbox.ends()
    with ledger.transaction():
        ledger.put("lost", 0 if copied else messages)
        ledger.put("orders", orders)
        ledger.put("replaces", outbox.known().ledger)
    return ledger


def _set_aside(path: Path, ledger_id: bytes) -> None:
    count = sum(1 for _ in path.parent.glob(f"{path.name}.old-*"))
    for end in ("", "-wal", "-shm"):
        old = path.with_name(path.name + end)
        if old.exists():
            old.rename(path.with_name(f"{path.name}.old-{count + 1}-{ledger_id.hex()[:8]}{end}"))
