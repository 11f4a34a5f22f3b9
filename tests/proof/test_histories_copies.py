"""Random histories in which databases are copied, put back and run twice, and head office is restored."""

from pathlib import Path

import pytest
from cabang_history_copies import MUST_HAPPEN, play_all

FIRST, BLOCK = 10_000, 60


@pytest.mark.proof
@pytest.mark.timeout(900)
@pytest.mark.parametrize("block", range(5))
def test_histories_with_copies_heal(template: Path, block: int) -> None:
    """Goal: nothing lost, all equal, all noticed. Method: seeds no other run plays; every mishap happened."""
    happened = play_all(template, range(FIRST + block * BLOCK, FIRST + (block + 1) * BLOCK))
    assert {} == {name: happened[name] for name in MUST_HAPPEN if happened[name] < 1}


@pytest.mark.long
@pytest.mark.timeout(0)
@pytest.mark.parametrize("block", range(100))
def test_many_more_histories_with_copies_heal(template: Path, block: int) -> None:
    """Goal: as above, for the hours nobody waits. Method: 6,000 further seeds."""
    play_all(template, range(20_000 + block * BLOCK, 20_000 + (block + 1) * BLOCK))
