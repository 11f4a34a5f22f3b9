"""One branch for all tests of this folder, each with a browser of its own kind of person."""

from collections.abc import Iterator

import pytest
from cabang_branch import Shop, TillHand, Visitor, open_shop
from cabang_sms import SETTINGS
from flask import Flask

from branch_node.app import create_app
from crm import customers
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


@pytest.fixture
def modem(shop: Shop) -> Iterator[None]:
    """One modem is set up, at 350 rupiah for an SMS."""
    path = shop.node.folder / "sms.toml"
    path.write_text(SETTINGS, encoding="utf-8")
    yield
    path.unlink()


@pytest.fixture
def buyer(shop: Shop) -> bytes:
    """A customer with a phone who agreed to receipts only."""
    with shop.node.journal.unit() as unit:
        made = customers.create_customer(
            unit, name="Maya Sari", phones=["0812-2000-0890"], hash_key=shop.node.company_key
        )
        customers.set_consent(unit, made, "receipt", True)
    return made
