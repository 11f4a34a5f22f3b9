"""One head office with two branches, shared by all tests here; tests add to it and never take away."""

from collections.abc import Callable, Iterator

import pytest
from cabang_office import Office, open_office
from cabang_visitor import Visitor, signing_in
from flask import Flask

from central_hub.app import create_app


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Head office with the branches PTK and DPS."""
    with open_office(tmp_path_factory.mktemp("office")) as made:
        yield made


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


@pytest.fixture(scope="session")
def signed_in(app: Flask) -> Callable[[str], Visitor]:
    """A new browser of somebody who is logged in."""
    return signing_in(app)


@pytest.fixture
def owner(signed_in: Callable[[str], Visitor]) -> Visitor:
    """Wati, owner."""
    return signed_in("wati")


@pytest.fixture
def admin(signed_in: Callable[[str], Visitor]) -> Visitor:
    """Sari, administrator."""
    return signed_in("sari")


@pytest.fixture
def manager(signed_in: Callable[[str], Visitor]) -> Visitor:
    """Rudi, manager."""
    return signed_in("rudi")


@pytest.fixture
def cashier(signed_in: Callable[[str], Visitor]) -> Visitor:
    """Dewi, cashier at head office."""
    return signed_in("dewi")
