"""What can be wrong with a node's folder, and what to do about each; reads only, takes no lock."""

import os
import shlex
import shutil
import socket
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from sync import canary, limits, mirror, pending, put_back, rotation, schema, settings_file
from sync.canary import Canary
from sync.connection import Connection
from sync.errors import N_, CabangError
from sync.folder import BRANCH, Folder
from sync.keys import read_certificate
from sync.node import SEED_BYTES, load_keys
from sync.reading import Reader, open_reader

FINE, ATTENTION, WRONG = "fine", "attention", "wrong"
DISK_BYTES_MIN, DISK_BYTES_ENOUGH = 100 * 1024 * 1024, 1024 * 1024 * 1024
CLOCK_ERROR_MS_MAX = 5 * 60 * 1000
WAITING_MS_MAX = 24 * 3_600_000
MIRROR_MS_MAX = 15 * 60 * 1000
CONNECT_WAIT_S_MAX = 2.0


class Finding(NamedTuple):
    """One thing looked at: its name for programs, how it is, a sentence and what to do ("" when fine), their places."""

    name: str
    state: str
    sentence: str
    todo: str = ""
    places: dict[str, Any] = {}


def examine(folder: Folder, now_ms: int, reach_hub: Callable[[str], CabangError | None]) -> Iterator[Finding]:
    """Everything there is to look at in *folder*; raises NotAFolder.  *reach_hub(url)* tells why a hub is not there."""
    path = folder.database()
    yield _private("folder", folder.path, 0o700)
    yield _key(folder)
    yield _disk(folder.path)
    yield _holder(folder)
    said = canary.read(folder.path)  # before the database: a node that runs may seal in between
    try:
        with open_reader(path) as store:
            yield _integrity(store.connection())
            yield _guards(store.connection())
            yield _clock(store, now_ms)
            yield _held(store.connection())
            yield from _copy(store, said, now_ms)
            if folder.kind() == BRANCH:
                yield _certificate(store, folder)
                yield _pending(store, now_ms)
                yield _mirror(store, folder, now_ms)
                yield _line(store.get("hub_url"), reach_hub)
    except sqlite3.DatabaseError as error:
        yield _damaged(str(error))


def _private(name: str, path: Path, mode: int) -> Finding:
    """Only the owner may read it; where the system has other rules, its presence is enough."""
    if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        places = {"file": str(path), "command": f"chmod {mode:o} {shlex.quote(str(path))}"}
        todo = N_("Give the command: %(command)s")
        return Finding(name, WRONG, N_("Other users of this computer can read %(file)s."), todo, places)
    return Finding(name, FINE, N_("%(file)s is readable by its owner alone."), places={"file": str(path)})


def _key(folder: Folder) -> Finding:
    path = folder.key_file
    if not path.is_file() or path.stat().st_size != SEED_BYTES:
        todo = N_("Restore it from a backup; without it nothing can be exchanged.")
        return Finding("key", WRONG, N_("The key %(file)s is missing or damaged."), todo, {"file": str(path)})
    return _private("key", path, 0o600)


def _disk(path: Path) -> Finding:
    free = shutil.disk_usage(path).free
    places = {"megabytes": free // (1024 * 1024)}
    if free >= DISK_BYTES_ENOUGH:
        return Finding("disk", FINE, N_("%(megabytes)s MB are free on the disk."), places=places)
    state = ATTENTION if free >= DISK_BYTES_MIN else WRONG
    return Finding("disk", state, N_("Only %(megabytes)s MB are free on the disk."), N_("Free some space."), places)


def _holder(folder: Folder) -> Finding:
    """Running, stopped, or held by something that does not answer."""
    note = folder.note()
    if note is None:
        return Finding("node", FINE, N_("The node is stopped; nothing holds the folder."))
    places = {"pid": note.pid}
    if _listens(note.socket or str(folder.socket_file), bool(note.token)):
        return Finding("node", FINE, N_("The node runs (process %(pid)s) and takes commands."), places=places)
    sentence = N_("The folder was held by process %(pid)s, which does not answer.")
    todo = N_("If the power failed, just start the node; otherwise stop that process first.")
    return Finding("node", ATTENTION, sentence, todo, places)


def _listens(address: str, over_tcp: bool) -> bool:
    try:
        if over_tcp:
            host, port = address.rsplit(":", 1)
            socket.create_connection((host, int(port)), CONNECT_WAIT_S_MAX).close()
            return True
        with socket.socket(socket.AF_UNIX) as peer:
            peer.settimeout(CONNECT_WAIT_S_MAX)
            peer.connect(address)
    except (OSError, ValueError, AttributeError):
        return False
    return True


def _integrity(connection: Connection) -> Finding:
    found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    return Finding("database", FINE, N_("The database file is whole.")) if found == "ok" else _damaged(found)


def _damaged(why: str) -> Finding:
    todo = N_("Stop using this copy and restore the last backup; head office holds what was sent.")
    return Finding("database", WRONG, N_("The database file is damaged: %(why)s."), todo, {"why": why})


def _guards(connection: Connection) -> Finding:
    try:
        count = schema.check_guards(connection)
    except CabangError as error:
        return Finding("guards", WRONG, error.happened, error.todo, error.params)
    return Finding("guards", FINE, N_("All %(count)s guards of the database stand."), places={"count": count})


def _clock(store: Reader, now_ms: int) -> Finding:
    last = store.connection().execute("SELECT coalesce(max(stamp), 0) FROM entry").fetchone()[0] >> 16
    error = store.get("clock_error") or 0
    todo = N_("Set date and time of this computer; selling goes on meanwhile.")
    if now_ms < limits.STAMP_MS_MIN or now_ms - error < last - CLOCK_ERROR_MS_MAX:
        return Finding("clock", WRONG, N_("This computer's clock is behind the last record."), todo)
    if abs(error) > CLOCK_ERROR_MS_MAX:
        places = {"minutes": abs(error) // 60_000}
        return Finding("clock", ATTENTION, N_("This computer's clock is %(minutes)s minutes wrong."), todo, places)
    return Finding("clock", FINE, N_("This computer's clock is plausible."))


def _held(connection: Connection) -> Finding:
    count = connection.execute("SELECT count(*) FROM quarantine").fetchone()[0]
    if not count:
        return Finding("review", FINE, N_("Nothing is held for review."))
    todo = N_("Look at the list on the pages of head office.")
    return Finding("review", ATTENTION, N_("%(count)s records are held for review."), todo, {"count": count})


def _copy(store: Reader, said: Canary | None, now_ms: int) -> Iterator[Finding]:
    """Was the data put back or copied?"""
    found = [Finding("copy", ATTENTION, one.happened, one.todo, one.places) for one in put_back.told(store, now_ms)]
    if canary.is_older(store, said):
        todo = N_("Start the node: it notices this by itself and goes on from there; nothing is lost.")
        found.insert(0, Finding("copy", ATTENTION, N_("The data is an older copy of itself."), todo))
    yield from found or [Finding("copy", FINE, N_("The data was not put back or copied lately."))]


def _certificate(store: Reader, folder: Folder) -> Finding:
    todo = N_("Ask head office to enrol the branch again.")
    with suppress(CabangError, OSError, ValueError):
        certificate = read_certificate(store.get("certificate"), store.get("hub_public"))
        if certificate.sign_public in (load_keys(folder).sign_public, _next_key(folder)):
            places = {"code": certificate.code}
            return Finding("certificate", FINE, N_("Head office certifies this branch as %(code)s."), places=places)
    return Finding("certificate", WRONG, N_("The certificate of head office does not fit this branch's key."), todo)


def _next_key(folder: Folder) -> bytes | None:
    """The key that a change cut off at its very end left to be put into place by the next start."""
    found = rotation.next_keys(folder)
    return found.sign_public if found else None


def _pending(store: Reader, now_ms: int) -> Finding:
    count, oldest = pending.pending(store.connection(), store.get("stream"))
    if not count:
        return Finding("pending", FINE, N_("Head office has received everything."))
    late = now_ms - oldest > WAITING_MS_MAX
    todo = N_("Check the line; nothing is lost, and everything is sent when it is back.") if late else ""
    return Finding("pending", ATTENTION if late else FINE, N_("%(count)s records wait to be sent."), todo,
                   {"count": count})  # fmt: skip


def _mirror(store: Reader, folder: Folder, now_ms: int) -> Finding:
    """The stick that gets a copy of what is sealed: is it there, can it be written, does it hold everything?"""
    try:
        stick = settings_file.load(folder.path).mirror
        if stick is None:
            return Finding("mirror", FINE, N_("No mirror stick is named in branch.toml."))
        beside, error = mirror.reach(folder.path, stick), mirror.unwritable(stick)
        if error is not None:
            raise error
        key = store.get("company_key")
        log = mirror.Log(store.connection(), store.get("code"), store.get("stream"), key)
        count, oldest = mirror.lacking(log, stick)
    except CabangError as error:
        return Finding("mirror", ATTENTION, error.happened, error.todo, error.params)
    places = {"folder": str(stick), "count": count}
    if count and now_ms - oldest > MIRROR_MS_MAX:
        todo = N_("Start the branch: it writes them by itself within ten minutes.")
        return Finding("mirror", ATTENTION, N_("%(count)s records are not on the mirror stick yet."), todo, places)
    if beside:
        sentence = N_("The mirror %(folder)s lies on the same disk as the branch's folder and would be lost with it.")
        return Finding(
            "mirror", ATTENTION, sentence, N_("Is the stick plugged in? Name a stick or another disk."), places
        )
    return Finding(
        "mirror", FINE, N_("The mirror stick holds everything but what was made in the last minutes."), places=places
    )


def _line(url: str, reach_hub: Callable[[str], CabangError | None]) -> Finding:
    error = reach_hub(url)
    if error is not None:
        return Finding("hub", ATTENTION, error.happened, error.todo, error.params)
    return Finding("hub", FINE, N_("The hub at %(url)s answers."), places={"url": url})
