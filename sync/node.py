"""A running node: its folder's file open for writing, its keys, its clock, its journal.

The process that makes one holds the folder's lock.
"""

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sync import backup, epochs, keys, recovery
from sync.canary import Keeper
from sync.clock import Clock
from sync.database import use_by_default
from sync.folder import Folder, write_private
from sync.journal import Journal
from sync.store import Store

SEED_BYTES = 64


def device_ms() -> int:
    """This computer's clock, ms UTC: the one place where a node reads it."""
    return time.time_ns() // 1_000_000  # noqa: TID251  (the edge where time comes in)


def new_keys(folder: Folder) -> keys.PrivateKeys:
    """The keys of a new node, drawn and kept in its folder (0600); a second call gives the same ones."""
    if not folder.key_file.exists():
        write_private(folder.key_file, draw(SEED_BYTES))
    return load_keys(folder)


def load_keys(folder: Folder) -> keys.PrivateKeys:
    """The node's keys."""
    return keys.PrivateKeys(folder.key_file.read_bytes())


class Node:
    """What branch and hub share.  ``code`` is "PTK" or "HUB", ``zone`` one of WIB, WITA, WIT."""

    kind = ""
    journal: Journal

    def __init__(self, home: Folder, store: Store, device: Callable[[], int] = device_ms) -> None:
        self.home, self.store = home, store
        self.keyring = load_keys(home)
        self.clock = Clock(device, store.get("clock_error"))
        self.stream: int = store.get("stream")
        self.company_key: bytes = store.get("company_key")
        self.secret_key: bytes = store.get("session_secret")
        use_by_default(store)

    def look_back(self) -> bool:
        """At the start: goes on in a new epoch when the database was put back, by a restore or behind our back."""
        keeper = Keeper(self.home, self.store)
        restored = self.store.get(backup.RESTORED) is not None
        older = restored or keeper.is_older()
        if older:
            why = epochs.RESTORED if restored else epochs.OLDER
            epochs.go_on(self.journal, why, {backup.RESTORED: None, **self.on_new_epoch()})
        keeper.keep()
        self.journal.on_seal.append(keeper.keep)
        self.canary = keeper
        return older

    def recovery_secret(self) -> bytes:
        """What opens this node's backups; drawn at the first call, and kept in the database."""
        held: bytes | None = self.store.get(recovery.NAME)
        if held is None:
            held = draw(recovery.SECRET_BYTES)
            with self.store.write():
                self.store.put(recovery.NAME, held)
        return held

    def on_new_epoch(self) -> Mapping[str, Any]:
        """What else is put into the node table when the log goes on in a new epoch."""
        return {}

    @property
    def folder(self) -> Path:
        """The node's folder."""
        return self.home.path

    def close(self) -> None:
        """Seals what is open and closes the file."""
        self.journal.seal()
        self.store.close()


def draw(count: int) -> bytes:
    """Random bytes from the operating system."""
    return os.urandom(count)
