"""One head office with two branches, shared by all tests here; tests add to it and never take away."""

from collections.abc import Iterator

import pytest
from cabang_office import Office, Visitor, open_office
from flask import Flask

from central_hub.app import create_app


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Head office with the branches PTK and DPS."""
    yield from open_office(tmp_path_factory.mktemp("office"))


@pytest.fixture(scope="session")
def app(office: Office) -> Flask:
    """Head office's pages."""
    made = create_app(office.hub)
    made.config["TESTING"] = True
    return made


@pytest.fixture
def stranger(app: Flask) -> Visitor:
    """Somebody who is not logged in."""
    return Visitor(app.test_client())


@pytest.fixture
def owner(app: Flask) -> Visitor:
    """Wati, owner."""
    return Visitor(app.test_client()).log_in("wati")


@pytest.fixture
def admin(app: Flask) -> Visitor:
    """Sari, administrator."""
    return Visitor(app.test_client()).log_in("sari")


@pytest.fixture
def manager(app: Flask) -> Visitor:
    """Rudi, manager."""
    return Visitor(app.test_client()).log_in("rudi")


@pytest.fixture
def cashier(app: Flask) -> Visitor:
    """Dewi, cashier at head office."""
    return Visitor(app.test_client()).log_in("dewi")
