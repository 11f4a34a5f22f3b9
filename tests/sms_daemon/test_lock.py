"""One daemon per branch."""

from pathlib import Path

import pytest

from sms_daemon import lock
from sms_daemon.lock import Lock, SmsRunning


def test_one_holds_it_and_says_where(tmp_path: Path) -> None:
    """Goal: two daemons never share a modem. Method: take it twice; look at the note; let go."""
    with Lock(tmp_path) as held:
        held.announce("/somewhere/sms.sock", "abc")
        with pytest.raises(SmsRunning):
            Lock(tmp_path)
        assert lock.is_held(tmp_path)
        note = lock.note(tmp_path)
        assert note is not None
        assert ("/somewhere/sms.sock", "abc") == (note.address, note.token)
    assert not lock.is_held(tmp_path)
    Lock(tmp_path).close()


@pytest.mark.parametrize("content", [b"", b"{", b'{"pid": "x"}', b"[]", b"\xff" * 9000])
def test_a_note_that_says_nothing_is_none(tmp_path: Path, content: bytes) -> None:
    """Goal: an old or broken note hurts nobody. Method: a table."""
    (tmp_path / lock.FILE).write_bytes(content)
    assert lock.note(tmp_path) is None
    assert not lock.is_held(tmp_path)


def test_nothing_is_held_in_an_empty_folder(tmp_path: Path) -> None:
    """Goal: asking makes no file. Method: ask."""
    assert not lock.is_held(tmp_path)
    assert [] == list(tmp_path.iterdir())
