"""A shop with a fake modem."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sms_shop


@pytest.fixture(scope="session")
def branch_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A branch's database with an empty outbox."""
    path = tmp_path_factory.mktemp("sms") / "branch.db"
    sms_shop.make_branch(path)
    return path


@pytest.fixture
def shop(tmp_path: Path, branch_template: Path) -> Iterator[sms_shop.Shop]:
    """A branch with one fake modem; nothing runs yet."""
    with sms_shop.open_shop(tmp_path / "shop", branch_template) as made:
        yield made
