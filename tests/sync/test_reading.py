"""Reading beside the node: one consistent view, no lock, no write."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from central_hub.node import HubNode
from sync.database import current_store
from sync.errors import InvariantBroken
from sync.folder import Folder
from sync.reading import open_reader

DYING = (
    "import os, signal, sys\n"
    "from central_hub.node import HubNode\n"
    "from sync.folder import Folder\n"
    "node = HubNode.open(Folder(sys.argv[1]))\n"
    "node.add_branch('SGW', 'Singkawang')\n"
    "os.kill(os.getpid(), signal.SIGKILL)\n"
)
COUNT = "SELECT count(*) FROM branch"


@pytest.fixture
def hub(tmp_path: Path) -> Path:
    """A hub with one branch, closed."""
    node = HubNode.create(Folder(tmp_path / "hub"))
    node.add_branch("PTK", "Pontianak")
    node.close()
    return tmp_path / "hub" / "hub.db"


def test_one_view_beside_a_writer(hub: Path) -> None:
    """Goal: figures of one moment, and nobody waits. Method: read, write through the node, read again in one reader."""
    node = HubNode.open(Folder(hub.parent))
    with open_reader(hub) as reader:
        assert (1,) == reader.connection().execute(COUNT).fetchone()
        node.add_branch("SGW", "Singkawang")
        assert (1,) == reader.connection().execute(COUNT).fetchone()
    with open_reader(hub) as reader:
        assert (2,) == reader.connection().execute(COUNT).fetchone()
    node.close()


def test_peewee_reads_what_is_opened(hub: Path) -> None:
    """Goal: the models read the opened file. Method: the current store inside."""
    with open_reader(hub) as reader:
        assert reader is current_store()
        assert "PTK" == reader.connection().execute("SELECT code FROM branch").fetchone()[0]
        assert 0 == reader.get("stream")


def test_a_reader_never_writes(hub: Path) -> None:
    """Goal: nothing changes by reading. Method: the writer's door, which a reader does not have."""
    with open_reader(hub) as reader, pytest.raises(InvariantBroken), reader.write():
        pass


def test_after_the_power_failed(hub: Path) -> None:
    """Goal: what was committed is read before anybody starts the node. Method: a node killed after a commit."""
    done = subprocess.run(
        [sys.executable, "-c", DYING, str(hub.parent)],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        check=False,
        timeout=60,
    )
    assert -signal.SIGKILL == done.returncode
    with open_reader(hub) as reader:
        assert (2,) == reader.connection().execute(COUNT).fetchone()
