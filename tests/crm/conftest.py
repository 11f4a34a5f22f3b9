"""A head office and a branch, made once and copied for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from cabang_crm_nodes import Node, make_node, run_copy, send_down

from crm import branches, catalogue, customers
from sync.database import using
from sync.model import natural_id

KEY = b"k" * 32


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of two databases made once: head office with two branches, and the branch PTK with three products."""
    folder = tmp_path_factory.mktemp("templates")
    hub, branch = make_node(folder / "hub.db", 0), make_node(folder / "branch.db", 1)
    with using(hub.store), hub.unit() as unit:
        branches.create_branch(unit, "PTK", "Pontianak", kind="outlet", stream=1, zone="WIB")
        branches.create_branch(unit, "BJM", "Banjarmasin", kind="spa", stream=2, zone="WITA")
    hub.store.connection().execute("VACUUM INTO ?", (str(folder / "empty.db"),))
    with using(hub.store), hub.unit() as unit:
        catalogue.create_product(unit, {"code": "OLI-1", "name": "Oli mesin", "price": 45_000, "barcode": "899001"})
        catalogue.create_product(unit, {"code": "BAN-2", "name": "Ban luar", "price": 210_000})
        catalogue.create_product(unit, {"code": "PIJAT", "name": "Pijat bayi", "price": 90_000, "kind": "service"})
    send_down(hub, branch)
    hub.store.close()
    branch.store.close()
    return folder


@pytest.fixture
def hub(tmp_path: Path, templates: Path) -> Iterator[Node]:
    """Head office with two branches: PTK in WIB, BJM in WITA."""
    with run_copy(templates / "empty.db", tmp_path / "hub.db", 0) as made:
        yield made


@pytest.fixture
def branch(tmp_path: Path, templates: Path) -> Iterator[Node]:
    """The branch PTK with three products of head office."""
    with run_copy(templates / "branch.db", tmp_path / "branch.db", 1) as made:
        yield made


@pytest.fixture
def oil() -> bytes:
    """Id of a product of 45,000 rupiah."""
    return natural_id("product", "OLI-1")


@pytest.fixture
def massage() -> bytes:
    """Id of a service of 90,000 rupiah."""
    return natural_id("product", "PIJAT")


@pytest.fixture(scope="session")
def key() -> bytes:
    """The key under which phone numbers are hashed."""
    return KEY


@pytest.fixture
def sari(branch: Node) -> bytes:
    """Id of the customer PTK-000001, who has a phone."""
    with branch.unit() as unit:
        return customers.create_customer(unit, name="Sari Dewi", phones=["0812-3456-7890"], hash_key=KEY)
