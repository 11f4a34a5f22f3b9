"""A hundred thousand damaged messages: only our errors escape, and nothing changes."""

from pathlib import Path

import pytest
from cabang_mutations import LAST_CHECKS, Mutations, state
from cabang_pair import Company

BLOCKS, COUNT = 10, 10_000


@pytest.mark.proof
@pytest.mark.parametrize("block", range(BLOCKS))
def test_ten_thousand_damaged_messages(template: Path, tmp_path: Path, block: int) -> None:
    """Goal: nothing from outside crashes or changes a node. Method: every message mutated; rows, log, keys compared.

    Of each kind some get as far as the last check.
    """
    company = Company.open(template, tmp_path, 1)
    mutations = Mutations(company, block)
    before = state(company)
    mutations.run(COUNT)
    assert before == state(company)
    assert set() == set(LAST_CHECKS.items()) - set(mutations.outcomes)
    company.close()
