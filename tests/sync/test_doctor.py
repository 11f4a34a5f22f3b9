"""What `cabang doctor` finds: each fault made for real, one at a time."""

import shutil
import sqlite3
from collections import namedtuple
from contextlib import closing
from pathlib import Path

import pytest

from central_hub.node import HubNode
from sync import doctor
from sync.errors import CabangError, HubUnreachable
from sync.folder import Folder
from sync.node import device_ms

HOUR_MS = 3_600_000
Usage = namedtuple("Usage", "total used free")


def never_asked(url: str) -> CabangError | None:
    """A hub has no hub to reach."""
    raise AssertionError(url)


@pytest.fixture
def hub(tmp_path: Path) -> Folder:
    """A hub that does not run."""
    folder = Folder(tmp_path / "hub")
    HubNode.create(folder).close()
    return folder


def states(folder: Folder, now_ms: int | None = None) -> dict[str, str]:
    """State by name of everything that is not fine."""
    found = doctor.examine(folder, now_ms or device_ms(), never_asked)
    return {finding.name: finding.state for finding in found if finding.state != doctor.FINE}


def test_a_healthy_folder(hub: Folder) -> None:
    """Goal: no false alarm. Method: a new hub."""
    assert {} == states(hub)


@pytest.mark.parametrize("name", [".", "node.key"])
def test_what_others_can_read(hub: Folder, name: str) -> None:
    """Goal: open permissions are found. Method: let everybody read the folder, the key."""
    (hub.path / name).chmod(0o755)
    assert {"folder" if name == "." else "key": "wrong"} == states(hub)


@pytest.mark.parametrize("key", [None, b"", b"short"])
def test_a_key_that_is_none(hub: Folder, key: bytes | None) -> None:
    """Goal: a lost or cut key is found. Method: remove it, empty it, cut it."""
    hub.key_file.unlink()
    if key is not None:
        hub.key_file.write_bytes(key)
    assert {"key": "wrong"} == states(hub)


@pytest.mark.parametrize(
    ("free", "expected"), [(10, {"disk": "wrong"}), (500 << 20, {"disk": "attention"}), (2 << 30, {})]
)
def test_a_full_disk(hub: Folder, monkeypatch: pytest.MonkeyPatch, free: int, expected: dict[str, str]) -> None:
    """Goal: a disk that fills is named before it is full. Method: three answers of the system."""
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(free, 0, free))
    assert expected == states(hub)


def test_a_clock_that_is_behind(hub: Folder) -> None:
    """Goal: a PC without a clock battery is noticed. Method: an hour before the last record, and 1970."""
    assert {} == states(hub, device_ms() + HOUR_MS)
    assert {"clock": "wrong"} == states(hub, device_ms() - HOUR_MS)
    assert {"clock": "wrong"} == states(hub, 1)


def test_a_guard_that_is_gone(hub: Folder) -> None:
    """Goal: a dropped guard is found. Method: drop one."""
    with closing(sqlite3.connect(hub.database())) as file:
        file.execute("DROP TRIGGER guard_sale_insert")
    assert {"guards": "wrong"} == states(hub)


def test_a_damaged_file(hub: Folder) -> None:
    """Goal: damage is said, not raised. Method: zeros over the second page of the file."""
    with hub.database().open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 8192)
    assert "wrong" == states(hub)["database"]


def test_a_note_of_somebody_gone(hub: Folder) -> None:
    """Goal: what a power cut left is told from a running node. Method: a lock's note without its process."""
    hub.lock_file.write_text('{"pid": 4194300, "socket": ""}', encoding="utf-8")
    assert {"node": "attention"} == states(hub)


def test_no_hub_to_reach() -> None:
    """Goal: an unreachable hub comes with the reason. Method: a probe that fails, and one that does not."""
    error = HubUnreachable(url="http://127.0.0.1:9")
    found = doctor._line("http://127.0.0.1:9", lambda url: error)
    assert ("attention", error.todo) == (found.state, found.todo)
    assert "fine" == doctor._line("http://127.0.0.1:9", lambda url: None).state
