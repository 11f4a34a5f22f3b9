"""The feed: every branch hears what its audience is due, however large, in pages that fit."""

import pytest
from cabang_scenes import (
    Stage,
    a_sale_follows_the_home,
    sell,
    shared_customer,
    what_a_row_refers_to_comes_first,
)

from crm.catalogue import Category
from crm.customers import Customer, CustomerNote
from crm.users import Credential, User
from sync import limits


def check_equal(company) -> None:
    """Healed, and everybody holds the same."""
    company.heal()
    for branch in company.branches:
        assert company.hub.digest(branch.stream) == branch.digest()


@pytest.fixture
def small_pages(monkeypatch):
    """Pages a hundredth of their size."""
    monkeypatch.setattr(limits, "PAGE_BYTES_SOFT", 4 * 1024)
    monkeypatch.setattr(limits, "PAGE_ITEMS_MAX", 20)


def test_more_rows_at_one_position_than_a_page_holds(company, small_pages) -> None:
    """Goal: one unit's effect is never cut. Method: 60 rows in one unit, pages of 20."""
    with company.hub.unit() as unit:
        for number in range(60):
            unit.insert(Category, {"name": f"K{number}"}, key=(f"K{number}",))
    check_equal(company)


def test_a_regrade_larger_than_a_page(three, small_pages) -> None:
    """Goal: a customer's whole history moves with the home. Method: 60 sales, then another home; pages of 20."""
    first, _, third = three.branches
    customer = shared_customer(three)
    for _ in range(60):
        sell(first, customer)
    three.heal()
    with first.unit() as unit:
        unit.set(Customer, customer, {"home_branch": third.id})
    check_equal(three)
    assert 60 == third.one("SELECT count(*) FROM sale")


def test_an_effect_larger_than_a_page(three, small_pages) -> None:
    """Goal: a large unit travels alone. Method: 60 customers changed in every field at once; pages of 4 KB."""
    first, _, third = three.branches
    with first.unit() as unit:
        made = [unit.insert(Customer, {"number": f"N{number}"}) for number in range(60)]
    three.heal()
    more = {"kind": "corporate", "home_branch": third.id, "archived": True, "name": "S" * 200, "caution": "c" * 100}
    with first.unit() as unit:
        for customer in made:
            unit.set(Customer, customer, more)
    check_equal(three)


def test_a_branch_that_was_away_hears_each_value_once(company) -> None:
    """Goal: a month away costs each field once. Method: a price changed 50 times; one row, its newest value."""
    branch, hub = company.branches[0], company.hub
    with hub.unit() as unit:
        made = unit.insert(Category, {"name": "K"}, key=("K",))
    for number in range(50):
        with hub.unit() as unit:
            unit.set(Category, made, {"name": f"K{number}"})
    answer, nonce = company.ask(branch)
    items = branch.open_page(answer, nonce)
    assert 1 == len([row for _, effect in items for row in effect])


def test_what_a_branch_wrote_is_not_sent_back(company) -> None:
    """Goal: no byte twice. Method: a branch's own customer, sale and change; its page has no rows."""
    branch = company.branches[0]
    company.round(branch)
    customer = shared_customer(company)
    sell(branch, customer)
    with branch.unit() as unit:
        unit.set(Customer, customer, {"name": "Dewi"})
    answer, nonce = company.ask(branch)
    assert [] == branch.open_page(answer, nonce)


def test_a_sale_follows_the_home(three, template, tmp_path) -> None:
    """Goal: the home branch holds the documents, and only it and the maker. Method: the home moves twice."""
    a_sale_follows_the_home(Stage(three, template, tmp_path))


def test_what_a_row_refers_to_comes_first(three, template, tmp_path) -> None:
    """Goal: I8, no row before those it refers to. Method: a note whose customer lies behind it, one item a page."""
    what_a_row_refers_to_comes_first(Stage(three, template, tmp_path))


def test_a_person_moves_with_the_hashes(three) -> None:
    """Goal: PIN hashes are only where the person may work. Method: from head office to PTK to BJM and away."""
    hub, (first, second, _) = three.hub, three.branches
    with hub.unit() as unit:
        person = unit.insert(User, {"username": "budi", "role": "cashier"})
        unit.insert(Credential, {"user": person, "pin_hash": "hash"}, key=(person,))
    for work in (None, first, second, None):
        with hub.unit() as unit:
            unit.set(User, person, {"branch": work.id if work else None})
        check_equal(three)
        assert [work] * bool(work) == [side for side in three.branches if side.rows("SELECT 1 FROM credential")]


def test_a_note_is_for_its_maker_and_the_home(three) -> None:
    """Goal: audience *branches*. Method: a note made away from home."""
    customer = shared_customer(three)
    second = three.branches[1]
    with second.unit() as unit:
        unit.insert(CustomerNote, {"customer": customer, "text": "prefers tea"})
    check_equal(three)
    assert [1, 2] == [side.stream for side in three.branches if side.rows("SELECT 1 FROM customer_note")]


def test_a_page_taken_twice_changes_nothing(company) -> None:
    """Goal: repeats are harmless. Method: the rows of a page applied again, then the whole feed from its beginning."""
    branch = company.branches[0]
    shared_customer(company)
    before = branch.digest()
    with branch.store.write():
        branch.store.put("cursor", 0)
    company.until_done(branch)
    assert before == branch.digest()
