"""The oracle is proved where copies of a database meet: bugs planted there are noticed."""

import sqlite3
import struct
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from cabang_pair import Company
from cabang_planted_copies import PLANTED

from sync.errors import CabangError

NOTICED = (AssertionError, CabangError, sqlite3.Error, struct.error, AttributeError)


@pytest.fixture
def stage(template: Path, tmp_path: Path) -> Iterator[Company]:
    """A company of two branches."""
    company = Company.open(template, tmp_path, 2)
    yield company
    with suppress(*NOTICED):
        company.close()


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_bug_is_noticed(stage, monkeypatch, name) -> None:
    """Goal: the tests can fail. Method: the heart with this bug, and the scene that must notice."""
    PLANTED[name].plant(monkeypatch)
    with pytest.raises(NOTICED):
        PLANTED[name].scene(stage)
    monkeypatch.undo()


@pytest.mark.parametrize("name", PLANTED)
def test_the_sound_heart_passes(stage, name) -> None:
    """Goal: it is the bug that is noticed. Method: the same without the bug."""
    PLANTED[name].scene(stage)
