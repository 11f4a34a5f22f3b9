"""One head office with two branches, shared by all tests here; tests add to it and never take away."""

from collections.abc import Callable, Iterator
from functools import cache

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


@pytest.fixture(scope="session")
def signed_in(app: Flask) -> Callable[[str], Visitor]:
    """A new browser with the cookie of a person who gave the password once, and uses the first browser ever since."""
    first = cache(lambda username: Visitor(app.test_client()).log_in(username))

    def visitor(username: str) -> Visitor:
        first(username).get("/password")
        name = app.config["SESSION_COOKIE_NAME"]
        cookie = first(username).client.get_cookie(name)
        assert cookie is not None
        made = Visitor(app.test_client())
        made.client.set_cookie(name, cookie.decoded_value)
        return made

    return visitor


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
