"""The oracle is proved for keys, withdrawals and the doorbell: bugs planted there are noticed."""

import sqlite3

import cabang_key_planted
import cabang_rejoin_planted
import pytest

from sync.errors import CabangError

PLANTED = cabang_key_planted.PLANTED | cabang_rejoin_planted.PLANTED
NOTICED = (AssertionError, CabangError, sqlite3.Error)


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_bug_is_noticed(company, tmp_path, monkeypatch, name) -> None:
    """Goal: the tests can fail. Method: the heart with this bug, and the scene that must notice."""
    PLANTED[name].plant(monkeypatch)
    with pytest.raises(NOTICED):
        PLANTED[name].scene(company, tmp_path)
    monkeypatch.undo()


@pytest.mark.parametrize("name", PLANTED)
def test_the_sound_heart_passes(company, tmp_path, name) -> None:
    """Goal: it is the bug that is noticed. Method: the same without the bug."""
    PLANTED[name].scene(company, tmp_path)
