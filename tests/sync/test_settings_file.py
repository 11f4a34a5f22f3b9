"""`branch.toml`: what may stand in it, and what is said of the rest."""

from pathlib import Path

import pytest

from sync.settings_file import FILE, SettingsWrong, load

WRONG = {
    "unknown": (b"mirrors = 1", "nobody knows %(name)s"),
    "relative": (b'mirror = "stick"', "mirror is the whole path of a folder, in quotation marks"),
    "a number": (b"mirror = 1", "mirror is the whole path of a folder, in quotation marks"),
    "no toml": (b"mirror = /media/usb", "Invalid value"),
    "no text": (b'mirror = "\xff"', "codec can't decode"),
}


def test_the_mirror_is_named(tmp_path: Path) -> None:
    """Goal: a path is taken as it stands. Method: no file; a path; with the mark Windows puts before a text."""
    assert None is load(tmp_path).mirror
    for before in ("", "\ufeff"):
        (tmp_path / FILE).write_text(f"{before}# the stick\nmirror = '{tmp_path}'\n", encoding="utf-8")
        assert tmp_path == load(tmp_path).mirror


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_used_is_said(tmp_path: Path, name: str) -> None:
    """Goal: no mistyped line is passed over in silence. Method: each mistake and the reason given."""
    data, why = WRONG[name]
    (tmp_path / FILE).write_bytes(data)
    with pytest.raises(SettingsWrong) as caught:
        load(tmp_path)
    assert (True, str(tmp_path / FILE)) == (why in caught.value.params["why"], caught.value.params["file"])


def test_a_folder_in_its_place(tmp_path: Path) -> None:
    """Goal: what cannot be read is said. Method: a folder of that name."""
    (tmp_path / FILE).mkdir()
    with pytest.raises(SettingsWrong):
        load(tmp_path)
