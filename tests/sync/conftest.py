"""A head office and branches in one process, made once and copied for each test."""

from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from cabang_pair import BranchSide, Company, HubSide

hypothesis.settings.register_profile("sync", deadline=None, derandomize=True, database=None, max_examples=40)
hypothesis.settings.load_profile("sync")


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a head office and four branches that have heard from each other once."""
    folder = tmp_path_factory.mktemp("company")
    Company.create(folder)
    return folder


@pytest.fixture
def company(template: Path, tmp_path: Path) -> Iterator[Company]:
    """Head office and two branches, running."""
    company = Company.open(template, tmp_path, 2)
    yield company
    company.close()


@pytest.fixture
def three(template: Path, tmp_path: Path) -> Iterator[Company]:
    """Head office and three branches, running."""
    company = Company.open(template, tmp_path, 3)
    yield company
    company.close()


@pytest.fixture(scope="module")
def standing(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """Head office and two branches that outlive a file's tests: what one of them sends must not hinder the next."""
    company = Company.open(template, tmp_path_factory.mktemp("standing"), 2)
    yield company
    company.close()


@pytest.fixture
def hub(company: Company) -> HubSide:
    """Head office."""
    return company.hub


@pytest.fixture
def branch(company: Company) -> BranchSide:
    """The branch PTK."""
    return company.branches[0]
