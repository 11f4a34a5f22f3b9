"""What another program could not take in is tried again once, at the first start of this one."""

from pathlib import Path

import pytest

from central_hub.node import HubNode
from sync import upgrades
from sync.folder import Folder
from sync.hub import HubExchange
from sync.model import TABLES


def test_a_program_is_new_once(hub) -> None:
    """Goal: no retry at every start. Method: never run, noted, run again."""
    assert upgrades.is_new(hub.store)
    upgrades.note(hub.store)
    assert not upgrades.is_new(hub.store)


@pytest.mark.parametrize("change", ["version", "table", "derivation"])
def test_another_program_is_told_by_what_it_understands(hub, monkeypatch, change) -> None:
    """Goal: an upgrade is noticed, even of a source that bears the same number. Method: each part changed alone."""
    upgrades.note(hub.store)
    if change == "version":
        monkeypatch.setattr(upgrades, "version", lambda name: "9.9")
    elif change == "table":
        monkeypatch.delitem(TABLES, "customer")
    else:
        monkeypatch.setattr(upgrades, "DERIVE_VERSION", 99)
    assert upgrades.is_new(hub.store)


def test_held_entries_are_tried_again_after_an_upgrade_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Goal: uplink is always taken, and starts are quick. Method: a hub made, started as it is, started upgraded."""
    tried: list[str] = []

    def retry(self: HubExchange, reason: str = "%") -> int:
        tried.append(reason)
        return 0

    monkeypatch.setattr(HubExchange, "retry_held", retry)
    home = Folder(tmp_path / "hub")
    HubNode.create(home).close()
    tried.clear()
    HubNode.open(home).close()
    assert [] == tried
    monkeypatch.setattr(upgrades, "version", lambda name: "9.9")
    HubNode.open(home).close()
    assert ["%"] == tried
