"""The company that histories begin with."""

from pathlib import Path

import pytest
from cabang_pair import Company


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a head office and four branches that have heard from each other once."""
    folder = tmp_path_factory.mktemp("company")
    Company.create(folder)
    return folder
