"""The oracle is proved: bugs planted into the heart are noticed."""

import sqlite3
import struct
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import cabang_scenes
import pytest
from cabang_pair import Company
from cabang_planted import PLANTED
from cabang_planted_goods import GOODS
from cabang_planted_greetings import GREETINGS
from cabang_planted_rights import RIGHTS
from cabang_scenes import Stage

from sync.errors import CabangError

ALL = PLANTED | GOODS | RIGHTS | GREETINGS
NOTICED = (AssertionError, CabangError, sqlite3.Error, struct.error)


@pytest.fixture
def stage(template: Path, tmp_path: Path) -> Iterator[Stage]:
    """A company of three branches and room for copies."""
    company = Company.open(template, tmp_path, 3)
    (tmp_path / "more").mkdir()
    yield Stage(company, template, tmp_path / "more")
    with suppress(*NOTICED):
        company.close()


@pytest.mark.parametrize("name", ALL)
def test_a_planted_bug_is_noticed(stage, monkeypatch, name) -> None:
    """Goal: the tests can fail. Method: the heart with this bug, and the attack, scene or history that must notice."""
    ALL[name].plant(monkeypatch)
    with pytest.raises(NOTICED):
        ALL[name].scene(stage)
    monkeypatch.undo()


@pytest.mark.parametrize("name", ALL)
def test_the_sound_heart_passes(stage, name) -> None:
    """Goal: it is the bug that is noticed. Method: the same without the bug."""
    ALL[name].scene(stage)


def test_everything_is_told_however_small_the_pages(stage) -> None:
    """Goal: pages may be cut anywhere. Method: one item a page."""
    cabang_scenes.everything_is_told_however_small_the_pages(stage)
