"""The oracle is proved where head office gets back what it had written: bugs planted there are noticed."""

import pytest
from cabang_planted_lost import PLANTED

from sync.errors import CabangError


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_bug_is_noticed(company, monkeypatch, name) -> None:
    """Goal: the tests can fail. Method: the heart with this bug, and the scene that must notice."""
    PLANTED[name].plant(monkeypatch)
    with pytest.raises((AssertionError, CabangError)):
        PLANTED[name].scene(company)
    monkeypatch.undo()


@pytest.mark.parametrize("scene", list(dict.fromkeys(one.scene for one in PLANTED.values())))
def test_the_sound_heart_passes(company, scene) -> None:
    """Goal: it is the bug that is noticed. Method: the same without the bug."""
    scene(company)
