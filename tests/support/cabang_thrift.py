"""Spares the tests what none of them is about: waiting for the disk, and compiling the same sources and pages again."""

import os
import shutil
import tempfile
from collections.abc import MutableMapping
from pathlib import Path

import cabang_rows
import flask
from jinja2.bccache import Bucket, BytecodeCache

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


class PagesOnce(BytecodeCache):
    """What Jinja makes of a template, kept for all applications of this process."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fills *bucket* with what its template became before, unless its source has changed."""
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keeps what the template of *bucket* became."""
        self._kept[bucket.key] = bucket.bytecode_to_string()


def compile_pages_once() -> None:
    """Every application made from now on shares what Jinja makes of the templates."""
    flask.Flask.jinja_options = {"bytecode_cache": PagesOnce()}


def has_room(folder: Path) -> bool:
    """Is *folder* there, ours to write, and large enough for all that tests leave in it?"""
    return os.access(folder, os.W_OK | os.X_OK) and shutil.disk_usage(folder).free >= ROOM_BYTES
