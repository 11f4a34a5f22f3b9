"""What is held for review when head office is put back to an older state."""

from cabang_audit import hold
from cabang_copies import check_whole, copied, put_hub_back
from cabang_pair import Company
from cabang_scenes import sell


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
