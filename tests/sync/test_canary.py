"""The canary: a database older than it is found out at the start, and nothing else is."""

import shutil
from pathlib import Path

import pytest
from cabang_copies import copied, put_back
from cabang_forge import flipped
from cabang_pair import HubSide
from cabang_scenes import sell

from central_hub.node import HubNode
from sync import canary, epochs
from sync.canary import FILE, Keeper
from sync.folder import Folder


@pytest.fixture
def keeper(branch) -> Keeper:
    """The keeper of PTK's canary, which sings of the first seal."""
    made = Keeper(Folder(branch.path.parent), branch.store)
    made.keep()
    branch.journal.on_seal.append(made.keep)
    return made


def work(branch) -> None:
    sell(branch)
    branch.journal.seal()


def test_a_database_that_went_on_is_not_older(branch, keeper) -> None:
    """Goal: no false alarm. Method: the same file, more sealed, more unsealed, another epoch, no canary at all."""
    assert not keeper.is_older()
    work(branch)
    sell(branch)
    assert not keeper.is_older()
    epochs.go_on(branch.journal, epochs.OLDER)
    assert not keeper.is_older()
    (branch.path.parent / FILE).unlink()
    assert not keeper.is_older()


def test_a_canary_of_a_former_epoch_is_no_proof(branch, keeper) -> None:
    """Goal: a stop between a new epoch and its canary is harmless. Method: the log goes on, the canary is as it was."""
    work(branch)
    branch.journal.on_seal.clear()
    epochs.go_on_behind(branch.journal, branch.journal.epoch, 1, epochs.FORKED)
    assert not keeper.is_older()


def test_an_older_copy_is_found_out(company, branch, keeper) -> None:
    """Goal: a copy put back is known at the start. Method: a copy, a sealed sale, the copy in its place."""
    old = copied(branch, "old.db")
    work(branch)
    back = put_back(company, branch, old, False)
    assert Keeper(Folder(branch.path.parent), back.store).is_older()


def test_a_copy_of_another_past_is_found_out(company, branch, keeper) -> None:
    """Goal: as long a log is not the same one. Method: a copy that sealed as much work of its own."""
    old = copied(branch, "old.db")
    work(branch)
    back = put_back(company, branch, old, False)
    work(back)
    assert Keeper(Folder(branch.path.parent), back.store).is_older()
    epochs.go_on(back.journal, epochs.OLDER)
    assert not Keeper(Folder(branch.path.parent), back.store).is_older()


def test_the_hubs_feed_counts_as_well(company, hub) -> None:
    """Goal: a hub that wrote nothing itself is found out. Method: a copy, a branch's sale, the copy in its place."""
    made = Keeper(Folder(hub.path.parent), hub.store)
    old = copied(hub, "old hub.db")
    sell(company.branches[0])
    company.heal()
    made.keep()
    assert not made.is_older()
    back = HubSide(old, 0, "back")
    assert Keeper(Folder(hub.path.parent), back.store).is_older()
    back.store.close()


def test_a_damaged_canary_proves_nothing(branch, keeper) -> None:
    """Goal: what cannot be read is not believed. Method: each byte flipped, each cut, noise; never an error."""
    path = branch.path.parent / FILE
    sound = path.read_bytes()
    for place in range(len(sound) - 1):
        path.write_bytes(flipped(sound, place))
        assert keeper.is_older(), place
        path.write_bytes(sound[:place])
        assert keeper.is_older(), place
    for data in (b"noise", b"\x91\x01", b"\x95\x02" + sound[2:]):
        path.write_bytes(data)
        assert keeper.is_older()
    path.write_bytes(sound)
    assert not keeper.is_older()


def test_a_full_disk_stops_nobody(branch, keeper, monkeypatch) -> None:
    """Goal: a canary that cannot be written is an older one. Method: the write fails, the sale stands; it works."""

    def full(path: Path, data: bytes) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(canary, "write_private", full)
    before = (branch.path.parent / FILE).read_bytes()
    work(branch)
    assert before == (branch.path.parent / FILE).read_bytes() and not keeper.is_older()
    monkeypatch.undo()
    keeper.keep()
    assert before != (branch.path.parent / FILE).read_bytes()


def test_a_hub_put_back_by_hand_goes_on_at_its_start(tmp_path: Path) -> None:
    """Goal: the node itself looks. Method: a hub's folder, its file of before put back; its epoch, feed and words."""
    home = Folder(tmp_path / "hub")
    node = HubNode.create(home)
    feed = node.store.get("feed_epoch")
    node.close()
    shutil.copy(home.database(), tmp_path / "old.db")
    node = HubNode.open(home)
    node.add_branch("PTK", "Pontianak")
    node.close()
    shutil.copy(tmp_path / "old.db", home.database())
    node = HubNode.open(home)
    assert (epochs.OLDER, True) == (node.store.get(epochs.WHY), feed != node.store.get("feed_epoch"))
    node.close()
    node = HubNode.open(home)
    assert 2 == node.store.connection().execute("SELECT count(*) FROM epoch").fetchone()[0]
    node.close()
