"""A branch's computer is stolen: head office withdraws its key, another one joins and goes on where it stopped."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from cabang_office import Office, open_office

from branch_node.node import BranchNode
from sync import audit, digest
from sync.errors import RevokedSender
from sync.folder import Folder
from sync.node import Node

pytestmark = pytest.mark.journey


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """Head office with the branches PTK and DPS."""
    with open_office(tmp_path) as made:
        yield made


def whole(office: Office, node: Node) -> audit.Audited:
    """Everything in the node's file, walked."""
    public = office.hub.keyring.sign_public
    return audit.verify(node.store.connection(), node.keyring.sign_public, public, lambda done, total: None)


def receipts(node: Node, stream: int) -> list[int]:
    """Numbers of the branch's receipts that *node* holds."""
    sql = "SELECT number FROM sale WHERE stream = ? ORDER BY number"
    return [number for (number,) in node.store.connection().execute(sql, (stream,))]


def test_the_new_computer_goes_on_where_the_old_one_stopped(office) -> None:
    """Goal: nothing that counted is lost, the old computer is out. Method: sales before, unsent and after, over real
    HTTP; then the new computer changes its key; receipts, digests, what is held, every seal on all sides.
    """
    old = office.branches["PTK"]
    office.sell("PTK", "OLI-1", 1)
    office.sync("PTK")
    office.sell("PTK", "OLI-1", 3)  # never sent
    office.hub.revoke("PTK", office.people["sari"])
    with pytest.raises(RevokedSender):
        old.sync.round()
    office.branches["OLD"] = old
    secret = office.hub.enrolment_code("PTK")
    new = office.branches["PTK"] = BranchNode.create(Folder(office.folder / "new"), office.server.url, secret)
    office.sync("PTK")
    assert [1, 2] == receipts(new, old.stream)
    office.sell("PTK", "OLI-1", 2)
    office.sync("PTK", "DPS")
    new.sync.renew_keys()
    office.sell("PTK", "OLI-1", 1)
    office.sync("PTK")
    assert [1, 2, 3, 4] == receipts(new, old.stream) == receipts(office.hub, old.stream)
    with pytest.raises(RevokedSender):
        old.sync.round()
    assert digest.of_hub(office.hub.store, office.hub.feed, new.stream) == digest.of_branch(new.store)
    assert 1 == office.count("quarantine")
    for node in (office.hub, new, old):
        assert whole(office, node).segments
