"""The company that histories begin with."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulator.play import company_files


@pytest.fixture(scope="session")
def files() -> Iterator[Path]:
    """Folder of a head office and six branches that have heard from each other once."""
    with company_files() as folder:
        yield folder
