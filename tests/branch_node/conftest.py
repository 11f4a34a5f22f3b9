"""One branch for all tests of this folder, each with a browser of its own kind of person."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cabang_branch import Shop, TillHand, open_shop
from cabang_sms import SETTINGS, Bookkeeper, bookkeeper
from cabang_visitor import Visitor, signing_in
from flask import Flask

from branch_node.app import create_app
from crm import customers
from sms_daemon import ledger
from sync.database import using


@pytest.fixture
def reading(shop: Shop) -> Iterator[None]:
    """Peewee reads the branch."""
    with using(shop.node.store):
        yield


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """The branch PTK; tests add to it and never take away."""
    with open_shop(tmp_path_factory.mktemp("shop")) as made:
        yield made


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


@pytest.fixture(scope="session")
def signed_in(app: Flask) -> Callable[[str], Visitor]:
    """A new browser of somebody who is logged in."""
    return signing_in(app)


@pytest.fixture(scope="session")
def leader(signed_in: Callable[[str], Visitor]) -> Visitor:
    """Sari, supervisor."""
    return signed_in("sari")


@pytest.fixture(scope="session")
def cashier(signed_in: Callable[[str], Visitor]) -> Visitor:
    """Dewi, cashier."""
    return signed_in("dewi")


@pytest.fixture(scope="session")
def therapist(signed_in: Callable[[str], Visitor]) -> Visitor:
    """Tuti, who sells nothing."""
    return signed_in("tuti")


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
def book(tmp_path: Path) -> Iterator[Bookkeeper]:
    """A ledger of its own: for the branch each one is another, begun anew."""
    ledger.create(tmp_path, os.urandom(ledger.ID_BYTES))
    with bookkeeper(tmp_path) as made:
        yield made


@pytest.fixture
def buyer(shop: Shop) -> bytes:
    """A customer with a phone who agreed to receipts only."""
    with shop.node.journal.unit() as unit:
        made = customers.create_customer(
            unit, name="Maya Sari", phones=["0812-2000-0890"], hash_key=shop.node.company_key
        )
        customers.set_consent(unit, made, "receipt", True)
    return made
