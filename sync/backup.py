"""Backups of a node: database, SMS ledger, settings and keys in one sealed file; and putting one back.

A backup is made beside the running node from consistent copies.  One that is put back is a copy of the past: the node
goes on in a new epoch at its start (see ``Node.look_back``).  The database is put in its place last, so that after any
stop there is either a whole node or none, and the same command does it again.
"""

import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from sync import schema, settings_file
from sync.connection import read_only
from sync.errors import N_, CabangError
from sync.folder import DATABASES, KEY, Folder, sync_directory
from sync.rotation import NEXT
from sync.sealed_file import About, BackupDamaged, BackupNewer, Reader, Writer
from sync.store import Store

SMS_LEDGER, SMS_SETTINGS = "sms.db", "sms.toml"
SETTINGS = (SMS_SETTINGS, settings_file.FILE)
RESTORED = "restored_from"  # value of the node table: when the backup was made that was put back, until the next start
MEMBERS = (*DATABASES.values(), KEY, NEXT, SMS_LEDGER, *SETTINGS)
_ARRIVING, _PART, _COPIES = ".restored", ".part", ".backup-copies-"
_COPY_BYTES = 1 << 20
_TRIES_MAX = 3

Chance = Callable[[int], bytes]


class BackupExists(CabangError):
    code = "backup_exists"
    happened = N_("The file %(file)s is there already.")
    todo = N_("Choose another name; a backup is never overwritten.")


class BackupNotWritten(CabangError):
    code = "backup_not_written"
    happened = N_("The backup could not be written to %(file)s: %(why)s.")
    todo = N_("Check the path and the space there and in the node's own folder, then do it again.")
    retry_safe = True


class KeysChanging(CabangError):
    code = "keys_changing"
    happened = N_("This branch is just changing its keys.")
    todo = N_("Wait a moment and do it again.")
    retry_safe = True


# --- making one ------------------------------------------------------------------------------------------------


def make(home: Folder, store: Store, secret: bytes, target: Path, now_ms: int, chance: Chance) -> int:
    """Writes a backup of the node in *home* to *target*, a new file, and returns its size in bytes.

    Raises BackupExists, KeysChanging, BackupNotWritten.
    """
    if target.exists():
        raise BackupExists(file=str(target))
    about = About(home.kind(), str(store.get("code") or "HUB"), now_ms)
    part = target.with_name(target.name + _PART)
    try:
        with _workplace(home) as place, _private(part) as file:
            _collect(home, store, place)
            _write(file, place, secret, about, chance)
        part.rename(target)
        sync_directory(target.parent)
    except (OSError, sqlite3.Error) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise BackupNotWritten(file=str(target), why=why) from error
    finally:
        part.unlink(missing_ok=True)
    return target.stat().st_size


@contextmanager
def _workplace(home: Folder) -> Iterator[Path]:
    """A private place for copies, in the node's own folder, where such data is anyway."""
    for left in home.path.glob(f"{_COPIES}*"):
        shutil.rmtree(left, ignore_errors=True)
    place = Path(tempfile.mkdtemp(prefix=_COPIES, dir=home.path))
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _collect(home: Folder, store: Store, place: Path) -> None:
    """Copies of everything; the keys are those the database's certificate is for."""
    for _ in range(_TRIES_MAX):
        keys = _keys(home)
        _copy_database(store.path, place / home.database().name)
        if keys == _keys(home):
            break
    else:
        raise KeysChanging
    for name, data in keys.items():
        (place / name).write_bytes(data)
    if (home.path / SMS_LEDGER).exists():
        _copy_database(home.path / SMS_LEDGER, place / SMS_LEDGER)
    for name in SETTINGS:
        if (home.path / name).exists():
            shutil.copy(home.path / name, place / name)


def _keys(home: Folder) -> dict[str, bytes]:
    found = {}
    for name in (KEY, NEXT):
        with suppress(FileNotFoundError):
            found[name] = (home.path / name).read_bytes()
    return found


def _copy_database(source: Path, target: Path) -> None:
    """A consistent copy of a database that may be in use."""
    target.unlink(missing_ok=True)
    with closing(read_only(source)) as connection:
        connection.execute("VACUUM INTO ?", (str(target),))


def _write(file: BinaryIO, place: Path, secret: bytes, about: About, chance: Chance) -> None:
    writer = Writer(file, secret, about, chance)
    with tarfile.open(fileobj=_as_file(writer), mode="w|") as archive:
        for name in MEMBERS:
            path = place / name
            if path.exists():
                member = tarfile.TarInfo(name)
                member.size = path.stat().st_size
                with path.open("rb") as content:
                    archive.addfile(member, content)
    writer.close()


def _as_file(stream: Any) -> Any:
    """tarfile asks its stream for read or write alone."""
    return stream


@contextmanager
def _private(path: Path) -> Iterator[BinaryIO]:
    """A new file for its owner alone, on the disk when the block ends."""
    path.unlink(missing_ok=True)
    path.touch(mode=0o600, exist_ok=False)
    with path.open("wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


# --- putting one back --------------------------------------------------------------------------------------------


def restore(source: Path, home: Folder, secret: bytes) -> About:
    """Puts the backup *source* into *home*, whose lock is held and in which no node is; what it is a backup of.

    Raises FolderInUse, NotABackup, BackupNewer, WrongPhrase, BackupDamaged; then there is no node in the folder.
    """
    home.create()
    _forget_arrivals(home)
    try:
        with source.open("rb") as file:
            reader = Reader(file, secret, str(source))
            arrived = _unpack(reader, home, str(source))
        database = DATABASES.get(reader.about.kind, "")
        if not {database, KEY} <= arrived:
            raise BackupDamaged(file=str(source))
        _mark(_arriving(home, database), str(source), reader.about.made_ms)
        _settle(home, arrived, database)
    except BaseException:
        _forget_arrivals(home)
        raise
    return reader.about


def _arriving(home: Folder, name: str) -> Path:
    return home.path / (name + _ARRIVING)


def _forget_arrivals(home: Folder) -> None:
    for left in home.path.glob(f"*{_ARRIVING}*"):
        left.unlink(missing_ok=True)


def _unpack(reader: Reader, home: Folder, source: str) -> set[str]:
    """Writes the members beside their places; their names.  Nothing else in the file is followed."""
    names: set[str] = set()
    try:
        with tarfile.open(fileobj=_as_file(reader), mode="r|") as archive:
            for member in archive:
                content = archive.extractfile(member) if member.isfile() and member.name in MEMBERS else None
                if content is None or member.name in names:
                    raise BackupDamaged(file=source)
                with _private(_arriving(home, member.name)) as file:
                    shutil.copyfileobj(content, file, _COPY_BYTES)
                names.add(member.name)
    except tarfile.TarError:
        raise BackupDamaged(file=source) from None
    reader.finish()
    return names


def _mark(path: Path, source: str, made_ms: int) -> None:
    """Looks whether the database is whole and of a version known here, and tells it that it was put back."""
    try:
        with closing(sqlite3.connect(path)) as connection:
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            sound = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.DatabaseError:
        raise BackupDamaged(file=source) from None
    if version > schema.VERSION:
        raise BackupNewer(file=source)
    if sound != "ok":
        raise BackupDamaged(file=source)
    store = Store(path)
    with store.write():
        store.put(RESTORED, made_ms)
    store.close()


def _settle(home: Folder, arrived: set[str], database: str) -> None:
    """Everything into its place, the database last.  An SMS ledger and settings that are there know better."""
    for name in (database, *((SMS_LEDGER,) if not (home.path / SMS_LEDGER).exists() else ())):
        for end in ("-wal", "-shm", "-journal"):
            (home.path / (name + end)).unlink(missing_ok=True)
    _keep_newer_key(home, arrived)
    for name in (*SETTINGS, SMS_LEDGER):
        if name in arrived and not (home.path / name).exists():
            _arriving(home, name).rename(home.path / name)
    for name in (KEY, NEXT):
        if name in arrived:
            _arriving(home, name).replace(home.path / name)
    sync_directory(home.path)
    _arriving(home, database).rename(home.path / database)
    sync_directory(home.path)
    _forget_arrivals(home)


def _keep_newer_key(home: Folder, arrived: set[str]) -> None:
    """A key that lies in the folder and is not the backup's was made since: it is tried as the next one."""
    held, brought = _keys(home).get(KEY), _arriving(home, KEY).read_bytes()
    if held not in (None, brought) and NEXT not in arrived:
        (home.path / KEY).replace(home.path / NEXT)
