"""The mirror: each sealed segment of a branch's log copied to a stick or second disk, for the day the computer is lost.

What the stick holds is learnt by looking at it, so any stick may come, go and come back: what it lacks is written.
"""

import errno
import itertools
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from sync import mirror_file, segment
from sync.clock import COUNTER_BITS
from sync.connection import Connection
from sync.errors import N_, CabangError
from sync.folder import sync_directory, write_private
from sync.mirror_file import SUFFIX, About, Chance, MirrorNewer, MirrorOfOthers, NotAMirror, Opening
from sync.pending import Pending
from sync.uplink import as_sent

FOLDER = "cabang-"  # on the stick, followed by the branch's code
TOGETHER_BYTES = 1024 * 1024  # so much is written before it is made sure that it is on the stick
FREE_BYTES_MIN = 16 * 1024 * 1024
_TOLD_APART_BYTES = 8  # of a signature

_EPOCHS = "SELECT id, name FROM epoch WHERE stream = ? ORDER BY id"
_SEALED = (
    "SELECT first, last, secret, signature, seal FROM segment "
    "WHERE epoch = ? AND first > ? AND signature IS NOT NULL ORDER BY first"
)
_SAME = "SELECT 1 FROM segment WHERE epoch = ? AND last = ? AND seal = ?"
_STAMP = "SELECT stamp FROM entry WHERE epoch = ? AND seq = ?"


class StickMissing(CabangError):
    code = "mirror_missing"
    happened = N_("The mirror stick is not there: %(folder)s.")
    todo = N_("Plug it in. Selling goes on meanwhile, and what is missing on the stick is written by itself.")


class StickFull(CabangError):
    code = "mirror_full"
    happened = N_("The mirror stick is full: %(folder)s.")
    todo = N_("Free some space on it, or put in another stick; it gets everything by itself.")


class StickReadOnly(CabangError):
    code = "mirror_read_only"
    happened = N_("The mirror stick cannot be written: %(folder)s.")
    todo = N_("Look for a lock switch on the stick and whose folder it is, or put in another one.")


class StickTrouble(CabangError):
    code = "mirror_trouble"
    happened = N_("The mirror stick %(folder)s fails: %(why)s.")
    todo = N_("Put in another stick; it gets everything by itself.")


_TROUBLES: dict[int | None, type[CabangError]] = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), StickFull),
    **dict.fromkeys((errno.EROFS, errno.EACCES, errno.EPERM), StickReadOnly),
    **dict.fromkeys((errno.ENOENT, errno.ENOTDIR, errno.ENODEV, errno.ENXIO), StickMissing),
}


class Log(NamedTuple):
    """Whose log is copied, and the key under which it is."""

    connection: Connection
    code: str
    stream: int
    company_key: bytes


class Sealed(NamedTuple):
    """A sealed segment's place in the log."""

    first: int
    last: int
    secret: bytes
    signature: bytes
    seal: bytes


class _Checked(NamedTuple):
    """A file once looked through: how it looked then, and the last of the segments it holds without a hole."""

    path: Path
    opening: Opening
    looks: tuple[int, ...]
    last: int
    seal: bytes


def trouble(folder: Path, error: OSError) -> CabangError:
    """What an error of the system means for the stick."""
    kind = _TROUBLES.get(error.errno, StickTrouble)
    return kind(folder=str(folder), why=error.strerror or str(error))


def reach(folder: Path, stick: Path) -> bool:
    """Does the stick lie on the very disk of the node's *folder*?  Then it is lost together with it.

    Raises StickMissing, and what ``trouble`` makes of errors.
    """
    try:
        if not stick.is_dir():
            raise StickMissing(folder=str(stick))
        return folder.stat().st_dev == stick.stat().st_dev
    except OSError as error:
        raise trouble(stick, error) from error


class Mirror:
    """Copies a log to sticks; remembers what it has looked through as long as nobody else changes it."""

    def __init__(self, chance: Chance) -> None:
        self._chance = chance
        self._checked: dict[bytes, _Checked] = {}

    def copy(self, log: Log, stick: Path) -> int:
        """Writes to *stick*, which is there, what it lacks; how many segments.  Raises what ``trouble`` makes."""
        try:
            folder = stick / (FOLDER + log.code)
            if not folder.is_dir():
                folder.mkdir(mode=0o700)
                sync_directory(stick)
            return sum(self._copy_epoch(log, folder, *epoch) for epoch in _epochs(log))
        except OSError as error:
            self._checked.clear()
            raise trouble(stick, error) from error

    def _copy_epoch(self, log: Log, folder: Path, number: int, name: bytes) -> int:
        log.connection.execute("BEGIN")  # nobody seals anew or cuts the log in between
        try:
            checked, candidates, lacking = self._look(log, folder, number, name)
            for group in _groups(log, number, name, lacking):
                mirror_file.append(checked.path, checked.opening, group, self._chance)
        finally:
            log.connection.execute("COMMIT")
        end = candidates[-1][1::3] if candidates else checked[3:]
        self._checked[name] = _Checked(checked.path, checked.opening, _looks(checked.path), *end)
        return len(lacking)

    def _look(self, log: Log, folder: Path, number: int, name: bytes) -> tuple[_Checked, list[Sealed], list[Sealed]]:
        """The epoch's file, what is sealed since it was looked through, and what of that it lacks.

        Where somebody else wrote to the file, or the log was sealed anew, it is looked through from its beginning.
        """
        known = self._checked.get(name)
        if known and known.path.parent == folder and _is_as_it_was(log, number, known):
            since = _sealed(log, number, known.last)
            return known, since, since
        path = _usable(log, folder, name)
        opening = _opened(path, log.company_key) if path.exists() else self._begun(log, path, name)
        every, held = _sealed(log, number, 0), _held(path, opening)
        return _Checked(path, opening, (), 0, b""), every, _lacking(every, held)

    def _begun(self, log: Log, path: Path, name: bytes) -> Opening:
        opening = Opening(About(log.code, log.stream, name), self._chance(mirror_file.SALT_BYTES), log.company_key)
        write_private(path, opening.data)
        return opening


def _usable(log: Log, folder: Path, name: bytes) -> Path:
    """Where the file of an epoch lies or may be made: under the usual name, or another when that one is spoiled."""
    numbers = itertools.count(2)
    path = folder / (name.hex() + SUFFIX)
    while path.exists() and not _readable(path, log.company_key):
        path = folder / f"{name.hex()}-{next(numbers)}{SUFFIX}"
    return path


def _readable(path: Path, company_key: bytes) -> bool:
    with suppress(NotAMirror, MirrorNewer, MirrorOfOthers):
        _opened(path, company_key)
        return True
    return False


def _opened(path: Path, company_key: bytes) -> Opening:
    with path.open("rb") as file:
        return mirror_file.read_opening(file, company_key, str(path))


def _looks(path: Path) -> tuple[int, ...]:
    """How a file looks from outside; changes when anybody writes to it, or another stick is there."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return ()
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _is_as_it_was(log: Log, number: int, known: _Checked) -> bool:
    same = log.connection.execute(_SAME, (number, known.last, known.seal)).fetchone()
    return same is not None and _looks(known.path) == known.looks


def _epochs(log: Log) -> list[tuple[int, bytes]]:
    return log.connection.execute(_EPOCHS, (log.stream,)).fetchall()


def _sealed(log: Log, number: int, after: int) -> list[Sealed]:
    return [Sealed(*row) for row in log.connection.execute(_SEALED, (number, after))]


def _held(path: Path, opening: Opening) -> dict[int, bytes]:
    """Of each segment in a file, by its first entry, the beginning of its signature; the one written last counts."""
    held: dict[int, bytes] = {}
    with path.open("rb") as file:
        for record in opening.records(file):
            if record.data is not None:
                envelope = segment.parse(record.data)
                held[envelope.first] = envelope.signature[:_TOLD_APART_BYTES]
    return held


def _lacking(every: list[Sealed], held: dict[int, bytes]) -> list[Sealed]:
    return [one for one in every if held.get(one.first) != one.signature[:_TOLD_APART_BYTES]]


def _groups(log: Log, number: int, name: bytes, lacking: list[Sealed]) -> Iterator[list[bytes]]:
    """Segments as they are sent, some at a time."""
    group: list[bytes] = []
    size = 0
    for one in lacking:
        group.append(as_sent(log.connection, log.stream, (number, name), one[:4]))
        size += len(group[-1])
        if size >= TOGETHER_BYTES:
            yield group
            group, size = [], 0
    if group:
        yield group


def lacking(log: Log, stick: Path) -> Pending:
    """What of the sealed log *stick*, which is there, lacks; reads only.  Raises what ``trouble`` makes."""
    try:
        found = [_lacking_of(log, stick / (FOLDER + log.code), *epoch) for epoch in _epochs(log)]
    except OSError as error:
        raise trouble(stick, error) from error
    return Pending(sum(one.entries for one in found), next((one.oldest for one in found if one.entries), 0))


def _lacking_of(log: Log, folder: Path, number: int, name: bytes) -> Pending:
    path = _usable(log, folder, name)
    held = _held(path, _opened(path, log.company_key)) if path.exists() else {}
    found = _lacking(_sealed(log, number, 0), held)
    if not found:
        return Pending(0, 0)
    (stamp,) = log.connection.execute(_STAMP, (number, found[0].first)).fetchone()
    return Pending(sum(one.last - one.first + 1 for one in found), stamp >> COUNTER_BITS)


def unwritable(stick: Path) -> CabangError | None:
    """What keeps a node from writing to *stick*, which is there, as far as one can tell without writing."""
    if not os.access(stick, os.W_OK | os.X_OK):
        return StickReadOnly(folder=str(stick))
    return StickFull(folder=str(stick)) if shutil.disk_usage(stick).free < FREE_BYTES_MIN else None
