"""A thousand random histories: nothing is lost, everybody ends up holding the same, and every fault came up."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulator import main
from tests.simulator.plan import plan_of
from tests.simulator.play import company_files

FIRST, BLOCK = 1_000, 100
ONCE_IN_A_BLOCK = {"a former epoch is spoken of"}  # on the average: a block may go without


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


@pytest.mark.proof
@pytest.mark.timeout(900)
@pytest.mark.parametrize("block", range(10))
def test_a_hundred_histories_heal(files: Path, block: int) -> None:
    """Goal: no claim is broken, whatever fails. Method: seeds no other run plays; each fault and path often enough."""
    rare = play_block(files, FIRST + block * BLOCK).rare
    assert set() == rare.keys() - ONCE_IN_A_BLOCK


@pytest.mark.long
@pytest.mark.timeout(0)
@pytest.mark.parametrize("block", range(290))
def test_many_more_histories_heal(files: Path, block: int) -> None:
    """Goal: as above, for the hours nobody waits. Method: 29,000 further seeds."""
    play_block(files, 2_000 + block * BLOCK)
