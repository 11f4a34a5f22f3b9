"""The modems of the demo."""

import tomllib
from pathlib import Path
from typing import Any

from sms_daemon import config
from ui.story.modems import furnish, is_dummy

PHONE = "/dev/serial/by-id/usb-Huawei"


def modems(branch: Path) -> list[tuple[Any, ...]]:
    """(connection, device) of each modem that the SMS program would use."""
    return [(modem.connection, modem.device) for modem in config.load(branch).modems]


def test_without_a_modem_it_is_the_dummy(tmp_path: Path) -> None:
    """Goal: SMS go nowhere unless somebody names a modem. Method: an empty folder, read as the SMS program does."""
    furnish(tmp_path, None)
    assert [("dummy", str(tmp_path / "dummy-modem"))] == modems(tmp_path)
    assert is_dummy(tmp_path)
    assert 0o600 == (tmp_path / "sms.toml").stat().st_mode & 0o777


def test_a_named_modem_takes_the_dummys_place(tmp_path: Path) -> None:
    """Goal: the same folder may be used with a modem later, and without naming it again. Method: three starts."""
    for device in (None, PHONE, None):
        furnish(tmp_path, device)
    assert [("at115200", PHONE)] == modems(tmp_path)
    assert not is_dummy(tmp_path)


def test_a_pin_written_by_hand_stays(tmp_path: Path) -> None:
    """Goal: what a person wrote beside the modem is kept. Method: a PIN, and that modem named once more."""
    furnish(tmp_path, PHONE)
    file = tmp_path / "sms.toml"
    file.write_text(file.read_text() + 'pin = "1234"\n')
    furnish(tmp_path, PHONE)
    assert ["1234"] == [modem["pin"] for modem in tomllib.loads(file.read_text())["modem"]]


def test_a_file_that_is_no_toml(tmp_path: Path) -> None:
    """Goal: a spoilt file is for the SMS program to explain. Method: one that cannot be read, with and without."""
    (tmp_path / "sms.toml").write_text("[[modem")
    furnish(tmp_path, None)
    assert "[[modem" == (tmp_path / "sms.toml").read_text()
    furnish(tmp_path, PHONE)
    assert [("at115200", PHONE)] == modems(tmp_path)
