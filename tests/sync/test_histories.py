"""Random histories: whatever fails on the way, in the end everybody holds the same and nothing is lost."""

from pathlib import Path

import pytest
from cabang_deeds import BRANCH_DEEDS, HUB_DEEDS
from cabang_history import LINES, play_all

BLOCK = 20


@pytest.mark.parametrize("block", range(4))
def test_histories_heal(template: Path, block: int) -> None:
    """Goal: convergence, nothing lost, nothing vanished. Method: seeds drawn apart; every deed and fault happened."""
    happened = play_all(template, range(block * BLOCK, (block + 1) * BLOCK))
    assert set() == {*BRANCH_DEEDS, *HUB_DEEDS, *LINES, "restart"} - set(happened)
