"""Facts of the SMS ledger taken in by the branch."""

import os
import time
from pathlib import Path
from typing import Any

import pytest
from cabang_sms import Bookkeeper

from branch_node.sms_job import FACTS_MAX, FactsTaker
from crm import messages
from crm.messages import InboundMessage, MessageState
from sms_daemon import ledger
from sync.handover_lines import Relayed

NOON = 1_767_243_600_000
pytestmark = pytest.mark.usefixtures("reading")


@pytest.fixture
def taker(shop: Any, tmp_path: Path) -> FactsTaker:
    """Takes in what the bookkeeper writes."""
    return FactsTaker(shop.node.store, shop.node.journal, tmp_path)


def cursor(shop: Any) -> tuple[bytes, int]:
    """The ledger and the place in it that the branch remembers."""
    return shop.node.store.get("sms_ledger"), shop.node.store.get("sms_facts")


def test_facts_become_rows(shop: Any, book: Bookkeeper, taker: FactsTaker) -> None:
    """Goal: what became of a message stands in the branch's log. Method: queue, say "sent", take in twice."""
    with shop.node.journal.unit() as unit:
        made = messages.queue(unit, kind="staff", cause="job 1", recipient="0812-3456-7890", text="Halo")
    with book.ledger.transaction():
        book.ledger.fact("message", made, NOON, {"state": "sent", "reason": None, "parts": 1})
    book.receive("+6281234567890", "Ya", NOON)
    assert [2, 0] == [taker.take_in() for _ in range(2)]
    assert (book.ledger.id, 2) == cursor(shop)
    row = MessageState.get(MessageState.message == made)
    assert ("sent", 1, NOON) == (row.state, row.parts, row.at)
    assert 1 == InboundMessage.select().where(InboundMessage.ledger == book.ledger.id).count()


def test_many_facts_come_in_slices(shop: Any, book: Bookkeeper, taker: FactsTaker) -> None:
    """Goal: the till never waits for a long unit. Method: more than one slice; count the entries of the log."""
    with book.ledger.transaction():
        for place in range(FACTS_MAX + 1):
            book.ledger.fact("inbound", None, NOON, {"sender": f"+628{place:010}", "text": "Ya"})
    before = shop.count("entry")
    assert FACTS_MAX + 1 == taker.take_in()
    assert (2, FACTS_MAX + 1) == (shop.count("entry") - before, cursor(shop)[1])


def test_strange_facts_move_the_cursor_and_write_nothing(shop: Any, book: Bookkeeper, taker: FactsTaker) -> None:
    """Goal: what nobody understands is not read for ever. Method: a fact of a new kind; no entry, but the cursor."""
    with book.ledger.transaction():
        book.ledger.fact("weather", None, NOON, {})
    before = shop.count("entry")
    assert 0 == taker.take_in()
    assert (0, 1) == (shop.count("entry") - before, cursor(shop)[1])


def test_another_ledger_begins_at_its_beginning(shop: Any, book: Bookkeeper, taker: FactsTaker) -> None:
    """Goal: after a loss nothing of the new ledger is skipped. Method: take in, replace the file, take in."""
    for _ in range(3):
        book.receive("+6281234567890", "Ya", NOON)
    taker.take_in()
    old, path = book.ledger.id, book.folder / ledger.FILE
    book.ledger.close()
    path.unlink()
    ledger.create(book.folder, os.urandom(ledger.ID_BYTES))
    book.ledger = ledger.Ledger(path)
    assert (0, 0) == (taker.take_in(), cursor(shop)[1])
    assert old != cursor(shop)[0] == book.ledger.id
    book.receive("+6281234567890", "Ya", NOON)
    assert (1, 1) == (taker.take_in(), cursor(shop)[1])


def test_without_a_ledger_there_is_nothing(shop: Any, tmp_path: Path) -> None:
    """Goal: a branch without SMS works. Method: an empty folder."""
    before = cursor(shop)
    assert 0 == FactsTaker(shop.node.store, shop.node.journal, tmp_path).take_in()
    assert before == cursor(shop)


def test_a_damaged_ledger_is_told_and_stops_nothing(shop: Any, tmp_path: Path) -> None:
    """Goal: one sees what is wrong, and it goes on when mended. Method: a file that is none, then none."""
    broken = FactsTaker(shop.node.store, shop.node.journal, tmp_path)
    (tmp_path / ledger.FILE).write_bytes(b"not a database, " * 200)
    with pytest.raises(Relayed):
        broken.take_in()
    broken.turn()
    assert "sms_ledger_unreadable" == getattr(broken.failure, "code", None)
    (tmp_path / ledger.FILE).unlink()
    broken.turn()
    assert broken.failure is None


def test_the_thread_takes_in_by_itself(book: Bookkeeper, taker: FactsTaker) -> None:
    """Goal: no clock need be confirmed, nobody need ask. Method: start, wait for the first turn, stop."""
    book.receive("+6281234567890", "Ya", NOON)
    taker.start()
    until = time.monotonic() + 5
    while (
        time.monotonic() < until and not InboundMessage.select().where(InboundMessage.ledger == book.ledger.id).count()
    ):
        time.sleep(0.01)
    taker.stop()
    assert 1 == InboundMessage.select().where(InboundMessage.ledger == book.ledger.id).count()
