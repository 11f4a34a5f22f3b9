"""Every byte of a stored log, changed in turn, is found."""

from pathlib import Path

import cabang_flips
import pytest
from cabang_audit import BRANCH, HUB
from cabang_pair import Company

PARTS = 4


@pytest.mark.proof
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("where", [HUB, BRANCH])
def test_every_flipped_byte_of_a_stored_log_is_found(template: Path, tmp_path: Path, where: str, part: int) -> None:
    """Goal: 100 % of damages are found. Method: each byte of entries, seals, keys and acknowledgements, and verify."""
    company = cabang_flips.small(Company.open(template, tmp_path, 1))
    node = cabang_flips.Node(company, where)
    some = node.places()[part::PARTS]
    assert (True, []) == (len(some) > 300, node.unseen(some))
    node.file.close()
    company.close()
