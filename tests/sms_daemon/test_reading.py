"""What pages and commands read of the ledger."""

from pathlib import Path

import pytest
from sms_shop import BUDI, HOUR, LEDGER_ID, NOON, SARI, Shop

from sms_daemon import reading
from sms_daemon.ledger_errors import LedgerUnreadable


@pytest.fixture
def used(shop: Shop) -> Shop:
    """One message sent, one unknown, one that waits; one that came in."""
    shop.script(sends={BUDI: ["cms 500"]})
    shop.sim({"sender": SARI, "text": "halo"})
    shop.message()
    shop.message(number=BUDI)
    shop.message(not_before=NOON + HOUR)
    shop.start()
    shop.until_rest()
    return shop


def test_status_counts_and_names(used: Shop) -> None:
    """Goal: all a person asks first. Method: a ledger with one of each, while the daemon has it open."""
    found = reading.status(used.folder, NOON + HOUR)
    assert LEDGER_ID.hex() == found["ledger"]
    assert {"sent": 1, "unknown": 1, "waiting": 1} == found["states"]
    assert (1, HOUR) == (found["waiting"], found["oldest_waiting_ms"])
    assert {"sent": 1, "unknown": 1} == found["attempts"]
    assert {"queued": 1, "sent": 1, "unknown": 1} == found["parts"]
    assert [("+62812****432", "cms_500", NOON)] == [
        (one["recipient"], one["reason"], one["at"]) for one in found["unknown"]
    ]
    assert [("meja", "ready", 70)] == [(one["name"], one["state"], one["signal"]) for one in found["modems"]]
    assert not found["running"]


def test_facts_are_read_by_number(used: Shop) -> None:
    """Goal: the branch takes each fact once. Method: all, then those behind the first."""
    ident, facts = reading.facts(used.folder, 0, 9)
    assert LEDGER_ID == ident
    assert ["inbound", "message", "message"] == [fact["kind"] for fact in facts]
    assert {"state": "sent", "reason": None, "parts": 1} == facts[1]["body"]
    assert facts[1:] == reading.facts(used.folder, facts[0]["id"], 9)[1]
    assert facts[:1] == reading.facts(used.folder, 0, 1)[1]


def test_it_reads_when_nothing_runs(used: Shop) -> None:
    """Goal: status needs no daemon. Method: stop it; read again."""
    used.stop()
    assert {"sent": 1, "unknown": 1, "waiting": 1} == reading.status(used.folder, NOON)["states"]
    assert "off" == reading.status(used.folder, NOON)["modems"][0]["state"]


def test_without_a_ledger_there_is_nothing(tmp_path: Path) -> None:
    """Goal: a new folder is no error. Method: read an empty one."""
    found = reading.status(tmp_path, 0)
    assert (None, 0, []) == (found["ledger"], found["waiting"], found["modems"])
    assert (None, []) == reading.facts(tmp_path, 0, 9)
    assert [] == reading.inbox(tmp_path)


def test_a_damaged_ledger_is_named(tmp_path: Path) -> None:
    """Goal: words, not a traceback. Method: rubbish."""
    (tmp_path / "sms.db").write_bytes(b"rubbish" * 1000)
    with pytest.raises(LedgerUnreadable):
        reading.status(tmp_path, 0)
