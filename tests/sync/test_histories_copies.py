"""Random histories with copies: put back, run twice, head office restored; in the end everybody holds the same."""

from pathlib import Path

from cabang_history_copies import play_all


def test_histories_with_copies_heal(template: Path) -> None:
    """Goal: no receipt is lost and all agree, whoever was copied. Method: a few seeds; the proof plays many."""
    happened = play_all(template, range(6))
    assert set() == {"copied", "put back", "run twice", "hub copied", "settled fork", "settled epoch_closed"} - set(
        happened
    )
