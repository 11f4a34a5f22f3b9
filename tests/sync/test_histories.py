"""Random histories: whatever fails on the way, in the end everybody holds the same and nothing is lost."""

from pathlib import Path

import pytest
from cabang_deeds import BRANCH_DEEDS, HUB_DEEDS
from cabang_history import LINES, play_all

from sync.model import _CHILDREN, TABLES

BLOCK = 20
NOT_PLAYED = {
    "held_entry": "what cannot be applied comes from a changed program, see test_door_held",
    "voucher_loss": "an epoch is over only where a database was copied, see test_histories_copies",
    "revocation": "a withdrawn key ends a branch's part in a history, see test_revocation",
}


@pytest.mark.parametrize("block", range(2))
def test_histories_heal(template: Path, block: int) -> None:
    """Goal: convergence, nothing lost, nothing vanished. Method: seeds drawn apart; each deed, fault and table."""
    happened = play_all(template, range(block * BLOCK, (block + 1) * BLOCK))
    assert set() == {*BRANCH_DEEDS, *HUB_DEEDS, *LINES, "restart"} - set(happened)
    tables = {table for table in (*TABLES, *_CHILDREN) if f"table {table}" not in happened}
    assert set(NOT_PLAYED) == tables, "a model that no deed writes is proved by no history"
