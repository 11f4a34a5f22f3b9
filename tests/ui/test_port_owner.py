"""Who uses a port: read out of a made-up /proc, and out of this system's own."""

import os
import socket
import sys
from pathlib import Path

from ui.port_owner import owner_of

TABLE = """  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4711 1
   1: 0100007F:1F41 00000000:0000 01 00000000:00000000 00:00000000 00000000  1000        0 4712 1
"""


def test_the_command_and_its_number(tmp_path: Path) -> None:
    """Goal: people know what to stop. Method: a table with one listener and one connection, one process."""
    (tmp_path / "net").mkdir()
    (tmp_path / "net" / "tcp").write_text(TABLE)
    (tmp_path / "77" / "fd").mkdir(parents=True)
    (tmp_path / "77" / "fd" / "3").symlink_to("socket:[4711]")
    (tmp_path / "77" / "fd" / "4").symlink_to("socket:[4712]")
    (tmp_path / "77" / "cmdline").write_bytes(b"cabang\0hub\0run\0hub\0")
    (tmp_path / "78").mkdir()
    assert ["cabang hub run hub (77)", "", ""] == [owner_of(port, tmp_path) for port in (8000, 8001, 8002)]
    assert "" == owner_of(8000, tmp_path / "nothing")


def test_this_process() -> None:
    """Goal: the real table is read right. Method: listen, and ask; elsewhere than on Linux nobody says."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        said = owner_of(listener.getsockname()[1])
    assert (f"({os.getpid()})" if sys.platform == "linux" else "") == said[said.rfind("(") :]
