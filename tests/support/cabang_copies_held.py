"""What is held for review when head office is put back to an older state."""

from cabang_audit import hold
from cabang_copies import check_whole, copied, later, put_hub_back, twin, working
from cabang_pair import Company
from cabang_scenes import sell

from sync.branch import FULL_LOAD, Load


def what_is_held_no_more(company: Company, found_out: bool = True) -> None:
    """Of two entries held for review, a head office put back holds one still, and applies the other one sent again."""
    first, second = company.branches
    hold(company, "STAYS")
    old = copied(company.hub, "old hub.db")
    sell(second)
    hold(company, "GOES")
    put_hub_back(company, old, found_out)
    company.heal()
    assert [(1, 0)] == first.rows("SELECT count(*), sum(released) FROM held_entry")
    check_whole(company)
    assert 1 == company.hub.exchange.retry_held()
    company.heal()
    assert [("GOES",), ("STAYS",)] == second.rows("SELECT code FROM provisional_product ORDER BY code")
    check_whole(company)


def what_another_copy_wrote_is_held_no_more(company: Company, load: Load = FULL_LOAD) -> None:
    """The branch hears that an entry of its copy is held; a head office put back applies it when it comes again.

    *load*: how much the copy sends at once then.
    """
    first = company.branches[0]
    copy = twin(company, first)
    sell(copy)
    working(company, copy)
    company.heal()
    old = copied(company.hub, "old hub.db")
    hold(company, "GOES")
    later(company, first)
    working(company, first)
    company.heal()
    assert 1 == first.one("SELECT count(*) FROM held_entry WHERE NOT released")
    put_hub_back(company, old)
    company.heal()
    later(company, copy)
    working(company, copy)
    while company.round(copy, load).more:
        pass
    company.heal()
    later(company, first)
    working(company, first)
    company.heal()
    for side in (company.hub, first, copy):
        assert [("GOES", 0)] == side.rows("SELECT code, (SELECT count(*) FROM held_entry) FROM provisional_product")
    check_whole(company, copy)
