"""Spares the tests what none of them is about: waiting for the disk, and compiling the same sources again."""

import os
import shutil
import tempfile
from collections.abc import MutableMapping
from pathlib import Path

import cabang_rows

MEMORY = Path("/dev/shm")  # noqa: S108 - pytest and tempfile make folders of their own in it
ROOM_BYTES = 1 << 30
BYTECODE = cabang_rows.ROOT / ".cache" / "bytecode"


def spare(environment: MutableMapping[str, str]) -> None:
    """Sets *environment* for this process and those it starts; what its owner chose stays."""
    if "TMPDIR" not in environment and has_room(MEMORY):
        environment["TMPDIR"] = str(MEMORY)
        tempfile.tempdir = None  # asks the environment again
    if environment.pop("PYTHONDONTWRITEBYTECODE", ""):
        environment.setdefault("PYTHONPYCACHEPREFIX", str(BYTECODE))


def has_room(folder: Path) -> bool:
    """Is *folder* there, ours to write, and large enough for all that tests leave in it?"""
    return os.access(folder, os.W_OK | os.X_OK) and shutil.disk_usage(folder).free >= ROOM_BYTES
