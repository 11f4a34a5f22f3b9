"""The ledger's file, and opening the right one."""

import sqlite3
import stat
from pathlib import Path

import pytest
from sms_shop import LEDGER_ID, SARI, Shop

from sms_daemon import schema
from sms_daemon.ledger import Ledger, LedgerNewer, LedgerNotWritten, LedgerUnreadable, create
from sms_daemon.outbox import BranchReplaced, BranchUnreadable, NoBranch, Outbox


def test_a_new_ledger_is_empty_and_its_owners_alone(tmp_path: Path) -> None:
    """Goal: name, rights and settings of the file. Method: create and look."""
    path = create(tmp_path, LEDGER_ID)
    ledger = Ledger(path)
    assert LEDGER_ID == ledger.id
    assert ["wal", 2, 2048] == [
        ledger.rows(f"PRAGMA {name}")[0][0] for name in ("journal_mode", "synchronous", "page_size")
    ]
    assert 0o600 == stat.S_IMODE(path.stat().st_mode)
    ledger.close()
    with pytest.raises(FileExistsError):
        create(tmp_path, LEDGER_ID)


def test_a_transaction_is_whole_or_nothing(tmp_path: Path) -> None:
    """Goal: no half of a change. Method: raise in the middle."""
    ledger = Ledger(create(tmp_path, LEDGER_ID))

    def half() -> None:
        with ledger.transaction():
            ledger.put("outbox", 7)
            raise KeyError

    with pytest.raises(KeyError):
        half()
    assert 0 == ledger.value("outbox")
    ledger.close()


@pytest.mark.parametrize("content", [b"", b"no database at all" * 500, b"\0" * 4096])
def test_what_is_no_ledger_is_refused_in_words(tmp_path: Path, content: bytes) -> None:
    """Goal: a damaged file is named, not read as empty. Method: rubbish, nothing, zeros."""
    (tmp_path / "sms.db").write_bytes(content)
    with pytest.raises(LedgerUnreadable):
        Ledger(tmp_path / "sms.db")


def test_a_newer_ledger_is_refused(tmp_path: Path) -> None:
    """Goal: an older program writes no newer file. Method: raise the version."""
    path = create(tmp_path, LEDGER_ID)
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
    connection.close()
    with pytest.raises(LedgerNewer):
        Ledger(path)


def send_all(shop: Shop) -> None:
    shop.start()
    shop.until_rest()
    shop.stop()


def lose(shop: Shop) -> None:
    (shop.folder / "sms.db").unlink()


def make_older(shop: Shop) -> None:
    shop.node(sms_facts=99)


def make_foreign(shop: Shop) -> None:
    lose(shop)
    create(shop.folder, b"F" * 16)


@pytest.mark.parametrize("mishap", [lose, make_older, make_foreign])
def test_a_ledger_that_cannot_know_sends_nothing_again(shop: Shop, mishap) -> None:
    """Goal: a lost, old or foreign ledger doubles nothing. Method: send; lose it; what the branch knows of stays so."""
    known, untold = shop.message("satu"), shop.message("dua")
    send_all(shop)
    shop.state_fact(known, "sent")
    never_taken = shop.message("tiga")
    mishap(shop)
    send_all(shop)
    new = shop.message("empat")
    shop.start()
    shop.until_rest()
    assert ("sent", None) == shop.state(known)
    assert [("unknown", "ledger_lost")] * 2 == [shop.state(untold), shop.state(never_taken)]
    assert ("sent", None) == shop.state(new)
    assert 3 == len(shop.submitted())
    assert LEDGER_ID != shop.ledger.id
    assert ["unknown", "unknown", "sent"] == shop.facts()


def test_the_new_ledger_is_kept_until_the_branch_knows_it(shop: Shop) -> None:
    """Goal: losing it once makes one new ledger, not one at each start. Method: start twice; then the branch learns."""
    lose(shop)
    send_all(shop)
    first = Ledger(shop.folder / "sms.db")
    ident = first.id
    first.close()
    message = shop.message()
    send_all(shop)
    shop.node(sms_ledger=ident, sms_facts=1)
    shop.start()
    assert ident == shop.ledger.id
    assert ("sent", None) == shop.state(message)


def test_the_old_file_is_kept(shop: Shop) -> None:
    """Goal: nothing is thrown away. Method: a foreign ledger is put aside, twice."""
    for ident in (b"X" * 16, b"Y" * 16):
        shop.node(sms_ledger=ident)
        send_all(shop)
    assert 2 == len([path for path in shop.folder.glob("sms.db.old-*") if not path.name.endswith(("-wal", "-shm"))])


def test_orders_of_before_are_not_carried_out_again(shop: Shop) -> None:
    """Goal: an order works once, also over a loss. Method: order, lose the ledger; only a new order sends."""
    shop.script(sends={SARI: ["cms 500", "cms 500", "ok"]})
    message = shop.message()
    send_all(shop)
    shop.order(message)
    send_all(shop)
    lose(shop)
    send_all(shop)
    assert 2 == len(shop.asked("send"))
    shop.order(message)
    send_all(shop)
    assert 3 == len(shop.asked("send"))


def test_an_outbox_put_back_from_a_copy_goes_on(shop: Shop) -> None:
    """Goal: rows counted anew are not passed over. Method: the branch loses rows, then writes others."""
    for text in ("satu", "dua", "tiga"):
        shop.message(text)
    send_all(shop)
    shop.branch.execute("DELETE FROM message WHERE rowno > 1")
    send_all(shop)
    shop.message("empat")
    send_all(shop)
    assert 4 == len(shop.submitted())


def test_a_folder_without_a_branch_is_refused(tmp_path: Path) -> None:
    """Goal: words, not a traceback. Method: an empty folder."""
    with pytest.raises(NoBranch):
        Outbox(tmp_path)


def test_another_branch_file_is_noticed(shop: Shop) -> None:
    """Goal: a database that was replaced is not read on as if nothing were. Method: rename another over it."""
    outbox = Outbox(shop.folder)
    assert outbox.changed()
    assert not outbox.changed()
    shop.message()
    assert outbox.changed()
    copy = shop.folder / "copy.db"
    copy.write_bytes(b"")
    copy.replace(shop.folder / "branch.db")
    with pytest.raises(BranchReplaced):
        outbox.changed()
    outbox.close()


def test_a_full_disk_is_said_in_words(tmp_path: Path) -> None:
    """Goal: words, and nothing half written. Method: a limit on the file's pages."""
    ledger = Ledger(create(tmp_path, LEDGER_ID))
    (pages,) = ledger.rows("PRAGMA page_count")[0]
    ledger.rows(f"PRAGMA max_page_count = {pages + 1}")

    def fill() -> None:
        with ledger.transaction():
            ledger.put("outbox", 7)
            ledger.put("long", "x" * 100_000)

    with pytest.raises(LedgerNotWritten):
        fill()
    assert 0 == ledger.value("outbox")
    ledger.close()


@pytest.mark.parametrize("content", [b"rubbish" * 1000, b""])
def test_a_branch_that_cannot_be_read_is_named(tmp_path: Path, content: bytes) -> None:
    """Goal: words, not a traceback. Method: rubbish, and a database without tables."""
    (tmp_path / "branch.db").write_bytes(content)
    outbox = Outbox(tmp_path)
    with pytest.raises(BranchUnreadable):
        outbox.known()
    outbox.close()
