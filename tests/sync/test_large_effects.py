"""Entries whose effect, with all it brings along, is larger than a page: told in parts, and nobody is blocked."""

from collections.abc import Iterator

import pytest
from cabang_copies import check_whole, copied, put_back
from cabang_pair import BranchSide, Company

from crm import selling
from crm.catalogue import ProvisionalProduct
from crm.customers import Customer
from crm.selling import Line, Paid
from sync import feed, limits, wire
from sync.database import using

LONG = "x" * limits.TEXT_BYTES_MAX


def pages(company: Company, branch: BranchSide) -> Iterator[int]:
    """Rounds of a branch until nothing is left; the size of each page in bytes."""
    more = True
    while more:
        answer, nonce = company.ask(branch)
        items = branch.open_page(answer, nonce)
        more = branch.link.take(answer, items).more
        yield len(wire.encode(items))


def many_changed(company: Company) -> None:
    """Thirty customers with long texts, then one small change of all of them in one unit."""
    first = company.branches[0]
    made = []
    for number in range(30):
        with first.unit() as unit:
            texts = dict.fromkeys(("name", "street", "city", "caution"), LONG)
            made.append(unit.insert(Customer, {"number": f"L{number}", **texts}))
    with first.unit() as unit:
        for customer in made:
            unit.set(Customer, customer, {"archived": True})
    company.until_done(first)


def many_referred(company: Company) -> None:
    """A sale of sixty new codes with long names, each of which was changed after it."""
    first = company.branches[0]
    made = []
    for number in range(60):
        with first.unit() as unit:
            key = f"LONG-{number}"
            made.append(unit.insert(ProvisionalProduct, {"code": key, "name": LONG}, key=(key,)))
    with using(first.store), first.unit() as unit:
        lines = [Line(product, 1, 1_000) for product in made]
        selling.record_sale(unit, lines=lines, payments=[Paid("cash", 60_000)], till=7)
    for product in made:
        with first.unit() as unit:
            unit.set(ProvisionalProduct, product, {"price": 1_000})
    company.until_done(first)


@pytest.mark.parametrize("make", [many_changed, many_referred])
def test_nobody_is_blocked_by_it(company, make) -> None:
    """Goal: every page can be taken, and in the end all is told. Method: a branch far behind; sizes, digests, logs."""
    make(company)
    second = company.branches[1]
    sizes = list(pages(company, second))
    assert max(sizes) < limits.PAGE_BYTES_SOFT + 6 * limits.TEXT_BYTES_MAX
    company.heal()
    check_whole(company)


def test_who_has_heard_it_hears_nothing(three) -> None:
    """Goal: telling it in parts costs the others nothing. Method: rows sent to a branch that was up to date."""
    _, second, third = three.branches
    many_changed(three)
    three.until_done(second)
    assert [1] == list(pages(three, second))
    list(pages(three, third))
    assert [1] == list(pages(three, second))
    three.heal()
    check_whole(three)


def test_its_maker_hears_what_it_lost(company) -> None:
    """Goal: a branch put back hears its own again, in parts. Method: all it wrote is lost to it."""
    first = company.branches[0]
    old = copied(first, "old.db")
    many_changed(company)
    back = put_back(company, first, old, True)
    assert max(pages(company, back)) < limits.PAGE_BYTES_SOFT + 6 * limits.TEXT_BYTES_MAX
    company.heal()
    assert 30 == back.one("SELECT count(*) FROM customer WHERE archived")
    check_whole(company)


def test_without_parts_a_page_is_too_large(company, monkeypatch) -> None:
    """Goal: it is the parts that help. Method: the same, told at once."""
    monkeypatch.setattr(feed.PageBuilder, "_effect", _whole)
    monkeypatch.setattr(limits, "PAGE_BYTES_SOFT", 1 << 30)
    many_changed(company)
    assert max(pages(company, company.branches[1])) > 1_500_000


def _whole(self, places):
    return [row for _, *place in places for row in self._with_referred(*place)], 1
