"""``DIR/branch.toml``: what a branch's folder says of this computer alone; strict, and every fault in words."""

import tomllib
from pathlib import Path
from typing import Any, NamedTuple

from sync.errors import N_, CabangError

FILE = "branch.toml"
BYTES_MAX = 65_536
KNOWN = ("mirror",)


class SettingsWrong(CabangError):
    code = "branch_settings_wrong"
    happened = N_("The settings in %(file)s cannot be used: %(why)s.")
    todo = N_('Correct the file; one line such as mirror = "/media/usb" is all it may hold.')


class Settings(NamedTuple):
    """``mirror``: the folder of the stick or second disk that gets a copy of everything sealed; None: none."""

    mirror: Path | None = None


def load(folder: Path) -> Settings:
    """The settings in *folder*; without a file the usual ones.  Raises SettingsWrong."""
    path = folder / FILE
    given = _parsed(path)
    for name in given:
        if name not in KNOWN:
            raise SettingsWrong(file=str(path), why=N_("nobody knows %(name)s"), name=name)
    return Settings(_mirror(path, given["mirror"]) if "mirror" in given else None)


def _parsed(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            return tomllib.loads(file.read(BYTES_MAX).decode("utf-8-sig"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise SettingsWrong(file=str(path), why=error.strerror) from error
    except ValueError as error:
        raise SettingsWrong(file=str(path), why=str(error)) from error


def _mirror(path: Path, said: Any) -> Path:
    if not isinstance(said, str) or "\0" in said or not Path(said).is_absolute():
        raise SettingsWrong(file=str(path), why=N_("mirror is the whole path of a folder, in quotation marks"))
    return Path(said)
