"""Small claims about messages and the right to greet: each story raises AssertionError when it is not true."""

from collections.abc import Iterable

from cabang_copies import copied, later, put_back, put_hub_back, twin, working
from cabang_keys import withdraw
from cabang_messages import DAYS, PHONES, Queued, card, check_one_owner, check_submitted, given_out, given_up, greeted
from cabang_messages import moved as moved_at
from cabang_pair import BranchSide, Company
from cabang_vouchers import refused

from crm import messages
from crm.customers import Customer
from crm.greeting_rights import GreetingRelease
from sync.errors import NotAllowedHere

ONE, ANOTHER = DAYS
YEAR = 2026  # of the clocks


def _everyone(company: Company) -> None:
    """What branches say is heard, head office does its job, and that is heard."""
    company.heal()
    given_out(company.hub)
    company.heal()


def _greet_all(branches: Iterable[BranchSide], day: str = ONE, year: int = YEAR) -> list[Queued]:
    return [one for branch in branches for one in greeted(branch, day, year)]


def _owner(company: Company) -> int:
    """Who greeted first, by the number of the branch."""
    check_one_owner(company.hub)
    return int(company.hub.one("SELECT stream FROM greeting_right ORDER BY id LIMIT 1"))


def two_cards_with_one_number_are_greeted_by_one_branch(company: Company) -> None:
    """Two branches made a card each while nobody heard: before head office's word nobody greets, then one does."""
    shops = company.branches[:2]
    for branch in shops:
        card(branch, PHONES[0], branch.id)
    assert [] == _greet_all(shops)
    _everyone(company)
    queued = _greet_all(shops)
    check_submitted(queued)
    assert 1 == len(queued) and _owner(company) == queued[0].owner


def a_card_that_moves_is_not_greeted_again(company: Company) -> None:
    """It moves while its branch is cut off, which greets; the other does so next year, after the first gave it up."""
    first, second = company.branches[:2]
    customer = card(first, PHONES[0], first.id)
    _everyone(company)
    moved_at(second, customer, second.id)
    company.until_done(second)
    given_out(company.hub)
    queued = [*greeted(first, ONE, YEAR), *_greet_all([second])]
    assert [1] == [one.owner for one in queued]
    company.heal()
    given_up(first)
    _everyone(company)
    queued += [*_greet_all([second]), *_greet_all([first, second], ONE, YEAR + 1)]
    check_submitted(queued)
    assert [1, 2] == [one.owner for one in queued]


def without_a_release_nothing_moves(company: Company) -> None:
    """The first branch says nothing for long: its right stays, and the second greets nobody."""
    first, second = company.branches[:2]
    customer = card(first, PHONES[0], first.id)
    _everyone(company)
    moved_at(second, customer, second.id)
    for _ in range(2):
        company.until_done(second)
        given_out(company.hub)
    check_one_owner(company.hub)
    assert [] == _greet_all([second], ONE, YEAR) + _greet_all([second], ONE, YEAR + 1)
    assert [(1,)] == company.hub.rows("SELECT stream FROM greeting_right")


def head_office_speaks_for_a_branch_that_is_gone(company: Company) -> None:
    """It may have greeted unheard: its card's new branch does so next year.  What no other needs stays."""
    first, second = company.branches[:2]
    customer, stays = card(first, PHONES[0], first.id), card(first, PHONES[1], first.id)
    _everyone(company)
    queued = greeted(first, ONE, YEAR)
    moved_at(second, customer, second.id)
    company.until_done(second)
    withdraw(company, first)
    given_out(company.hub)
    company.until_done(second)
    queued += [*_greet_all([second]), *_greet_all([second], ONE, YEAR + 1)]
    check_submitted(queued)
    assert [1, 1, 2] == [one.owner for one in queued]
    assert [(0,)] == company.hub.rows("SELECT by FROM greeting_release")
    assert {customer, stays} == {row for (row,) in company.hub.rows("SELECT id FROM customer WHERE name = 'Sari'")}


def nobody_gives_up_what_is_another_s(company: Company) -> None:
    """A branch that goes round the job is refused, in its own name, in the other's and in head office's."""
    first, second = company.branches[:2]
    card(first, PHONES[0], first.id)
    _everyone(company)
    row = company.hub.rows("SELECT id, stream, feed, greeted, number FROM greeting_right")[0]
    with second.store.write() as connection:  # as if it had been told
        connection.execute("INSERT INTO greeting_right (id, stream, feed, greeted, number) VALUES (?, ?, ?, ?, ?)", row)
    for by in (0, 1, 2):
        with refused(NotAllowedHere), second.unit() as unit:
            unit.insert(GreetingRelease, {"ceded": row[0], "by": by}, key=(row[0], by))


def two_copies_may_say_the_same(company: Company) -> None:
    """Both give one right up, and both queue a message for one cause, a new customer in the same unit: all counts."""
    first, second = company.branches[:2]
    customer = card(first, PHONES[0], first.id)
    _everyone(company)
    moved_at(second, customer, second.id)
    company.heal()
    other = twin(company, first)
    for side in (first, other):
        given_up(side)
        with side.unit() as unit:
            unit.insert(Customer, {"number": side.path.name})
            messages.queue(unit, kind="notice", cause="order 7", recipient=PHONES[0], text=side.path.name)
    for side in (first, other, first):
        later(company, first, other)
        company.until_done(working(company, side))
    _nothing_is_held(company, "branch1.db", "twin.db")
    assert 1 == company.hub.one("SELECT count(*) FROM greeting_release")


def two_branches_may_write_of_the_same(company: Company) -> None:
    """The same kind and cause, a new customer in the same unit: both messages are at head office, nothing is held."""
    for branch in company.branches[:2]:
        with branch.unit() as unit:
            unit.insert(Customer, {"number": branch.path.name})
            for _ in range(2):
                messages.queue(unit, kind="greeting", cause="x/2026", recipient=PHONES[0], text=branch.code)
    company.heal()
    _nothing_is_held(company, "branch1.db", "branch2.db")


def _nothing_is_held(company: Company, *numbers: str) -> None:
    hub = company.hub
    assert [] == hub.rows("SELECT reason, detail FROM quarantine")
    assert [(number,) for number in numbers] == hub.rows(
        "SELECT number FROM customer WHERE number LIKE '%.db' ORDER BY 1"
    )
    assert len(numbers) == hub.one("SELECT count(*) FROM message")


def a_computer_that_takes_over_leaves_the_day_to_the_former(company: Company) -> None:
    """The disk was lost after greetings went out: the copy put back greets nobody that day, and others later."""
    first = company.branches[0]
    card(first, PHONES[0], first.id, "01-01")
    card(first, PHONES[1], first.id, "01-02")
    _everyone(company)
    old = copied(first, "old.db")
    queued = greeted(first, "01-01", YEAR)
    made = put_back(company, first, old, found_out=True)
    queued += [*greeted(made, "01-01", YEAR), *greeted(made, "01-02", YEAR)]
    check_submitted(queued)
    assert 2 == len(queued)


def a_restored_head_office_gives_out_anew(company: Company) -> None:
    """It forgot to whom it had given a right: all are void, and given out again once every branch has been heard."""
    first, second = company.branches[:2]
    with company.hub.unit() as unit:
        for stream in range(len(company.branches) + 1, 5):
            unit.withdraw_certificate(stream)  # nobody works there
    card(first, PHONES[0], first.id)
    company.heal()
    old = copied(company.hub, "old hub.db")
    _everyone(company)
    company.hub.now += 60_000
    put_hub_back(company, old)
    company.hub.now += 60_000
    card(company.hub, PHONES[0], second.id)
    company.until_done(second)
    given_out(company.hub)
    company.until_done(second)
    queued = [*greeted(first, ONE, YEAR), *_greet_all([second])]
    _everyone(company)
    queued += [one for year in (YEAR, YEAR + 1) for one in _greet_all([first, second], ONE, year)]
    check_submitted(queued)
    assert [1, 2] == [one.owner for one in queued]


STORIES = (
    two_cards_with_one_number_are_greeted_by_one_branch,
    a_card_that_moves_is_not_greeted_again,
    without_a_release_nothing_moves,
    head_office_speaks_for_a_branch_that_is_gone,
    nobody_gives_up_what_is_another_s,
    two_copies_may_say_the_same,
    two_branches_may_write_of_the_same,
    a_computer_that_takes_over_leaves_the_day_to_the_former,
    a_restored_head_office_gives_out_anew,
)
