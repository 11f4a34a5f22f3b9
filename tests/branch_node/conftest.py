"""One branch for all tests of this folder, each with a browser of its own kind of person."""

from collections.abc import Iterator

import pytest
from cabang_branch import Shop, TillHand, Visitor, open_shop
from flask import Flask

from branch_node.app import create_app
from sync.database import using


@pytest.fixture
def reading(shop: Shop) -> Iterator[None]:
    """Peewee reads the branch."""
    with using(shop.node.store):
        yield


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """The branch PTK; tests add to it and never take away."""
    yield from open_shop(tmp_path_factory.mktemp("shop"))


@pytest.fixture(scope="session")
def app(shop: Shop) -> Flask:
    """The branch's pages."""
    made = create_app(shop.node)
    made.config["TESTING"] = True
    return made


@pytest.fixture
def stranger(app: Flask) -> Visitor:
    """Somebody who is not logged in."""
    return Visitor(app.test_client())


def _visitor(app: Flask, username: str) -> Visitor:
    return Visitor(app.test_client()).log_in(username)


@pytest.fixture(scope="session")
def leader(app: Flask) -> Visitor:
    """Sari, supervisor."""
    return _visitor(app, "sari")


@pytest.fixture(scope="session")
def cashier(app: Flask) -> Visitor:
    """Dewi, cashier."""
    return _visitor(app, "dewi")


@pytest.fixture(scope="session")
def therapist(app: Flask) -> Visitor:
    """Tuti, who sells nothing."""
    return _visitor(app, "tuti")


@pytest.fixture
def hand(cashier: Visitor) -> TillHand:
    """The cashier's hand at the till."""
    return TillHand(cashier)
