"""A disk that refuses, in little, and that the proof can fail: bugs in how refusals are taken are noticed."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cabang_power_shop as power_shop
import pytest
from cabang_faults import DEEDS, KINDS, play

from sync import entry, store
from sync.errors import LogDamaged
from sync.journal import Journal
from sync.store import Store
from sync.unit import Unit

PAGES = 1
KIND = {kind.name: kind for kind in KINDS}


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("faults")
    power_shop.create(folder)
    return folder


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_a_change_is_refused_clearly_or_done(company: Path, tmp_path: Path, kind: Any) -> None:
    """Goal: clear words, nothing half done, no restart. Method: every fault of the smallest deed."""
    said = play(company, tmp_path / "node", DEEDS["card changed"], kind, PAGES)
    assert {"disk_full", ""} == set(said)


# --- planted bugs ----------------------------------------------------------------------------------------------


def raw_errors(patch: pytest.MonkeyPatch) -> None:
    """What SQLite says reaches the till as it is."""
    patch.setattr(store, "_DISK_WORDS", ())


def swallowed(patch: pytest.MonkeyPatch) -> None:
    """A commit that fails is taken for one that went well."""

    def transaction(self: Store) -> Iterator[sqlite3.Connection]:
        self._writer.execute("BEGIN IMMEDIATE")
        yield self._writer
        try:
            self._writer.execute("COMMIT")
        except sqlite3.OperationalError:
            self._roll_back()

    patch.setattr(Store, "_transaction", transaction)


def hasty_journal(patch: pytest.MonkeyPatch) -> None:
    """The journal believes in an entry before it is committed."""
    append: Callable[..., tuple[entry.Chain, int]] = Journal._append

    def hasty(self: Journal, *said: Any) -> tuple[entry.Chain, int]:
        committed = append(self, *said)
        self._chain = committed[0]
        return committed

    patch.setattr(Journal, "_append", hasty)


def written_aside(patch: pytest.MonkeyPatch) -> None:
    """A sale is committed before its entry is."""
    set_values = Unit.set

    def early(self: Unit, *said: Any) -> None:
        set_values(self, *said)
        self._connection.execute("COMMIT")
        self._connection.execute("BEGIN IMMEDIATE")

    patch.setattr(Unit, "set", early)


PLANTED = {
    "SQLite's words reach the till": (raw_errors, sqlite3.OperationalError, "disk I/O error"),
    "a failed commit passes for a good one": (swallowed, LogDamaged, "belongs to no segment"),
    "the journal runs ahead of the disk": (hasty_journal, AssertionError, "something was written"),
    "rows are committed before their entry": (written_aside, AssertionError, "something was written"),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_bug_is_noticed(company: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Goal: the proof can fail. Method: the same with the bug."""
    plant, error, words = PLANTED[name]
    plant(monkeypatch)
    with pytest.raises(error, match=words):
        play(company, tmp_path / "node", DEEDS["card changed"], KIND["I/O error"], PAGES)
