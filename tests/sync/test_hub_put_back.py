"""A head office put back to an older state: branches notice, say so, and give it what it lost."""

import msgspec
import pytest
from cabang_copies import check_whole, copied, epochs_of, later, put_hub_back, sales, twin, working
from cabang_copies_held import what_another_copy_wrote_is_held_no_more, what_is_held_no_more
from cabang_oracle import check_log
from cabang_planted_copies import a_carried_unit_counts_otherwise, what_counts_otherwise
from cabang_planted_lost import a_lost_name_and_what_follows
from cabang_scenes import sell

from crm.customers import Customer
from sync import epochs, exchange, feed_epochs
from sync.branch import FULL_LOAD, Load
from sync.errors import HubCannotStore, MissingRow
from sync.merger import Merger


def lost(side) -> int:
    return int(side.store.get("hub_lost") or 0)


def test_branches_give_it_back(company, branch) -> None:
    """Goal: what branches wrote comes back by itself. Method: sales after the copy; equal digests; what is told."""
    sell(branch)
    company.heal()
    old = copied(company.hub, "old hub.db")
    common = company.hub.store.get("position")
    for side in company.branches:
        sell(side)
        sell(side)
    company.heal()
    before = {side.stream: side.digest() for side in company.branches}
    put_hub_back(company, old)
    assert 1 == len(sales(company.hub))
    for side in company.branches:
        assert common < side.store.get("cursor")
        company.round(side)
    company.heal()
    assert before == {side.stream: company.hub.digest(side.stream) for side in company.branches}
    assert [2, 2] == [lost(side) for side in company.branches]
    assert [company.hub.store.get("feed_epoch")] * 2 == [side.store.get("feed_epoch") for side in company.branches]
    check_whole(company)


def test_only_what_is_new_is_heard_again(company, branch) -> None:
    """Goal: a restored hub costs the line little. Method: rows of the page after it: one new customer of three."""
    for name in ("Sari", "Dewi"):
        with branch.unit() as unit:
            unit.insert(Customer, {"number": name, "name": name})
    company.heal()
    other = company.branches[1]
    put_hub_back(company, copied(company.hub, "old hub.db"))
    with branch.unit() as unit:
        unit.insert(Customer, {"number": "Agus", "name": "Agus"})
    company.until_done(branch)
    answer, nonce = company.ask(other)
    items = other.open_page(answer, nonce) or []
    assert 1 == len([row for _, effect in items for row in effect if row[0] == 20])


def test_an_epoch_it_never_heard_of(company, branch) -> None:
    """Goal: the epochs before are given back first. Method: two epochs opened since the copy, each with its sales."""
    old = copied(company.hub, "old hub.db")
    for _ in range(2):
        sell(branch)
        company.heal()
        sell(branch)
        epochs.go_on(branch.journal, epochs.OLDER)
    sell(branch)
    company.heal()
    assert 3 == epochs_of(company.hub)
    before = branch.digest()
    put_hub_back(company, old)
    company.until_done(branch)
    company.heal()
    assert before == company.hub.digest(1)
    assert (4, 5) == (epochs_of(company.hub), len(sales(company.hub)))  # the last one ended as well
    check_whole(company)


def test_one_that_does_not_know_it_was_put_back(company, branch) -> None:
    """Goal: even a copy of the whole folder heals. Method: the feed goes on under its old name; all is heard again."""
    sell(branch)
    company.heal()
    old = copied(company.hub, "old hub.db")
    sell(branch)
    sell(company.branches[1])
    company.heal()
    put_hub_back(company, old, found_out=False)
    for side in company.branches:
        sell(side)
    company.heal()
    company.heal()
    assert 5 == len(sales(company.hub))
    assert [1, 1] == [lost(side) for side in company.branches]
    check_whole(company)


@pytest.mark.parametrize(
    ("common", "sent", "unsent"),
    [(1, 3, 0), (0, 1, 0), (0, 2, 1)],
    ids=["a longer log", "a log as long, nothing to send", "a longer log, more to send"],
)
def test_another_copy_speaks_first(company, branch, common, sent, unsent) -> None:
    """Goal: what is common is searched for: equal numbers are no proof, a signature for another log stops nobody.

    Method: a copy of the branch gives a restored hub a log of one sale of its own; then ours comes, which is another.
    """
    sold(company, branch, common)
    old, other = copied(company.hub, "old hub.db"), twin(company, branch)
    sold(company, branch, sent)
    if unsent:
        sell(branch)
    put_hub_back(company, old)
    sell(other)
    company.until_done(working(company, other))
    later(company, branch)
    company.until_done(working(company, branch))
    later(company, branch, other)
    company.until_done(working(company, other))
    assert common + sent + unsent + 1 == len(sales(company.hub)) == len(sales(other)) == len(sales(branch))
    check_whole(company, branch)


def sold(company, branch, count: int) -> None:
    """Sales, each of which is told before the next."""
    for _ in range(count):
        sell(branch)
        company.heal()


def test_a_full_disk_while_it_is_searched(company, branch) -> None:
    """Goal: what another copy wrote is not passed over. Method: the restored hub cannot store when ours asks again."""
    old, other = copied(company.hub, "old hub.db"), twin(company, branch)
    sell(branch)
    company.heal()
    put_hub_back(company, old)
    sell(other)
    company.until_done(working(company, other))
    later(company, branch)
    company.round(working(company, branch))
    with company.hub.without_room():
        answer, nonce = company.ask(branch)
    answer = msgspec.structs.replace(answer, refusal=exchange.refusal_of(HubCannotStore()))
    progress = branch.link.take(answer, branch.open_page(answer, nonce))
    assert (0, False, True) == (progress.taken, progress.settled, progress.more)
    company.until_done(branch)
    assert 2 == len(sales(company.hub)) == len(sales(branch))
    check_whole(company, branch)


def test_a_change_of_something_the_hub_has_lost(company, branch) -> None:
    """Goal: what follows from a lost change of head office is not held for ever. Method: both changed a customer."""
    a_lost_name_and_what_follows(company)
    company.heal()
    assert [] == company.hub.rows("SELECT * FROM quarantine")
    assert {"Cabang"} == {side.one("SELECT name FROM customer") for side in company.sides}
    check_whole(company)


def test_what_counts_otherwise_the_second_time(company, branch) -> None:
    """Goal: a branch holds what the hub holds. Method: a later change won, is lost, and its branch stays away."""
    what_counts_otherwise(company)
    company.heal()
    assert {"Dua"} == {side.one("SELECT name FROM customer") for side in company.sides}
    check_whole(company)


def test_a_loss_is_no_copy(company, branch) -> None:
    """Goal: only what happened here is said here. Method: a new epoch after a loss of the hub; why and since when."""
    old = copied(company.hub, "old hub.db")
    sell(branch)
    company.heal()
    put_hub_back(company, old)
    company.until_done(branch)
    assert (2, 1) == (epochs_of(branch), lost(branch))
    assert (None, None) == (branch.store.get(epochs.WHY), branch.store.get(epochs.SINCE))


def test_a_late_answer_is_no_loss(company, branch) -> None:
    """Goal: an old answer changes nothing. Method: one from before what the hub signed for, without its page."""
    answer, _ = company.ask(branch)
    answer, _ = company.ask(branch)
    sell(branch)
    company.until_done(branch)
    branch.link.take(answer, None)
    assert (1, 0, False) == (epochs_of(branch), lost(branch), branch.link.uplink.has_more())
    company.heal()
    check_whole(company)


def test_feeds_are_remembered_by_name(company, hub) -> None:
    """Goal: a branch goes on where both feeds are the same. Method: renewals at three positions, asked of each."""
    names = [hub.store.get("feed_epoch"), b"second..", b"third..."]
    positions = []
    for name in names[1:]:
        sell(company.branches[0])
        company.heal()
        positions.append(hub.store.get("position"))
        with hub.store.write():
            for value in feed_epochs.renewed(hub.store, name).items():
                hub.store.put(*value)
    found = [feed_epochs.place(hub.store, name, 10**6, 10**6) for name in [*names[:2], b"unknown."]]
    assert [(positions[0],) * 2, (positions[1],) * 2, (0, 0)] == found
    assert (3, 2) == feed_epochs.place(hub.store, names[0], 3, 2)
    assert (0, 0) == feed_epochs.place(hub.store, names[2], 10**6, 10**6)


def test_a_carried_unit_that_counts_otherwise(company) -> None:
    """Goal: a branch holds what the hub holds. Method: two made one card; the verdict turns when it is carried anew."""
    a_carried_unit_counts_otherwise(company)


def test_what_is_held_again_is_one_notice(company, branch, monkeypatch) -> None:
    """Goal: the lists of both agree. Method: an entry is held, lost and held again, its epoch numbered otherwise."""
    other = company.branches[1]
    company.heal()
    old = copied(company.hub, "old hub.db")
    epochs.go_on(branch.journal, epochs.OLDER)
    with monkeypatch.context() as patch:
        patch.setattr(Merger, "_exists", _missing)
        sell(branch)
        company.until_done(branch)
        put_hub_back(company, old)
        epochs.go_on(other.journal, epochs.OLDER)
        company.until_done(other)
        company.until_done(branch)
    places = "SELECT epoch, seq, reason FROM held_entry WHERE NOT released"
    assert (1, branch.rows(places)) == (branch.one("SELECT count(*) FROM held_entry"), company.hub.rows(places))
    check_log(company, branch)
    assert 1 == company.hub.exchange.retry_held()
    company.heal()
    assert 1 == len(sales(company.hub))
    check_whole(company)


def _missing(self: object, target: str, row_id: bytes | None) -> None:
    raise MissingRow(what=target)


@pytest.mark.parametrize("found_out", [True, False])
def test_what_is_not_held_again_is_on_no_list(company, found_out) -> None:
    """Goal: the lists of both agree. Method: one entry held before the copy, one after; a copy of the whole folder too,
    which does not know that it was put back.
    """
    what_is_held_no_more(company, found_out)


@pytest.mark.parametrize("load", [FULL_LOAD, Load(1, 1024)])
def test_what_another_copy_wrote_is_not_held_again(company, load) -> None:
    """Goal: the list is the hub's. Method: a copy's entry is held after the copy of the hub; its twin had heard; it
    comes again with the opening of a new epoch, or after the page that it brings.
    """
    what_another_copy_wrote_is_held_no_more(company, load)
