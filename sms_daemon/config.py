"""Reads ``sms.toml``, the settings of a branch's modems; strict, and every problem says what to do about it."""

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sms_daemon.errors import (
    ConfigGarbled,
    ConfigMissing,
    ConfigUnreadable,
    MissingKey,
    ModemTwice,
    NoModem,
    UnknownKey,
    WrongValue,
)
from sms_daemon.policy import QUIET_DEFAULTS, RANKS, Quiet
from sms_daemon.zones import OFFSETS_MS

FILE = "sms.toml"
BYTES_MAX = 65_536
DUMMY = "dummy"  # gammu's own pretence of a telephone
EXAMPLE = '[[modem]]\nname = "meja"\nconnection = "at115200"\ndevice = "/dev/ttyUSB0"'


@dataclass(frozen=True)
class ModemSettings:
    """One modem.  ``parts_…`` are limits in parts per SIM; money in rupiah, ``price`` per part.

    ``connection`` is gammu's word, or DUMMY; the device of DUMMY is a folder, below that of the settings unless
    absolute.  ``smsc`` None: the SIM's own; ``ussd_balance`` None: credit is never asked.
    """

    name: str
    connection: str
    device: str
    pin: str | None = None
    smsc: str | None = None
    parts_per_minute: int = 40
    parts_per_hour: int = 600
    parts_per_day: int = 3_000
    parts_per_recipient_per_day: int = 40
    ussd_balance: str | None = None
    balance_floor: int = 10_000
    balance_reserve: int = 2_000
    price: int = 350


@dataclass(frozen=True)
class Settings:
    """All of ``sms.toml``.  ``quiet``: quiet hours by kind; ``zone``: WIB, WITA, WIT, or None: the branch's own."""

    modems: tuple[ModemSettings, ...]
    quiet: dict[str, Quiet]
    zone: str | None


@dataclass(frozen=True)
class _Key:
    """What a setting may hold: a test of the value, and an example that passes it."""

    right: Callable[[Any], bool]
    example: str


def _whole(least: int, example: int) -> _Key:
    return _Key(lambda value: type(value) is int and least <= value <= 1_000_000_000, str(example))


def _words(pattern: str, example: str) -> _Key:
    shape = re.compile(pattern)
    return _Key(lambda value: isinstance(value, str) and bool(shape.fullmatch(value)), f'"{example}"')


_NO_CONTROLS = r"[^\x00-\x1f\x7f-\x9f\u2028\u2029]"  # a line break would add a line to gammu's own settings
_MODEM = {
    "name": _words(rf"(?=\S){_NO_CONTROLS}{{1,40}}", "meja"),
    "connection": _words(r"[a-z0-9]{2,20}", "at115200"),
    "device": _words(rf"(?=\S){_NO_CONTROLS}{{1,255}}", "/dev/ttyUSB0"),
    "pin": _words(r"[0-9]{4,8}", "1234"),
    "smsc": _words(r"\+[0-9]{6,15}", "+6281100000"),
    "parts_per_minute": _whole(1, 40),
    "parts_per_hour": _whole(1, 600),
    "parts_per_day": _whole(1, 3_000),
    "parts_per_recipient_per_day": _whole(1, 40),
    "ussd_balance": _words(r"[*#][0-9*#]{1,30}#", "*888#"),
    "balance_floor": _whole(0, 10_000),
    "balance_reserve": _whole(0, 2_000),
    "price": _whole(0, 350),
}
_NEEDED = ("name", "connection", "device")
_HOURS = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-3]):([0-5][0-9])")
_QUIET = _Key(lambda value: isinstance(value, str) and _hours(value) is not None, '"20:00-08:00"')
_TOP = {
    "zone": _Key(lambda value: isinstance(value, str) and value in OFFSETS_MS, '"WIB"'),
    "modem": _Key(lambda value: isinstance(value, list) and all(isinstance(one, dict) for one in value), EXAMPLE),
    "quiet": _Key(lambda value: isinstance(value, dict), '[quiet]\npromotion = "20:00-08:00"'),
}
_QUIET_KINDS = {kind: _QUIET for kind in RANKS if kind != "staff"}


def load(folder: Path) -> Settings:
    """The settings in *folder*.  Raises ConfigProblem: missing, unreadable, a wrong line, key or value, a double."""
    path = folder / FILE
    given = _parsed(path)
    _check(path, given, _TOP, "")
    quiet = given.get("quiet", {})
    _check(path, quiet, _QUIET_KINDS, "[quiet] ")
    hours = {kind: found for kind, text in quiet.items() if (found := _hours(text))}
    return Settings(_modems(path, given.get("modem", [])), QUIET_DEFAULTS | hours, given.get("zone"))


def _parsed(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            content = file.read(BYTES_MAX + 1)
    except FileNotFoundError as error:
        raise ConfigMissing(file=str(path), example=EXAMPLE) from error
    except OSError as error:
        raise ConfigUnreadable(file=str(path)) from error
    if len(content) > BYTES_MAX:
        raise ConfigUnreadable(file=str(path))
    try:
        text = content.decode("utf-8-sig")
        return tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise ConfigGarbled(file=str(path), line=content.count(b"\n", 0, error.start) + 1) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigGarbled(file=str(path), line=_line(str(error), text)) from error


def _line(said: str, text: str) -> int:
    found = re.search(r"at line ([0-9]+)", said)
    return int(found[1]) if found else len(text.splitlines()) or 1


def _check(path: Path, given: Mapping[str, Any], keys: Mapping[str, _Key], where: str) -> None:
    for key, value in given.items():
        if key not in keys:
            raise UnknownKey(file=str(path), key=f"{where}{key}", known=", ".join(keys))
        if not keys[key].right(value):
            raise WrongValue(file=str(path), key=f"{where}{key}", example=_example(key, keys[key]))


def _example(key: str, known: _Key) -> str:
    return known.example if known.example.startswith("[") else f"{key} = {known.example}"


def _hours(text: str) -> Quiet | None:
    found = _HOURS.fullmatch(text)
    if not found:
        return None
    hours = Quiet(int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4]))
    return hours if hours.start != hours.end else None


def _modems(path: Path, given: list[dict[str, Any]]) -> tuple[ModemSettings, ...]:
    if not given:
        raise NoModem(file=str(path), example=EXAMPLE)
    modems = tuple(_modem(path, number, one) for number, one in enumerate(given, 1))
    _no_double(path, "name", [modem.name for modem in modems])
    _no_double(path, "device", [os.path.realpath(modem.device) for modem in modems])
    return modems


def _modem(path: Path, number: int, given: dict[str, Any]) -> ModemSettings:
    where = f"[[modem]] {number} "
    _check(path, given, _MODEM, where)
    for key in _NEEDED:
        if key not in given:
            raise MissingKey(file=str(path), key=f"{where}{key}", example=_example(key, _MODEM[key]))
    reserve = min(given.get("balance_floor", ModemSettings.balance_floor), ModemSettings.balance_reserve)
    modem = ModemSettings(**{"balance_reserve": reserve} | given | {"device": _device(path.parent, given)})
    if modem.balance_reserve > modem.balance_floor:
        raise WrongValue(
            file=str(path), key=f"{where}balance_floor", example=f"balance_floor = {modem.balance_reserve}"
        )
    return modem


def _device(folder: Path, given: Mapping[str, str]) -> str:
    return str(folder / given["device"]) if given["connection"] == DUMMY else given["device"]


def _no_double(path: Path, key: str, values: list[str]) -> None:
    for place, value in enumerate(values):
        if value in values[:place]:
            raise ModemTwice(file=str(path), key=key, value=value)
