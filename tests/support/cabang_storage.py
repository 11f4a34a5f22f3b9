"""Storage that loses its power: what lies on it when the power goes before a given operation.

What was synced is there.  Of the rest of each file, three patterns: nothing survives, everything does, or sectors of
512 bytes chosen by chance (of writes in any order, so later ones may survive earlier ones).  Changes of names survive
as a prefix of what was not synced, as on a journaling file system.  Not simulated: disks that say "synced" and lie,
sectors that become unreadable or hold neither the old nor the new bytes, neighbours of a sector that are lost too.
"""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random

from cabang_disk import CREATE, DELETE, RENAME, SYNC, SYNC_FOLDER, TRUNCATE, WHOLE, WRITE, Op

NONE, TORN, ALL = "none", "torn", "all"
PATTERNS = (NONE, TORN, ALL)
SECTOR_BYTES = 512
SURVIVING = (0.1, 0.5, 0.9, 0.97)  # shares of sectors, one drawn for each torn image

Image = dict[str, bytes]  # path → content


class _Content:
    """A file: the bytes that are safe, and what was done to it since."""

    def __init__(self, kept: bytes = b"") -> None:
        self.kept = kept
        self.pending: list[Op] = []

    def settle(self) -> None:
        self.kept = self.all()
        self.pending.clear()

    def all(self) -> bytes:
        return self._with(_do)

    def torn(self, draw: Random, share: float) -> bytes:
        return self._with(lambda content, op: _tear(content, op, draw, share))

    def _with(self, done: Callable[[bytearray, Op], None]) -> bytes:
        if not self.pending:
            return self.kept
        found = bytearray(self.kept)
        for op in self.pending:
            done(found, op)
        return bytes(found)


def _do(content: bytearray, op: Op) -> None:
    if op.kind != WRITE:  # a truncate, or a file written anew
        del content[op.at :]
    if len(content) < op.at:
        content.extend(bytes(op.at - len(content)))
    content[op.at : op.at + len(op.data)] = op.data


def _tear(content: bytearray, op: Op, draw: Random, share: float) -> None:
    if op.kind == TRUNCATE:
        if draw.random() < share:
            _do(content, op)
        return
    start, end = op.at, op.at + len(op.data)
    while start < end:
        until = min(end, (start // SECTOR_BYTES + 1) * SECTOR_BYTES)
        if draw.random() < share:
            _do(content, Op(WRITE, op.path, start, op.data[start - op.at : until - op.at]))
        start = until


class Storage:
    """Files by path, as programs see them and as they are safe."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._seen = {path: _Content(data) for path, data in files.items()}
        self._kept = dict(self._seen)
        self._names: list[dict[str, _Content | None]] = []  # changes of names, not safe yet

    def do(self, op: Op) -> None:
        """Carries out one operation."""
        if op.kind in (CREATE, WHOLE) and op.path not in self._seen:
            self._rename({op.path: _Content()})
        if op.kind in (WRITE, TRUNCATE, WHOLE):
            self._seen[op.path].pending.append(op)
        elif op.kind == SYNC:
            self._sync(op.path)
        elif op.kind == DELETE and op.path in self._seen:
            self._rename({op.path: None})
        elif op.kind == RENAME:
            self._rename({op.path: None, os.fsdecode(op.data): self._seen[op.path]})
        if op.kind == SYNC_FOLDER or (op.kind == DELETE and op.at):
            self._settle_names()

    def fail(self, op: Op) -> None:
        """Refuses one operation: half of a write happens; what a failed sync was to make safe never will be."""
        if op.kind == WRITE:
            self.do(op._replace(data=op.data[: len(op.data) // 2]))
        elif op.kind == SYNC:
            self._seen[op.path].pending.clear()

    def _sync(self, path: str) -> None:
        self._seen[path].settle()
        if self._kept.get(path) is not self._seen[path]:
            self._settle_names()  # a new file that is synced is found again

    def _rename(self, change: dict[str, _Content | None]) -> None:
        self._names.append(change)
        _change(self._seen, change)

    def _settle_names(self) -> None:
        for change in self._names:
            _change(self._kept, change)
        self._names.clear()

    def image(self, pattern: str, draw: Random) -> Image:
        """What lies on the storage when the power goes now."""
        if pattern == ALL:
            return {path: content.all() for path, content in self._seen.items()}
        if pattern == NONE:
            return {path: content.kept for path, content in self._kept.items()}
        names, share = dict(self._kept), draw.choice(SURVIVING)
        for change in self._names[: draw.randint(0, len(self._names))]:
            _change(names, change)
        return {path: content.torn(draw, share) for path, content in names.items()}


def _change(names: dict[str, _Content], change: Mapping[str, _Content | None]) -> None:
    for path, content in change.items():
        names.pop(path, None)
        if content is not None:
            names[path] = content


def read_files(folder: Path) -> Image:
    """The files of *folder* as they are safe before anything happens."""
    return {str(path): path.read_bytes() for path in folder.iterdir() if path.is_file()}


def lay(image: Image, folder: Path) -> None:
    """Puts the files of an image into *folder*."""
    folder.mkdir()
    for path, data in image.items():
        (folder / Path(path).name).write_bytes(data)
