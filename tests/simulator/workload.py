"""Everything that a run of histories must contain, and how often."""

from collections import Counter
from collections.abc import Mapping

from cabang_deeds import BRANCH_DEEDS, HUB_DEEDS
from cabang_history import OTHERS
from cabang_history_copies import MUST_HAPPEN
from cabang_history_rejoin import MUST_HAPPEN as REJOINED
from cabang_key_history import CHANGES
from cabang_line_faults import LINES

from sync.model import _CHILDREN, TABLES
from tests.simulator.marks import MARKS, REFUSALS

KINDS: dict[str, tuple[str, ...]] = {
    "fault": tuple(dict.fromkeys([*LINES, *OTHERS, *MUST_HAPPEN, *CHANGES, *REJOINED])),
    "path": (*MARKS, *REFUSALS),
    "deed": (*BRANCH_DEEDS, *HUB_DEEDS),
    "table": tuple(f"table {name}" for name in (*TABLES, *_CHILDREN)),
}


def share(seeds: int) -> int:
    """How often each fault, path, deed and table must have happened in a run of so many histories."""
    return max(1, seeds // 100)


def rare(happened: Mapping[str, int], seeds: int) -> dict[str, int]:
    """What stayed below its share, and how often it happened."""
    counts = Counter(happened)
    return {name: counts[name] for names in KINDS.values() for name in names if counts[name] < share(seeds)}
