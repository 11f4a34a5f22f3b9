"""A thousand random histories: nothing is lost, everybody ends up holding the same, and every fault came up."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulator import main
from tests.simulator.plan import plan_of
from tests.simulator.play import company_files

FIRST, BLOCK, BLOCKS = 1_000, 100, 10
ONCE_IN_A_BLOCK = {  # on the average: not in each block, but in all together
    *("a former epoch is spoken of", "a copy waits", "lost decided"),
    *("table lost_change", "table lost_op", "table lost_verdict", "table lost_verdict_op"),
}


@pytest.fixture(scope="session")
def files() -> Iterator[Path]:
    """Folder of a head office and six branches that have heard from each other once."""
    with company_files() as folder:
        yield folder


def play_block(files: Path, first: int) -> main.Report:
    """A hundred histories, beginning with number *first*, none of which may fail."""
    report = main.run(map(plan_of, range(first, first + BLOCK)), True, print, template=files)
    assert not report.failed, "\n".join(report.lines())
    return report


@pytest.fixture(scope="session")
def sums(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of this run share: what happened how often, a file for each block."""
    own = tmp_path_factory.getbasetemp()
    shared = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "histories"
    shared.mkdir(exist_ok=True)
    return shared


@pytest.mark.proof
@pytest.mark.timeout(900)
@pytest.mark.parametrize("block", range(BLOCKS))
def test_a_hundred_histories_heal(files: Path, sums: Path, block: int) -> None:
    """Goal: no claim is broken, whatever fails. Method: seeds no other run plays; each fault and path often enough.

    Whichever block ends last judges what need not happen in each of them.
    """
    report = play_block(files, FIRST + block * BLOCK)
    assert set() == report.rare.keys() - ONCE_IN_A_BLOCK
    noted = sums / f"{block}.part"
    noted.write_text(json.dumps({name: report.happened[name] for name in sorted(ONCE_IN_A_BLOCK)}), encoding="utf-8")
    noted.rename(sums / f"{block}.json")
    check_sums(sums)


def check_sums(sums: Path) -> None:
    """All blocks together, once all have been played: each thing at least once in a hundred histories."""
    told = [json.loads(path.read_text(encoding="utf-8")) for path in sums.glob("*.json")]
    if len(told) == BLOCKS:
        assert {} == {name: often for name in ONCE_IN_A_BLOCK if (often := sum(one[name] for one in told)) < BLOCKS}


@pytest.mark.parametrize("name", sorted(ONCE_IN_A_BLOCK))
def test_what_happens_too_seldom_in_all_blocks_is_noticed(tmp_path: Path, name: str) -> None:
    """Goal: the sum is judged. Method: nine blocks with one each, and a last one that lacks one thing."""
    often = dict.fromkeys(ONCE_IN_A_BLOCK, 1)
    for block in range(BLOCKS):
        (tmp_path / f"{block}.json").write_text(json.dumps({**often, name: int(block > 0)}), encoding="utf-8")
    with pytest.raises(AssertionError, match=name):
        check_sums(tmp_path)
    (tmp_path / "0.json").write_text(json.dumps(often), encoding="utf-8")
    check_sums(tmp_path)


@pytest.mark.long
@pytest.mark.timeout(0)
@pytest.mark.parametrize("block", range(290))
def test_many_more_histories_heal(files: Path, block: int) -> None:
    """Goal: as above, for the hours nobody waits. Method: 29,000 further seeds."""
    play_block(files, 2_000 + block * BLOCK)
