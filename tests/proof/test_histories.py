"""A thousand random histories: the promise that nothing is lost and everybody ends up holding the same."""

from pathlib import Path

import pytest
from cabang_deeds import BRANCH_DEEDS, HUB_DEEDS
from cabang_history import LINES, play_all

FIRST, BLOCK = 1_000, 100


@pytest.mark.proof
@pytest.mark.timeout(900)
@pytest.mark.parametrize("block", range(10))
def test_a_hundred_histories_heal(template: Path, block: int) -> None:
    """Goal: convergence, nothing lost, nothing vanished. Method: seeds no other run plays; every fault happened."""
    happened = play_all(template, range(FIRST + block * BLOCK, FIRST + (block + 1) * BLOCK))
    rare = {name: happened[name] for name in (*BRANCH_DEEDS, *HUB_DEEDS, *LINES, "restart") if happened[name] < 10}
    assert {} == rare


@pytest.mark.long
@pytest.mark.timeout(0)
@pytest.mark.parametrize("block", range(290))
def test_many_more_histories_heal(template: Path, block: int) -> None:
    """Goal: as above, for the hours nobody waits. Method: 29,000 further seeds."""
    play_all(template, range(2_000 + block * BLOCK, 2_000 + (block + 1) * BLOCK))
