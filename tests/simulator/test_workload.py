"""Random histories: whatever fails on the way, in the end everybody holds the same and nothing is lost."""

import pytest
from cabang_history import OTHERS
from cabang_history_copies import MISHAPS
from cabang_history_rejoin import MUST_HAPPEN
from cabang_key_history import CHANGES
from cabang_line_faults import LINES

from tests.simulator import main
from tests.simulator.plan import plan_of
from tests.simulator.workload import KINDS, rare, share

STEPS = 50
CHOSEN = (46, 71, 174, 179, 187, 188, 201, 210)  # everything happens in them
OTHERS_OF = tuple(seed for seed in range(50) if seed not in CHOSEN)  # for a workload that has changed since
WANTED = {*KINDS["deed"], *KINDS["table"], *LINES, *OTHERS, *MISHAPS, *CHANGES, *MUST_HAPPEN}
LATE = {
    "rights written off",
    "table voucher_loss",
}  # a few short histories come to it seldom; see tests/sync/test_rights


def test_histories_heal(files) -> None:
    """Goal: convergence, nothing lost, nothing vanished. Method: a few seeds of each kind; each deed, fault, table.

    A model that no deed writes is proved by no history.
    """
    missing = WANTED - LATE
    for seeds in (CHOSEN, OTHERS_OF):
        plans = [plan._replace(steps=plan.steps[:STEPS]) for plan in map(plan_of, seeds if missing else ())]
        report = main.run(plans, False, print, template=files)
        assert [] == [one.plain() for one in report.failed]
        missing -= set(+report.happened)
    assert set() == missing


def test_a_model_outside_the_workload_is_noticed() -> None:
    """Goal: no model escapes. Method: the counts of a run in which nobody wrote one of them."""
    everything = {name: 1 for names in KINDS.values() for name in names}
    assert {} == rare(everything, 100)
    assert {"table sale": 0} == rare({**everything, "table sale": 0}, 100)


@pytest.mark.parametrize(("seeds", "wanted"), [(1, 1), (99, 1), (100, 1), (1_000, 10), (30_000, 300)])
def test_the_share(seeds, wanted) -> None:
    """Goal: once in a hundred histories, and at least once. Method: runs of several lengths."""
    assert wanted == share(seeds)
