"""Restored, rolled-back and copied databases: the log goes on in a new epoch, and nothing is lost or named twice."""

import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest
from cabang_copies import (
    check_whole,
    copied,
    epochs_of,
    later,
    opened,
    put_back,
    sales,
    twin,
    working,
)
from cabang_oracle import check_log
from cabang_pair import BranchSide
from cabang_planted_copies import a_unit_released_later_is_told, an_own_value_lost_here_is_told
from cabang_scenes import sell, shared_customer

from crm.branches import BranchSetting
from crm.customers import Customer
from crm.messages import InboundMessage
from sync import entry, epochs, ids, limits, rows, store, wire
from sync.errors import EpochClosed


@pytest.mark.parametrize("found_out", [True, False], ids=["canary", "at first contact"])
def test_a_database_put_back_goes_on(company, branch, found_out) -> None:
    """Goal: an older copy loses nothing. Method: sales before, after and on the copy; all at both sides, books fit."""
    customer = shared_customer(company)
    sell(branch)
    company.heal()
    sell(branch)  # in the copy, never sealed there
    old = copied(branch, "old.db")
    sell(branch, customer)
    with branch.unit() as unit:
        unit.set(Customer, customer, {"name": "Dewi"})
    company.heal()
    before = sales(branch)
    back = put_back(company, branch, old, found_out)
    later(company)
    sell(back)
    with back.unit() as unit:
        unit.set(Customer, customer, {"name": "Agus", "archived": True})
    assert 3 >= company.until_done(back)
    company.heal()
    assert before < sales(back) == sales(company.hub)
    assert 4 == len(sales(back))
    assert (epochs.OLDER if found_out else epochs.FORKED) == opened(back)
    check_whole(company)


def test_a_copy_with_sealed_work_that_was_never_sent(company, branch) -> None:
    """Goal: what was sealed before the copy reaches the hub in its own epoch. Method: cut off since two seals."""
    sell(branch)
    branch.journal.seal()
    sell(branch)
    branch.journal.seal()
    sell(branch)
    back = put_back(company, branch, copied(branch, "old.db"), True)
    sell(back)
    assert (4, back.rows("SELECT stamp >> 16 FROM entry WHERE seq = 2")[0][0]) == back.link.pending()
    company.heal()
    assert (0, 0) == back.link.pending()
    assert 4 == len(sales(company.hub))
    assert [3, 6] == [seq for (seq,) in company.hub.rows("SELECT seq FROM epoch WHERE stream = 1 ORDER BY id")]
    check_whole(company)


def test_sealed_work_that_another_copy_sent_first(company, branch) -> None:
    """Goal: the parent moves back to what is common. Method: both copies sealed different work; the canary speaks."""
    other = twin(company, branch)
    sell(other)
    company.until_done(working(company, other))
    sell(branch)
    branch.journal.seal()
    sell(branch)
    back = put_back(company, branch, copied(branch, "old.db"), True)
    later(company, other)
    company.until_done(back)
    assert 3 == len(sales(company.hub)) == len(sales(back))
    assert epochs.FORKED == opened(back)
    check_whole(company)


def test_two_copies_take_turns(company, branch) -> None:
    """Goal: both sell, nothing is lost, ids are unique. Method: eight turns; each hears the other; the hub notes."""
    other = twin(company, branch)
    for _ in range(4):
        for side in (branch, other):
            later(company, other)
            sell(side)
            company.until_done(working(company, side))
    for side in (branch, other):
        later(company, other)
        company.until_done(working(company, side))
        check_whole(company, branch, other)
    assert 8 == len(sales(company.hub)) == len(sales(branch)) == len(sales(other))
    assert 8 == company.hub.one("SELECT times FROM copy_seen WHERE stream = 1")
    assert epochs.REPLACED == opened(other)


def test_two_copies_at_once_do_not_race(company, branch) -> None:
    """Goal: two copies do not open epochs without end. Method: turns within a minute; one waits, its till goes on."""
    other = twin(company, branch)
    later(company, other)
    for side in (branch, other, branch):
        sell(side)
        company.until_done(working(company, side))
    made = epochs_of(company.hub)
    sell(other)
    answer, _ = company.ask(working(company, other))
    assert answer.refusal is not None
    assert (EpochClosed.code, None) == (answer.refusal.code, answer.page)
    assert not other.link.take(answer, None).settled
    sell(other)
    assert made == epochs_of(company.hub)
    later(company, other)
    company.until_done(other)
    assert 5 == len(sales(company.hub))


def test_a_copy_that_sells_nothing_hears_all_the_same(company, branch) -> None:
    """Goal: an idle copy's cursor never passes what the other one wrote. Method: the idle one asks after each sale."""
    other = twin(company, branch)
    for _ in range(3):
        later(company, other)
        sell(branch)
        company.until_done(working(company, branch))
        later(company, other)
        company.until_done(working(company, other))
        assert sales(branch) == sales(other)
    check_whole(company, branch)


def test_a_unit_in_both_copies_is_one(company, branch) -> None:
    """Goal: equal content is a repeat. Method: the copy carries what the original has sent; log and rows of the hub."""
    sell(branch)
    old = copied(branch, "old.db")
    company.heal()
    before = company.hub.digest()
    back = put_back(company, branch, old, True)
    company.heal()
    assert before == company.hub.digest() and 1 == len(sales(back))
    (start,) = company.hub.rows("SELECT start FROM entry WHERE stream = 1 AND seq = 3 AND effective IS NULL")[0]
    assert 1 == company.hub.one("SELECT count(*) FROM process_start WHERE start = ?", start)
    check_whole(company)


def test_a_unit_released_later_reaches_the_other_copy(company, branch) -> None:
    """Goal: no copy misses what was held for a while. Method: held, the other copy's epoch begins, then it is taken."""
    a_unit_released_later_is_told(company)


def test_an_own_value_that_stood_again_is_told(company, branch) -> None:
    """Goal: a database put back holds what its lost past wrote. Method: another branch's change loses meanwhile."""
    an_own_value_lost_here_is_told(company)


def test_a_process_start_may_straddle_epochs(company, branch) -> None:
    """Goal: ops are found wherever their unit stands. Method: a start cut by three epochs; each sale is looked up."""
    made = []
    for _ in range(2):
        sell(branch)
    company.heal()
    sell(branch)
    for side in (branch, company.hub):
        made = [row for (row,) in branch.rows("SELECT id FROM sale ORDER BY id")]
        assert side is branch or 2 == len(sales(side))
    epochs.go_on(branch.journal, epochs.OLDER)
    sell(branch)
    epochs.go_on(branch.journal, epochs.OLDER)
    company.heal()
    start = ids.unpack(made[-1]).start
    sql = "SELECT n FROM process_start WHERE stream = 1 AND start = ? ORDER BY n"
    assert [(1,), (3,)] == branch.rows(sql, start) == company.hub.rows(sql, start)
    for side in (branch, company.hub):
        for sale in sales(side):
            name = ids.unpack(sale)
            assert (name.start, name.n) == rows.entry_of(side.store.connection(), sale, "e.start, e.n")
    assert 4 == len(sales(company.hub))
    check_whole(company)


def test_carried_units_keep_salts_and_erasures(company, branch) -> None:
    """Goal: personal ops stay personal ops. Method: three personal ops, one with its salt, one erased; commitments."""
    with branch.unit() as unit:
        for number in ("X1", "X2", "X3"):
            unit.insert(Customer, {"number": number, "name": "Sari"})
    seq, secret, payload = branch.rows(
        "SELECT e.seq, s.secret, e.payload FROM entry e JOIN segment s ON s.epoch = e.epoch "
        "WHERE e.seq = 2 AND s.first = 2"
    )[0]
    items: list[Any] = wire.decode_array(payload, "entry")
    personal = [place for place, item in enumerate(items) if type(item) is list]
    kept = [entry.commitment(item, secret, seq, place) for place, item in enumerate(items)]
    items = entry.salted(items, secret, seq)
    items[personal[0]] = [None, kept[personal[0]]]
    with branch.store.write(gate=store.WIDE) as connection:
        connection.execute("UPDATE entry SET payload = ? WHERE seq = 2", (wire.encode(items),))
    branch.restart()
    epochs.go_on(branch.journal, epochs.RESTORED)
    company.heal()
    (payload,) = company.hub.rows("SELECT payload FROM entry WHERE stream = 1 AND seq = 3")[0]
    carried: list[Any] = wire.decode_array(payload, "entry")
    assert kept == [entry.commitment(item, b"", 3, place) for place, item in enumerate(carried)]
    assert [None, "Sari", "Sari"] == [
        name for (name,) in company.hub.rows("SELECT name FROM customer WHERE number > 'X' ORDER BY number")
    ]


def test_what_waits_on_top_follows_its_unit(company, branch) -> None:
    """Goal: unconfirmed changes stay unconfirmed, then enter the base. Method: overlay before and after, digests."""
    customer = shared_customer(company)
    for name in ("Dewi", "Agus"):
        with branch.unit() as unit:
            unit.set(Customer, customer, {"name": name})
    seqs = [seq for (seq,) in branch.rows("SELECT seq FROM overlay ORDER BY seq")]
    epochs.go_on(branch.journal, epochs.OLDER)
    assert [0, *[seq + 1 for seq in seqs[1:]]] == [
        seq for (seq,) in branch.rows("SELECT seq FROM overlay ORDER BY seq")
    ]
    with company.branches[1].unit() as unit:
        unit.set(Customer, customer, {"archived": True})
    company.heal()
    assert [] == branch.rows("SELECT seq FROM overlay")
    check_whole(company)


def test_nothing_new_is_named_like_something_old(company, branch) -> None:
    """Goal: no unit is named twice by one process. Method: units around an epoch that opens while it runs."""
    for _ in range(3):
        sell(branch)
        epochs.go_on(branch.journal, epochs.FORKED)
    sell(branch)
    units = branch.rows("SELECT start, n FROM entry")
    assert len(units) == len(set(units)) == 8
    company.heal()
    assert 4 == len(sales(company.hub))
    check_whole(company)


def test_the_longest_unit_can_be_carried(company, branch) -> None:
    """Goal: nothing is too large to be carried. Method: a unit as large as one may be, and one of many people."""
    text = "x" * limits.TEXT_BYTES_MAX
    with branch.unit() as unit:
        for number in range(14):
            key = (1, f"large {number}")
            unit.insert(BranchSetting, {"stream": 1, "name": key[1], "value": text}, key=key)
        for number in range(800):
            unit.insert(Customer, {"number": f"Y{number}", "name": "Sari"})
    assert limits.ENTRY_BYTES_MAX - 4_000 < branch.one("SELECT length(payload) FROM entry WHERE seq = 2")
    epochs.go_on_behind(branch.journal, branch.journal.epoch, 1, epochs.FORKED)
    assert limits.ENTRY_BYTES_MAX < branch.one("SELECT max(length(payload)) FROM entry")
    company.heal()
    assert 800 == company.hub.one("SELECT count(*) FROM customer WHERE number LIKE 'Y%'")
    check_whole(company)


# --- stopped at every step ---------------------------------------------------------------------------------------

STEPS = ("_take_out", "_cut", "_end", "_open", "_append", "_place", "_write", "_renumber")


class Killed(BaseException):
    """The process ends here."""


def kept(side: BranchSide) -> list[Any]:
    """All that an epoch's opening touches."""
    names = ("epoch", "segment", "entry", "process_start", "overlay", "quarantine", "acknowledgement", "node")
    return [side.rows(f"SELECT * FROM {name} ORDER BY 1, 2") for name in names]


def test_an_opening_stopped_at_every_step(company, branch, monkeypatch) -> None:
    """Goal: an epoch is opened whole or not at all. Method: the process ends at each step; then it is done again."""
    customer = shared_customer(company)
    sell(branch)
    branch.journal.seal()
    for name in ("Dewi", "Agus"):
        with branch.unit() as unit:
            unit.set(Customer, customer, {"name": name})
    before, place = kept(branch), 0
    while True:
        left = iter(range(place))
        with monkeypatch.context() as patch:
            for name, usual in [(one, getattr(epochs._Opening, one)) for one in STEPS]:

                def step(*args: Any, usual: Any = usual, left: Iterator[int] = left) -> Any:
                    if next(left, None) is None:
                        raise Killed
                    return usual(*args)

                patch.setattr(epochs._Opening, name, step)
            try:
                epochs.go_on_behind(branch.journal, branch.journal.epoch, 2, epochs.FORKED)
                break
            except Killed:
                branch.restart()
        assert before == kept(branch), place
        place += 1
    assert place > 10
    company.heal()
    check_whole(company)


def test_a_stop_between_opening_and_going_on(company, branch, monkeypatch) -> None:
    """Goal: what was opened is opened. Method: the process ends after the commit, before memory knows of it."""
    sell(branch)

    def die(journal: Any) -> None:
        raise Killed

    monkeypatch.setattr(type(branch.journal), "_load", die)
    with pytest.raises(Killed):
        epochs.go_on(branch.journal, epochs.OLDER)
    monkeypatch.undo()
    branch.restart()
    sell(branch)
    company.heal()
    assert (2, 2) == (len(sales(company.hub)), epochs_of(company.hub))
    check_whole(company)


def test_a_refused_opening_leaves_the_till_open(company, branch) -> None:
    """Goal: a full disk stops the exchange alone. Method: the opening fails in its transaction; then people sell."""
    with branch.store.write() as connection:
        connection.execute("CREATE TRIGGER full BEFORE INSERT ON epoch BEGIN SELECT RAISE(ABORT, 'full'); END")
    sell(branch)
    with pytest.raises(sqlite3.IntegrityError):
        epochs.go_on(branch.journal, epochs.OLDER)
    sell(branch)
    with branch.store.write() as connection:
        connection.execute("DROP TRIGGER full")
    company.heal()
    assert 2 == len(sales(company.hub))


def test_the_same_names_in_two_copies(company, branch) -> None:
    """Goal: one name for two units is noticed. Method: a machine resumed twice: same start, same unit numbers."""
    sell(branch)
    company.heal()
    other = twin(company, branch)
    other.journal._start, other.journal._started = branch.journal._start, True
    sell(branch)
    with other.unit() as unit:
        unit.insert(Customer, {"number": "X9", "name": "Lain"})
    sell(other)
    company.until_done(working(company, branch))
    later(company, other)
    company.until_done(working(company, other))
    reasons = "SELECT reason FROM quarantine"
    assert [("same_id_other_bytes",)] == company.hub.rows(reasons) == other.rows(reasons)
    assert 3 == len(sales(company.hub)) == len(sales(other))
    for side in (company.hub, branch):
        check_log(company, side)


def test_two_copies_that_write_the_same_are_whole(company, branch) -> None:
    """Goal: verify says damaged of nothing sound. Method: one answer of a ledger, taken in at a branch and its copy."""
    sell(branch)
    company.heal()
    other = twin(company, branch)
    for side in (branch, other):
        with side.unit() as unit:
            unit.insert(InboundMessage, {"owner": 1, "ledger": b"one", "position": 7, "at": 5}, key=(b"one", 7))
    company.until_done(working(company, branch))
    later(company, other)
    company.until_done(working(company, other))
    assert [(1,)] == company.hub.rows("SELECT count(*) FROM inbound_message") and epochs_of(company.hub) == 2
    check_log(company, company.hub)
