"""Random histories with changed and withdrawn keys: nothing earlier is invalidated, nothing later counts."""

from pathlib import Path

from cabang_key_history import play_all

CHANGES = {"key changed", "key change: request lost", "key change: answer lost"}


def test_histories_heal_while_keys_change(template: Path) -> None:
    """Goal: a change of keys disturbs nothing, a withdrawn key reaches nothing. Method: seeds; each kind happened."""
    happened = play_all(template, range(5))
    assert set() == {*CHANGES, "key withdrawn"} - set(happened)
