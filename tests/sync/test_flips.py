"""A bit of a stored log that turns over is found before anybody relies on it."""

import cabang_flips
import pytest
from cabang_audit import BRANCH, HUB, sell

EVERY = 23


@pytest.mark.parametrize("where", [HUB, BRANCH])
def test_a_flipped_byte_of_a_stored_log_is_found(company, where) -> None:
    """Goal: 100 % of damages are found. Method: every 23rd byte of a small node's log changed in turn, and verified."""
    node = cabang_flips.Node(cabang_flips.small(company), where)
    assert [] == node.unseen(node.places()[::EVERY])


def test_a_branch_that_forgets_what_was_taken_hears_it_again(company, branch) -> None:
    """Goal: the one number nothing holds fast does no harm. Method: less of a log that ends in facts is confirmed."""
    sell(branch)
    company.heal()
    node = cabang_flips.Node(company, BRANCH)
    node.file.execute("UPDATE epoch SET confirmed = confirmed - 1")
    node.file.close()
    assert company.hub.digest(1) != branch.digest()
    company.heal()
    assert company.hub.digest(1) == branch.digest()
