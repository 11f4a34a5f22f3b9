"""Small claims about goods on their way and on the shelf: each story raises AssertionError when it is not true."""

from cabang_pair import Company
from cabang_scenes import sell, shared_customer, write
from cabang_transfers import (
    OIL,
    act,
    ask,
    check_stock,
    check_transfers,
    count_shelf,
    listed,
    on_hand,
    send_new,
    shown,
    submit_count,
)

from crm.customers import tags
from crm.locations import shop_of
from crm.transfers import CANCEL, PUT_BACK, RECEIVE, SEND
from crm.transfers.models import TransferEvent, TransferEventLine, TransferSeen
from sync import event_stamps
from sync.database import using
from sync.events import BEATEN, ILLEGAL, REPEATED
from sync.unit import Children

YEARS_MS = 10 * 365 * 24 * 3_600_000


def more_than_was_sent_is_a_difference_too(company: Company) -> None:
    """5 sent and 6 received, 5 sent and 4 received: each stays on the list until the sender corrects its shelf."""
    first, second = company.branches[:2]
    more, less = send_new(first, second, (OIL, 5)), send_new(first, second, (OIL, 5))
    company.heal()
    act(second, RECEIVE, more, (OIL, 6))
    act(second, RECEIVE, less, (OIL, 4))
    company.heal()
    assert {more: -1, less: 1} == {one.id: one.accounts[0].rest for one in listed(company.hub)}
    act(first, PUT_BACK, more, (OIL, -1))
    act(first, PUT_BACK, less, (OIL, 1))
    company.heal()
    assert [] == listed(company.hub)
    assert [-10, 10] == [on_hand(company.hub, shop_of(side.stream), OIL) for side in (first, second)]
    check_stock(company)


def goods_that_have_left_beat_a_cancellation(company: Company) -> None:
    """Cancelled at one branch, sent from the other a minute later, neither knowing: the goods are on their way."""
    first, second = company.branches[:2]
    transfer = ask(second, first, (OIL, 4))
    company.heal()
    act(second, CANCEL, transfer)
    first.now += 60_000
    company.hub.now += 120_000
    act(first, SEND, transfer, (OIL, 4))
    assert ["cancelled", "sent"] == [shown(side, transfer).status for side in (second, first)]
    company.heal()
    for side in (first, second, company.hub):
        one = shown(side, transfer)
        assert ("sent", True, [BEATEN, ""]) == (one.status, one.is_open, [said.flag for said in one.said])
        assert (one.said[0].id,) == one.tasks
    check_transfers(company)


def two_equal_steps_are_kept_and_count_once(company: Company) -> None:
    """Both branches cancel without seeing each other: the second is flagged."""
    first, second = company.branches[:2]
    transfer = ask(second, first, (OIL, 4))
    company.heal()
    act(second, CANCEL, transfer)
    act(first, CANCEL, transfer)
    company.heal()
    for side in (first, second, company.hub):
        one = shown(side, transfer)
        assert ("cancelled", ["", REPEATED], ()) == (one.status, [said.flag for said in one.said], one.tasks)


def a_step_after_the_end_is_kept_and_flagged(company: Company) -> None:
    """A changed program sends goods it has seen cancelled: the status stays, the goods are on the list."""
    first, second = company.branches[:2]
    transfer = ask(second, first, (OIL, 4))
    company.heal()
    act(second, CANCEL, transfer)
    company.heal()
    (tip,) = shown(first, transfer).tips
    children: Children = {TransferEventLine: [{"product": OIL, "quantity": 4}], TransferSeen: [{"event": tip}]}
    with first.unit() as unit:
        unit.insert(TransferEvent, {"transfer": transfer, "kind": SEND}, children=children)
    company.heal()
    one = shown(company.hub, transfer)
    assert ("cancelled", ["", ILLEGAL], 1) == (one.status, [said.flag for said in one.said], len(one.tasks))
    assert ([4], True) == ([account.rest for account in one.accounts], one.is_open)
    check_transfers(company)


def the_author_hears_the_stamp_of_its_event(company: Company) -> None:
    """In the row that says no more than that."""
    first, second = company.branches[:2]
    company.round(first)
    transfer = send_new(first, second, (OIL, 1))
    (event,) = [one.id for one in shown(first, transfer).said]
    assert event_stamps.of(first.store.connection(), event) is None
    answer, nonce = company.ask(first)
    items = first.open_page(answer, nonce)
    stamp = event_stamps.of(company.hub.store.connection(), event)
    assert stamp is not None and items is not None
    assert [[35, event, 4, stamp]] == [row for _, effect in items for row in effect]
    first.link.take(answer, items)
    company.heal()
    assert [stamp] * 2 == [event_stamps.of(side.store.connection(), event) for side in (first, second)]


def own_events_lie_on_top(company: Company) -> None:
    """What a branch did itself comes last as long as the hub has not taken it."""
    first, second = company.branches[:2]
    transfer = ask(second, first, (OIL, 4))
    company.heal()
    act(first, CANCEL, transfer)
    company.until_done(first)
    answer, nonce = company.ask(second)
    act(second, CANCEL, transfer)
    second.link.take(answer, second.open_page(answer, nonce))
    assert [(True, ""), (False, REPEATED)] == [(said.sent, said.flag) for said in shown(second, transfer).said]
    company.heal()
    check_transfers(company)


def a_clock_far_behind_comes_after_what_it_saw(company: Company) -> None:
    """The receiver's clock is ten years behind; its event is stamped after the one it saw."""
    first, second = company.branches[:2]
    transfer = send_new(first, second, (OIL, 1))
    company.heal()
    second.now -= YEARS_MS
    act(second, RECEIVE, transfer, (OIL, 1))
    company.heal()
    stamps = [event_stamps.of(company.hub.store.connection(), one.id) for one in shown(first, transfer).said]
    assert [one.kind for one in shown(first, transfer).said] == [SEND, RECEIVE]
    assert stamps[0] is not None and stamps[1] is not None and stamps[0] < stamps[1]


def a_count_stays_right_while_the_shop_sells(company: Company) -> None:
    """Sold before and after the line is counted, submitted at the end."""
    branch = company.branches[0]
    sell(branch)
    sheet = count_shelf(branch, OIL, 10)
    sell(branch)
    sell(branch)
    assert 1 == submit_count(branch, sheet)
    assert 10 - 6 == on_hand(branch, shop_of(1), OIL)
    company.heal()
    check_stock(company)


def an_addition_beats_a_removal_that_did_not_see_it(company: Company) -> None:
    """Taken off at one branch and put on again; taken off at another, later, which saw the first addition alone."""
    first, second, third = company.branches
    customer = shared_customer(company)
    write(first, lambda unit: tags.add(unit, customer, "kopi"))
    company.heal()
    write(second, lambda unit: tags.remove(unit, customer, "kopi"))
    write(second, lambda unit: tags.add(unit, customer, "kopi"))
    third.now += 60_000
    company.hub.now += 120_000
    write(third, lambda unit: tags.remove(unit, customer, "kopi"))
    company.heal()
    for side in company.sides:
        with using(side.store):
            assert ["kopi"] == tags.of_customer(customer)
    assert 1 == company.hub.one("SELECT count(*) FROM conflict")
