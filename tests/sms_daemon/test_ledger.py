"""The ledger's file, and opening the right one."""

import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sms_shop import LEDGER_ID, SARI, Shop

from sms_daemon import reading, schema
from sms_daemon.errors import SmsError
from sms_daemon.ledger import Ledger, create
from sms_daemon.ledger_errors import FileBusy, LedgerFault, LedgerNewer, LedgerNotWritten, LedgerUnreadable
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
    with pytest.raises(LedgerNewer) as told:
        Ledger(path)
    assert "Bring Cabang up to date" in told.value.todo
    with pytest.raises(LedgerNewer):
        reading.status(tmp_path, 0)


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


# --- what goes wrong while it is written ---------------------------------------------------------------------------


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """An open ledger that waits for nobody."""
    opened = Ledger(create(tmp_path, LEDGER_ID))
    opened.rows("PRAGMA busy_timeout = 0")
    yield opened
    opened.close()


def _fill_the_disk(ledger: Ledger) -> None:
    (pages,) = ledger.rows("PRAGMA page_count")[0]
    ledger.rows(f"PRAGMA max_page_count = {pages + 1}")


def _take_the_right_away(ledger: Ledger) -> None:
    ledger.rows("PRAGMA query_only = 1")


def _damage(ledger: Ledger) -> None:
    (page,) = ledger.rows("SELECT rootpage FROM sqlite_master WHERE name = 'fact'")[0]
    ledger.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    with ledger.path.open("r+b") as file:
        file.seek((page - 1) * 2048)
        file.write(b"\xff" * 2048)


def _drop_a_table(ledger: Ledger) -> None:
    ledger.run("DROP TABLE fact")


@pytest.mark.parametrize(
    ("mishap", "error"),
    [
        (_fill_the_disk, LedgerNotWritten),
        (_take_the_right_away, LedgerNotWritten),
        (_damage, LedgerUnreadable),
        (_drop_a_table, LedgerFault),
    ],
)
def test_each_mishap_has_its_own_words(ledger: Ledger, mishap: Callable[[Ledger], None], error: type[SmsError]) -> None:
    """Goal: nobody makes room on a disk that is not full; nothing is half written. Method: four mishaps in a change."""
    mishap(ledger)

    def change() -> None:
        with ledger.transaction():
            ledger.put("outbox", 7)
            ledger.fact("message", None, 0, {"long": "x" * 100_000})

    with pytest.raises(error) as told:
        change()
    assert told.type is error
    assert str(ledger.path) in told.value.happened % told.value.params
    with closing(sqlite3.connect(ledger.path)) as other:
        assert (0,) == other.execute("SELECT value FROM ledger WHERE name = 'outbox'").fetchone()


def test_a_ledger_another_program_holds_is_said_so(ledger: Ledger) -> None:
    """Goal: the other program is named as the cause. Method: another writer; writing, then going on after it ended."""
    with closing(sqlite3.connect(ledger.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(FileBusy), ledger.transaction():
            ledger.put("outbox", 7)
        other.execute("ROLLBACK")
    with ledger.transaction():
        ledger.put("outbox", 8)
    assert 8 == ledger.value("outbox")


def test_a_fault_outside_a_change_has_words_too(ledger: Ledger) -> None:
    """Goal: reading never ends in a traceback either. Method: a table that is gone."""
    ledger.run("DROP TABLE fact")
    with pytest.raises(LedgerFault):
        ledger.rows("SELECT * FROM fact")


# --- older and newer files -----------------------------------------------------------------------------------------

LEFT = (  # states of a message and its parts as the first build left them when a person took a message back
    ("cancelled", ("sent", "queued"), ("sent", "cancelled")),
    ("expired", ("queued",), ("expired",)),
    ("unknown", ("unknown", "queued"), ("unknown", "cancelled")),
    ("queued", ("sent", "queued"), ("sent", "queued")),
)


def as_the_first_build_made_it(folder: Path, version: int) -> Path:
    """A ledger of before, with messages in it."""
    path = folder / "sms.db"
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("PRAGMA journal_mode = WAL")
        file.executescript(Path(__file__).with_name("ledger_1.sql").read_text(encoding="utf-8"))
        file.execute("INSERT INTO ledger VALUES ('id', ?), ('outbox', 4), ('orders', 2)", (LEDGER_ID,))
        file.execute(f"PRAGMA user_version = {version}")
        for place, (state, parts, _) in enumerate(LEFT):
            ident = b"m%d" % place
            values = (ident, "staff", 0, SARI, "Halo", "gsm7", len(parts), b"", state, 1, 1)
            names = "id, kind, rank, recipient, text, coding, parts, digest, state, made_at, changed_at"
            file.execute(f"INSERT INTO message ({names}) VALUES ({', '.join('?' * len(values))})", values)
            for number, part in enumerate(parts, 1):
                row = (ident, number, "Halo", part)
                file.execute("INSERT INTO part (message, part, text, state) VALUES (?, ?, ?, ?)", row)
    return path


def tables_and_indexes(ledger: Ledger) -> list[tuple[object, ...]]:
    return ledger.rows("SELECT name, sql FROM sqlite_master ORDER BY name")


@pytest.mark.parametrize("version", [0, 1])
def test_an_older_file_is_brought_up_to_date(tmp_path: Path, version: int) -> None:
    """Goal: an upgrade loses nothing and needs nobody. Method: a first build's file, opened twice; a new one beside."""
    (tmp_path / "new").mkdir()
    with closing(Ledger(create(tmp_path / "new", LEDGER_ID))) as new:
        wanted = tables_and_indexes(new)
    path = as_the_first_build_made_it(tmp_path, version)
    Ledger(path).close()
    with closing(Ledger(path)) as old:
        assert (wanted, LEDGER_ID, 4, 2) == (tables_and_indexes(old), old.id, old.value("outbox"), old.value("orders"))
        assert [(schema.VERSION,)] == old.rows("PRAGMA user_version")
        parts = old.rows("SELECT group_concat(state) FROM part GROUP BY message ORDER BY message")
        assert [",".join(after) for _, _, after in LEFT] == [states for (states,) in parts]
        assert [state for state, _, _ in LEFT] == [
            state for (state,) in old.rows("SELECT state FROM message ORDER BY id")
        ]


def test_an_upgrade_that_is_cut_leaves_the_older_file(tmp_path: Path) -> None:
    """Goal: all of a step or none of it. Method: a table the step needs is gone; the version stays, the index too."""
    path = as_the_first_build_made_it(tmp_path, 1)
    with closing(sqlite3.connect(path)) as file:
        file.execute("DROP TABLE part")
    with pytest.raises(LedgerFault):
        Ledger(path)
    with closing(sqlite3.connect(path)) as file:
        assert (1,) == file.execute("PRAGMA user_version").fetchone()
        assert [] == file.execute("SELECT 1 FROM sqlite_master WHERE name = 'message_bound'").fetchall()


@pytest.mark.parametrize("content", [b"rubbish" * 1000, b""])
def test_a_branch_that_cannot_be_read_is_named(tmp_path: Path, content: bytes) -> None:
    """Goal: words, not a traceback. Method: rubbish, and a database without tables."""
    (tmp_path / "branch.db").write_bytes(content)
    outbox = Outbox(tmp_path)
    with pytest.raises(BranchUnreadable):
        outbox.known()
    outbox.close()


def test_a_branch_file_that_another_program_holds_is_not_called_damaged(shop: Shop) -> None:
    """Goal: nobody looks for damage that is none. Method: another program locks all of it; then lets go."""
    outbox = Outbox(shop.folder)
    outbox._rows("PRAGMA busy_timeout = 0")
    with closing(sqlite3.connect(shop.folder / "branch.db", isolation_level=None)) as other:
        shop.branch.close()
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(FileBusy):
            outbox.known()
    assert LEDGER_ID == outbox.known().ledger
    outbox.close()
