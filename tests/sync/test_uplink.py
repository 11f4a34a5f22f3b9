"""What an answer means for a branch's log: each odd one, in the order a branch may meet them."""

from typing import Any

import msgspec
import pytest
from cabang_copies import check_whole, copied, epochs_of, later, opened, put_back, sales, twin, working
from cabang_pair import BranchSide, Company
from cabang_planted_copies import a_page_before_the_epoch
from cabang_scenes import sell

from sync import epochs, exchange, limits, merger, uplink
from sync.errors import BadSignature, CabangError, EpochClosed, Fork, MissingRow
from sync.exchange import Answer, Refusal


def refused(branch: BranchSide, error: CabangError, held: int) -> bool:
    """Whether the branch dealt with this refusal of its last request."""
    branch.link.ask(0)
    said = Refusal(error.code, {name: str(value) for name, value in error.params.items()})
    return branch.link.take(Answer(exchange.VERSION, branch.link.nonce, held, said, None, None), None).settled


def asked(branch: BranchSide) -> bytes:
    """The epoch the next request speaks of."""
    return exchange.read_request(branch.link.ask(0)).epoch


@pytest.fixture
def long(company, branch) -> BranchSide:
    """PTK with three acknowledged segments of one sale, and one that waits."""
    for _ in range(3):
        sell(branch)
        company.heal()
    sell(branch)
    return branch


def test_a_batch_is_cut(long) -> None:
    """Goal: a slow line gets small requests. Method: one byte asked for; one segment comes, then the next is cut."""
    sell(long)
    long.journal.seal()
    long.link.uplink.ask()
    assert [1, 1] == [len(long.link.uplink.segments(1)) for _ in range(2)]


def test_the_next_request_is_packed_ahead(company, branch, monkeypatch) -> None:
    """Goal: what was packed while the hub worked is what is sent. Method: six segments, two a request; what is packed
    when, and the bytes against those of one who packs nothing ahead.
    """
    for _ in range(6):
        sell(branch)
        branch.journal.seal()
    up, usual = branch.link.uplink, uplink.as_sent
    packed: list[tuple[int, int]] = []

    def counted(*given: Any) -> bytes:
        packed.append(given[-1][:2])
        return usual(*given)

    up.ask()
    six = up.segments(1 << 20)
    monkeypatch.setattr(uplink, "as_sent", counted)
    sent = []
    for _ in range(3):
        sent += up.segments(len(six[0]) + len(six[1]) + 1)
        up.pack_rest(lambda: False)
        up._sent_to = up._sent_end
        assert 6 == len(packed), "all that is left is packed while the hub works"
    assert (six, 6) == (sent, len(set(packed)))
    assert len(packed) == len(set(packed)), "nothing is packed twice"
    company.heal()
    check_whole(company)


def test_what_was_signed_for_is_not_packed_ahead(long) -> None:
    """Goal: a program that starts packs what it will send. Method: its first request, which asks for a nonce alone."""
    long.journal.seal()
    started = uplink.Uplink(long.journal, long.link.hub_public)
    started.ask()
    assert started.has_rest()
    started.pack_rest(lambda: False)
    waiting = started.segments(1 << 20)
    assert (1, {}) == (len(waiting), started._packed)


def test_no_hub_makes_epochs_without_end(long) -> None:
    """Goal: a hub that always says fork fills no disk. Method: ten refusals in a minute, then one an hour later."""
    settled = [refused(long, Fork(seq=long.journal.seq), 2) for _ in range(10)]
    assert limits.EPOCHS_AT_ONCE_MAX == sum(settled)
    long.now += limits.EPOCH_PAUSE_MS + 1_000_000
    assert refused(long, Fork(seq=long.journal.seq), 2)


@pytest.mark.parametrize("seq", ["", "x", "-1", "9" * 40, "1000000", "0"])
def test_a_refusal_that_names_no_place(company, long, seq) -> None:
    """Goal: an odd number in an answer does no harm. Method: forks at no place of ours; the log goes on and heals."""
    assert refused(long, Fork(seq=seq), 3)
    company.heal()
    assert 4 == len(sales(company.hub))
    check_whole(company)


def test_a_hub_that_knows_no_parent_of_ours(long) -> None:
    """Goal: what cannot be settled is said. Method: the first epoch's place is refused, holding nothing."""
    assert not refused(long, Fork(seq=1), 0)
    assert 1 == epochs_of(long)


def test_a_chain_that_does_not_fit_is_searched_once(company, long) -> None:
    """Goal: a difference behind what was signed for is found, or said. Method: bad signatures, all else is a repeat."""
    assert refused(long, BadSignature(what="segment"), 4)
    answer, nonce = company.ask(long)
    assert 5 == answer.held
    assert long.link.take(answer, long.open_page(answer, nonce)).settled
    assert not refused(long, BadSignature(what="segment"), 5)
    company.heal()
    assert 1 == epochs_of(long)
    check_whole(company)


def test_a_search_that_finds_the_difference(company, long) -> None:
    """Goal: the log goes on behind what is common. Method: a search, then a fork at the second sale."""
    assert refused(long, BadSignature(what="segment"), 4)
    assert refused(long, Fork(seq=3), 4)
    first, second = epochs.path(long.store.connection(), 1)
    assert (2, 3) == (first.last, second.first)
    company.heal()
    assert 4 == len(sales(company.hub))
    check_whole(company)


def test_a_search_that_something_else_ends(long) -> None:
    """Goal: a search is no trap. Method: another refusal in the middle of one is said to people."""
    assert refused(long, BadSignature(what="segment"), 4)
    assert not refused(long, BadSignature(what="segment"), 4)


def test_an_acknowledgement_of_another_log(company, branch) -> None:
    """Goal: an end like ours with other bytes is known. Method: a copy's log as long as ours, cut alike, signed for."""
    other = twin(company, branch)
    for side in (branch, other):
        for _ in range(2):
            sell(side)
            side.journal.seal()
    company.until_done(working(company, branch))
    other.link.ask(0)
    other.link.uplink._sent_end = 2  # as if the request had room for the first segment alone
    answer, _ = company.ask(working(company, branch))
    said = segment_ack(company, branch)
    forged = msgspec.structs.replace(answer, refusal=None, held=3, ack=said, page=None)
    assert other.link.take(forged, None).settled
    assert epochs.FORKED == opened(other)
    later(company, other)
    company.until_done(working(company, other))
    assert 4 == len(sales(company.hub))


def segment_ack(company: Company, branch: BranchSide) -> exchange.Ack:
    """The hub's own word for the end of what it holds of *branch*."""
    seq, received, signature = branch.rows(
        "SELECT seq, received_at, signature FROM acknowledgement ORDER BY epoch DESC, seq DESC LIMIT 1"
    )[0]
    return exchange.Ack(seq, received, signature)


def test_a_former_epoch_is_asked_about_and_searched(company, long) -> None:
    """Goal: a parent the hub does not take is found out step by step. Method: refused twice; then all repeats."""
    epochs.go_on(long.journal, epochs.OLDER)
    first, second = epochs.path(long.store.connection(), 1)
    assert second.name == asked(long)
    assert refused(long, Fork(seq=second.first), 0)
    assert first.name == asked(long)
    assert refused(long, EpochClosed(), first.last or 0)
    assert second.name == asked(long)
    assert refused(long, Fork(seq=second.first), 0)
    assert first.name == asked(long)
    assert refused(long, EpochClosed(), first.last or 0)
    assert second.name == asked(long)
    assert not refused(long, Fork(seq=second.first), 0)
    company.heal()
    assert 4 == len(sales(company.hub))
    check_whole(company)


@pytest.mark.parametrize("place", ["an end", "inside"])
def test_a_closed_epoch_that_lost_its_end(company, long, place) -> None:
    """Goal: a restored hub that a copy spoke to first gets all. Method: closed, holding less than it signed for."""
    sell(long)
    company.heal()
    long.now += limits.EPOCH_PAUSE_MS + 3_600_000
    assert refused(long, EpochClosed(), {"an end": 3, "inside": 5}[place])
    assert {"an end": epochs.REPLACED, "inside": ""}[place] == opened(long)
    company.heal()
    assert 5 == len(sales(company.hub))
    check_whole(company)


def test_a_unit_that_is_held_for_review_is_held_as_a_repeat(company, branch, monkeypatch) -> None:
    """Goal: what the hub holds for review is not taken for confirmed. Method: held, carried, released; both lists."""

    def missing(self: object, target: str, row_id: bytes | None) -> None:
        raise MissingRow(what=target)

    sell(branch)
    old = copied(branch, "old.db")
    with monkeypatch.context() as patch:
        patch.setattr(merger.Merger, "_exists", missing)
        company.until_done(branch)
        back = put_back(company, branch, old, True)
        company.until_done(back)
    reasons = "SELECT reason FROM quarantine"
    assert ([("missing_row",)] * 2, [("missing_row",)]) == (company.hub.rows(reasons), back.rows(reasons))
    assert 2 == company.hub.exchange.retry_held()
    company.heal()
    assert ([], []) == (company.hub.rows(reasons), back.rows(reasons))
    assert 1 == len(sales(company.hub))
    check_whole(company)


def test_what_waits_is_counted_alike_after_many_epochs(company, branch) -> None:
    """Goal: no page grows slower with a branch's past. Method: questions asked for a log of one epoch, and of nine."""
    asked: list[list[str]] = []
    for epochs_more in (0, 8):
        for _ in range(epochs_more):
            epochs.go_on(branch.journal, epochs.OLDER)
            company.until_done(branch)
        sell(branch)
        company.until_done(branch)
        sell(branch)
        asked.append([])
        branch.store.connection().set_trace_callback(asked[-1].append)
        assert 1 == branch.link.pending().entries
        branch.store.connection().set_trace_callback(None)
    assert len(asked[1]) <= len(asked[0])


def test_a_page_of_an_epoch_the_hub_cannot_store(company) -> None:
    """Goal: own changes enter in the hub's order. Method: put back while one waits; the hub is full when it goes on."""
    a_page_before_the_epoch(company)
