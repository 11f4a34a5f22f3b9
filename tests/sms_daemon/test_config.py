"""sms.toml: what is right is read, what is wrong is told with file, key and what to write."""

import tomllib
from pathlib import Path

import pytest

from sms_daemon import errors
from sms_daemon.config import BYTES_MAX, EXAMPLE, FILE, ModemSettings, Settings, load
from sms_daemon.errors import ConfigProblem
from sms_daemon.policy import QUIET_DEFAULTS, Quiet

FULL = """
zone = "WITA"
[[modem]]
name = "meja"
connection = "at115200"
device = "/dev/serial/by-id/usb-1"
pin = "0123"
smsc = "+6281100000"
parts_per_minute = 1
parts_per_hour = 2
parts_per_day = 3
parts_per_recipient_per_day = 4
ussd_balance = "*888#"
balance_floor = 5
balance_reserve = 4
price = 0
[[modem]]
name = "kedua"
connection = "dummy"
device = "pura"
[quiet]
promotion = "19:30-09:05"
receipt = "00:00-04:59"
"""


def write(folder: Path, text: str | bytes) -> Path:
    (folder / FILE).write_bytes(text.encode() if isinstance(text, str) else text)
    return folder


def problem(folder: Path, text: str | bytes) -> ConfigProblem:
    with pytest.raises(ConfigProblem) as found:
        load(write(folder, text))
    return found.value


def test_every_setting_is_read(tmp_path) -> None:
    """Goal: nothing is dropped or mixed up.  Method: a file with all of it, two modems, compared whole."""
    meja = ModemSettings(
        *("meja", "at115200", "/dev/serial/by-id/usb-1", "0123", "+6281100000", 1, 2, 3, 4, "*888#", 5, 4, 0)
    )
    kedua = ModemSettings("kedua", "dummy", str(tmp_path / "pura"))
    quiet = QUIET_DEFAULTS | {"promotion": Quiet(19 * 60 + 30, 9 * 60 + 5), "receipt": Quiet(0, 4 * 60 + 59)}
    assert Settings((meja, kedua), quiet, "WITA") == load(write(tmp_path, FULL))


def test_what_is_left_out_has_a_default(tmp_path) -> None:
    """Goal: three lines are enough.  Method: the shortest file; a byte order mark, as Notepad writes, is no harm."""
    found = load(write(tmp_path, b"\xef\xbb\xbf" + EXAMPLE.encode()))
    modem = ModemSettings("meja", "at115200", "/dev/ttyUSB0", None, None, 40, 600, 3_000, 40, None, 10_000, 2_000, 350)
    assert Settings((modem,), QUIET_DEFAULTS, None) == found


def test_a_low_floor_lowers_the_reserve(tmp_path) -> None:
    """Goal: one setting alone never contradicts a default.  Method: a floor below the default reserve."""
    assert 500 == load(write(tmp_path, EXAMPLE + "\nbalance_floor = 500")).modems[0].balance_reserve


@pytest.mark.parametrize(
    ("text", "kind", "params"),
    [
        ("", "NoModem", {"example": EXAMPLE}),
        ("modem = []", "NoModem", {"example": EXAMPLE}),
        ('zone = "Jakarta"\n' + EXAMPLE, "WrongValue", {"key": "zone", "example": 'zone = "WIB"'}),
        ("zone = 7\n" + EXAMPLE, "WrongValue", {"key": "zone", "example": 'zone = "WIB"'}),
        ("modem = 1", "WrongValue", {"key": "modem", "example": EXAMPLE}),
        ("modem = [1]", "WrongValue", {"key": "modem", "example": EXAMPLE}),
        ("[modem]\nname = 'x'", "WrongValue", {"key": "modem", "example": EXAMPLE}),
        ("quiet = 1", "WrongValue", {"key": "quiet", "example": '[quiet]\npromotion = "20:00-08:00"'}),
        ("modems = 1", "UnknownKey", {"key": "modems", "known": "zone, modem, quiet"}),
        (EXAMPLE + "\nzone = 'WIB'", "UnknownKey", {"key": "[[modem]] 1 zone"}),
        (EXAMPLE + "\n[quiet]\nstaff = '20:00-08:00'", "UnknownKey", {"key": "[quiet] staff"}),
        (
            "[[modem]]\nname = 'x'",
            "MissingKey",
            {"key": "[[modem]] 1 connection", "example": 'connection = "at115200"'},
        ),
        (EXAMPLE + "\n[[modem]]", "MissingKey", {"key": "[[modem]] 2 name", "example": 'name = "meja"'}),
        (EXAMPLE + "\n" + EXAMPLE, "ModemTwice", {"key": "name", "value": "meja"}),
        (EXAMPLE + "\n" + EXAMPLE.replace("meja", "b"), "ModemTwice", {"key": "device", "value": "/dev/ttyUSB0"}),
        (
            EXAMPLE + "\nbalance_reserve = 10_001",
            "WrongValue",
            {"key": "[[modem]] 1 balance_floor", "example": "balance_floor = 10001"},
        ),
    ],
)
def test_a_problem_names_file_key_and_remedy(tmp_path, text, kind, params) -> None:
    """Goal: a person can mend it alone.  Method: one file for each way to be wrong."""
    found = problem(tmp_path, text)
    assert getattr(errors, kind) is type(found)
    assert {"file": str(tmp_path / FILE)} | params == {key: found.params[key] for key in ("file", *params)}


WRONG = {
    "name": ('""', '" "', '"' + "x" * 41 + '"', "1", '"a\\nb"'),
    "connection": ('""', '"AT 115200"', '"at\\nusedebug"', "115200"),
    "device": ('""', '"/dev/x\\npin = 1"', '"/dev/\\u0000"', "[]", '"' + "x" * 256 + '"'),
    "pin": ("1234", '"123"', '"12345678x"', '"١٢٣٤"', "true"),
    "smsc": ('"081100000"', '"+62 811"', "62811"),
    "parts_per_minute": ("0", "-1", "true", '"40"', "1.5", "1_000_000_001"),
    "parts_per_hour": ("0",),
    "parts_per_day": ("0",),
    "parts_per_recipient_per_day": ("0",),
    "ussd_balance": ('"888"', '"*888"', '"*8x8#"', "888"),
    "balance_floor": ("-1", "false"),
    "balance_reserve": ("-1", "'2000'"),
    "price": ("-1", "3.5"),
}


@pytest.mark.parametrize(("key", "value"), [(key, value) for key, values in WRONG.items() for value in values])
def test_a_wrong_value_is_named_and_the_example_is_right(tmp_path, key, value) -> None:
    """Goal: nothing odd reaches gammu.  Method: each key with values that cannot be; the example given then loads."""
    given = {"name": '"meja"', "connection": '"at"', "device": '"/dev/x"'}
    lines = "\n".join(f"{name} = {text}" for name, text in (given | {key: value}).items())
    found = problem(tmp_path, f"[[modem]]\n{lines}")
    assert (errors.WrongValue, f"[[modem]] 1 {key}") == (type(found), found.params["key"])
    right = given | {key: found.params["example"].partition(" = ")[2]}
    load(write(tmp_path, "[[modem]]\n" + "\n".join(f"{name} = {text}" for name, text in right.items())))


@pytest.mark.parametrize("hours", ["20-8", "20:00", "24:00-08:00", "20:60-08:00", "8:00-9:00", "08:00-08:00", ""])
def test_wrong_quiet_hours(tmp_path, hours) -> None:
    """Goal: hours are never guessed.  Method: clock times that are none, and hours that would be all day or never."""
    found = problem(tmp_path, f'{EXAMPLE}\n[quiet]\ngreeting = "{hours}"')
    assert (errors.WrongValue, "[quiet] greeting") == (type(found), found.params["key"])
    assert 'greeting = "20:00-08:00"' == found.params["example"]


def test_quiet_hours_that_are_no_words(tmp_path) -> None:
    """Goal: a wrong kind of value is a problem in words, too.  Method: a number."""
    assert errors.WrongValue is type(problem(tmp_path, EXAMPLE + "\n[quiet]\ngreeting = 20"))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("x = ", 1),
        ("[[modem]]\nname = meja", 2),
        ("a = 1\na = 2", 2),
        ('[[modem]]\nname = "meja', 2),
        (b"[[modem]]\n\n\xff\xfe", 3),
        ('a = """', 1),
    ],
)
def test_a_line_that_cannot_be_read_is_named(tmp_path, text, line) -> None:
    """Goal: a person finds the slip.  Method: syntax slips, a double, and bytes that are no text."""
    found = problem(tmp_path, text)
    assert (errors.ConfigGarbled, line) == (type(found), found.params["line"])


def test_a_file_that_is_not_there(tmp_path) -> None:
    """Goal: the first start says what to write.  Method: an empty folder; the example is a file that loads."""
    with pytest.raises(errors.ConfigMissing) as found:
        load(tmp_path)
    assert tomllib.loads(EXAMPLE) == tomllib.loads(found.value.params["example"])


def test_a_file_that_cannot_be_opened(tmp_path) -> None:
    """Goal: no traceback.  Method: a folder of that name, and a file that is far too large."""
    assert errors.ConfigUnreadable is type(problem(tmp_path, "#" * (BYTES_MAX + 1)))
    (tmp_path / FILE).unlink()
    (tmp_path / FILE).mkdir()
    with pytest.raises(errors.ConfigUnreadable):
        load(tmp_path)


def test_one_device_under_two_names(tmp_path) -> None:
    """Goal: two processes never fight for one port.  Method: a link to it, as /dev/serial/by-id has."""
    device, link = tmp_path / "ttyUSB0", tmp_path / "by-id"
    device.touch()
    link.symlink_to(device)
    text = "".join(
        f'[[modem]]\nname = "{path.name}"\nconnection = "at"\ndevice = "{path}"\n' for path in (device, link)
    )
    assert errors.ModemTwice is type(problem(tmp_path, text))


def test_a_pin_is_never_repeated(tmp_path) -> None:
    """Goal: no secret in logs or on a screen.  Method: a wrong PIN; neither words nor parameters hold it."""
    found = problem(tmp_path, EXAMPLE + "\npin = 98765")
    assert "98765" not in f"{found} {found.params}"
