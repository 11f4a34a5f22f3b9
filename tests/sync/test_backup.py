"""Backups: made beside a running node, put back whole or not at all, whatever stops the restore."""

import io
import os
import shutil
import sqlite3
import tarfile
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from cabang_pair import keyring, seeded
from cabang_scenes import sell

from sync import backup, epochs, schema, sealed_file
from sync.backup import BackupExists, BackupNotWritten, KeysChanging
from sync.canary import FILE as CANARY
from sync.clock import Clock
from sync.errors import FolderInUse
from sync.folder import KEY, Folder
from sync.journal import Journal
from sync.node import Node
from sync.overlay import Overlay
from sync.rotation import NEXT
from sync.sealed_file import About, BackupDamaged, BackupNewer, Reader, Writer, WrongPhrase
from sync.store import Store

SECRET = b"a secret of twenty b"
NOW = 1_767_243_600_000


@pytest.fixture(autouse=True)
def quick(monkeypatch) -> None:
    """Keys cost nothing."""
    monkeypatch.setattr(sealed_file, "SCRYPT_N", 2)


class Killed(BaseException):
    """The process ends here."""


class Branch(Node):
    """PTK as a process: the heart alone."""

    kind = "branch"

    def __init__(self, home: Folder) -> None:
        super().__init__(home, Store(home.database()))
        self.journal = Journal(self.store, Clock(lambda: NOW), seeded(str(home.path)), self.keyring, Overlay())
        self.look_back()

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self.store.connection().execute(sql).fetchall()

    def unit(self) -> Any:
        return self.journal.unit()


@pytest.fixture
def home(template: Path, tmp_path: Path) -> Folder:
    """PTK's folder with a sale, a ledger of SMS and settings."""
    made = Folder(tmp_path / "ptk")
    made.create()
    shutil.copy(template / "branch1.db", made.path / "branch.db")
    made.key_file.write_bytes(keyring(1).seed)
    (made.path / "sms.toml").write_text("zone = 'WIB'\n", encoding="utf-8")
    (made.path / "branch.toml").write_text("# no mirror\n", encoding="utf-8")
    with closing(sqlite3.connect(made.path / "sms.db")) as ledger:
        ledger.execute("CREATE TABLE part (state TEXT)")
    return made


@pytest.fixture
def node(home: Folder) -> Iterator[Branch]:
    """The branch, running."""
    made = Branch(home)
    sell(made)  # type: ignore[arg-type]
    yield made
    made.store.close()


def made(node: Branch, path: Path) -> Path:
    backup.make(node.home, node.store, SECRET, path, NOW, seeded("backup"))
    return path


def contents(folder: Path) -> dict[str, bytes]:
    found = [path for path in folder.iterdir() if path.is_file() and not path.name.endswith(("lock", "-wal", "-shm"))]
    return {path.name: path.read_bytes() for path in found}


def back(source: Path, folder: Path) -> Branch:
    """The node that was put back into *folder*, at its first start."""
    home = Folder(folder)
    assert About("branch", "PTK", NOW) == backup.restore(source, home, SECRET)
    return Branch(home)


def test_a_backup_is_put_back(node, tmp_path) -> None:
    """Goal: everything comes back, and the log goes on in a new epoch. Method: a running node's backup, its parts."""
    copy = back(made(node, tmp_path / "file"), tmp_path / "new")
    assert node.rows("SELECT id FROM sale") == copy.rows("SELECT id FROM sale")
    assert ["branch.db", "branch.toml", CANARY, KEY, "sms.db", "sms.toml"] == sorted(contents(copy.folder))
    assert (epochs.RESTORED, None) == (copy.store.get(epochs.WHY), copy.store.get(backup.RESTORED))
    assert [(1,), (0,)] == copy.rows("SELECT closed FROM epoch ORDER BY id")
    copy.store.close()
    again = Branch(Folder(copy.folder))
    assert 2 == len(again.rows("SELECT id FROM epoch"))
    again.store.close()


def test_a_backup_shows_nothing(node, tmp_path) -> None:
    """Goal: the file may be lost. Method: no text, no key of the node stands in it; its owner alone may read it."""
    data = made(node, tmp_path / "file").read_bytes()
    assert not [word for word in (b"SQLite", b"Oli mesin", keyring(1).seed[:16], b"WIB") if word in data]
    assert 0o600 == (tmp_path / "file").stat().st_mode & 0o777
    assert not list(node.folder.glob(".backup*"))


def test_what_is_refused(node, tmp_path) -> None:
    """Goal: nothing is overwritten, nothing half put back. Method: a used folder, another phrase, a used name."""
    file = made(node, tmp_path / "file")
    with pytest.raises(BackupExists):
        made(node, file)
    with pytest.raises(BackupNotWritten):
        made(node, tmp_path / "nowhere" / "file")
    with pytest.raises(FolderInUse):
        backup.restore(file, node.home, SECRET)
    with pytest.raises(WrongPhrase):
        backup.restore(file, Folder(tmp_path / "new"), b"another secret of 20")
    assert {} == contents(tmp_path / "new")


def test_half_a_backup_puts_nothing_back(node, tmp_path) -> None:
    """Goal: a copy that was cut is noticed before anything is in its place. Method: cut at eight places and the end."""
    data = made(node, tmp_path / "file").read_bytes()
    for end in [*range(60, len(data), len(data) // 8), len(data) - 1]:
        (tmp_path / "half").write_bytes(data[:end])
        with pytest.raises(BackupDamaged):
            backup.restore(tmp_path / "half", Folder(tmp_path / "new"), SECRET)
        assert {} == contents(tmp_path / "new"), end


def written(path: Path, *members: tarfile.TarInfo, content: bytes = b"content") -> Path:
    """A sealed file, itself in order, with these members."""
    with path.open("wb") as file:
        writer = Writer(file, SECRET, About("branch", "PTK", NOW), seeded("odd"))
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as archive:
            for member in members:
                member.size = len(content) if member.isfile() else 0
                archive.addfile(member, io.BytesIO(content))
        writer.write(packed.getvalue())
        writer.close()
    return path


def link(name: str) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
    return member


ODD: dict[str, list[tarfile.TarInfo]] = {
    "nothing": [],
    "a path upwards": [tarfile.TarInfo("../branch.db")],
    "a whole path": [tarfile.TarInfo("/root/branch.db")],
    "an unknown name": [tarfile.TarInfo("authorized_keys")],
    "a link": [link("branch.db")],
    "a name twice": [tarfile.TarInfo(KEY), tarfile.TarInfo(KEY)],
    "no key": [tarfile.TarInfo("branch.db")],
    "no database": [tarfile.TarInfo(KEY)],
    "another kind's database": [tarfile.TarInfo("hub.db"), tarfile.TarInfo(KEY)],
    "a database that is none": [tarfile.TarInfo("branch.db"), tarfile.TarInfo(KEY)],
}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_backup_writes_nowhere_else(tmp_path, name) -> None:
    """Goal: who knows a phrase cannot write elsewhere with it. Method: members that do not belong, kinds that lie."""
    file = written(tmp_path / "file", *ODD[name])
    with pytest.raises(BackupDamaged):
        backup.restore(file, Folder(tmp_path / "new" / "folder"), SECRET)
    assert {} == contents(tmp_path / "new" / "folder")
    assert ["file", "new"] == sorted(path.name for path in tmp_path.iterdir())


def test_a_newer_database_is_refused(node, tmp_path, monkeypatch) -> None:
    """Goal: an older program writes no newer file. Method: this program becomes an older one."""
    file = made(node, tmp_path / "file")
    monkeypatch.setattr(schema, "VERSION", 0)
    with pytest.raises(BackupNewer):
        backup.restore(file, Folder(tmp_path / "new"), SECRET)
    assert {} == contents(tmp_path / "new")


def test_what_lies_in_the_folder_knows_better(node, tmp_path) -> None:
    """Goal: a ledger and keys newer than the backup are kept. Method: a folder that lost its database alone."""
    file = made(node, tmp_path / "file")
    folder = tmp_path / "lost"
    folder.mkdir(mode=0o700)
    for name, data in {"sms.db": b"newer", KEY: b"N" * 64, "branch.db-wal": b"stale", CANARY: b"old"}.items():
        (folder / name).write_bytes(data)
    copy = back(file, folder)
    found = contents(folder)
    assert (b"newer", b"N" * 64, keyring(1).seed) == (found["sms.db"], found[NEXT], found[KEY])
    assert epochs.RESTORED == copy.store.get(epochs.WHY)
    copy.store.close()


def test_keys_that_change_meanwhile(node, tmp_path, monkeypatch) -> None:
    """Goal: a backup's key is that of its database. Method: the key changes once while it is made, then each time."""
    usual, drawn = backup._copy_database, iter(range(100))

    def changing(times: int) -> Callable[[Path, Path], None]:
        left = iter(range(times))

        def copy(source: Path, target: Path) -> None:
            usual(source, target)
            if next(left, None) is not None:
                (node.folder / KEY).write_bytes(b"%064d" % next(drawn))

        return copy

    monkeypatch.setattr(backup, "_copy_database", changing(1))
    file = made(node, tmp_path / "file")
    with file.open("rb") as opened:
        assert b"%064d" % 0 in Reader(opened, SECRET, "file").read(1 << 24)
    monkeypatch.setattr(backup, "_copy_database", changing(9))
    with pytest.raises(KeysChanging):
        made(node, tmp_path / "other")
    assert not list(tmp_path.glob("other*"))


# --- killed at every step ----------------------------------------------------------------------------------------

STEPS = (
    (Path, "rename"),
    (Path, "replace"),
    (os, "fsync"),
    (backup, "sync_directory"),
    (shutil, "copyfileobj"),
    (Store, "put"),
)


@pytest.fixture
def dying(monkeypatch) -> Callable[[Callable[[], object], int], bool]:
    """Runs an act that dies before its n-th step, as kill -9 does: nothing is tidied up.  False when there is none."""

    def run(act: Callable[[], object], place: int) -> bool:
        left = iter(range(place))
        dead: list[bool] = []
        with monkeypatch.context() as patch:
            for target, name, usual in [(*one, getattr(*one)) for one in STEPS]:

                def step(*args: Any, usual: Any = usual, **how: Any) -> Any:
                    if dead or next(left, None) is None:
                        dead.append(True)
                        raise Killed
                    return usual(*args, **how)

                patch.setattr(target, name, step)
            with suppress(Killed):
                act()
        return bool(dead)

    return run


def test_a_restore_killed_at_every_step(node, tmp_path, dying) -> None:
    """Goal: a whole node or none, and the same command again makes one. Method: killed before each step of it."""
    file = made(node, tmp_path / "file")
    wanted = node.rows("SELECT * FROM sale")
    place = 0
    while True:
        home = Folder(tmp_path / f"new {place}")
        died = dying(lambda home=home: backup.restore(file, home, SECRET), place)
        if not (home.path / "branch.db").exists():
            backup.restore(file, home, SECRET)
        copy = Branch(home)
        assert (wanted, epochs.RESTORED) == (copy.rows("SELECT * FROM sale"), copy.store.get(epochs.WHY)), place
        assert [] == [name for name in contents(home.path) if name.endswith(".restored")] or died
        copy.store.close()
        if not died:
            break
        place += 1
    assert place > 10


def test_a_backup_killed_at_every_step(node, tmp_path, dying) -> None:
    """Goal: no half file bears a backup's name. Method: killed before each step; a file that is there is whole."""
    place = 0
    while dying(lambda: made(node, tmp_path / "file"), place):
        if (tmp_path / "file").exists():
            with (tmp_path / "file").open("rb") as file:
                Reader(file, SECRET, "file").finish()
            (tmp_path / "file").unlink()
        place += 1
    assert place > 3
    assert not list(node.folder.glob(".backup*"))
