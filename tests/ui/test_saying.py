"""What commands say while they work, without a terminal."""

import pytest

from sync.errors import N_
from ui.console import saying
from ui.console.saying import PLAIN_EVERY_S


def test_a_plain_line_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    """Goal: logs are not flooded, stdout stays clean. Method: four reports by a clock of ours."""
    now = [0.0]
    tell = saying._plain(lambda: now[0])
    for seconds, done in ((1, 1), (PLAIN_EVERY_S, 2), (PLAIN_EVERY_S + 1, 3), (2 * PLAIN_EVERY_S, 4)):
        now[0] = seconds
        tell(N_("sync"), done, 0 if done == 4 else 9)
    said = capsys.readouterr()
    assert "" == said.out
    assert ["2/9", "4"] == [line.rpartition(": ")[2] for line in said.err.splitlines()]
