"""The modems of the demo: what stands in each branch's sms.toml."""

import json
import tomllib
from pathlib import Path

from sync.folder import write_private

FILE = "sms.toml"
DUMMY = "dummy"
REAL = "at115200"
DUMMY_FOLDER = "dummy-modem"
PRICE = 350  # rupiah


def furnish(branch: Path, device: str | None) -> None:
    """Gives the branch in the folder *branch* the modem at *device*; without one gammu's dummy, unless it has a modem.

    A file that names *device* already stays as it is: it may hold a PIN.
    """
    file = branch / FILE
    if device is None and not file.exists():
        write_private(file, _settings(DUMMY, DUMMY_FOLDER).encode())
    if device is not None and device not in [modem.get("device") for modem in _modems(file)]:
        write_private(file, _settings(REAL, device).encode())


def is_dummy(branch: Path) -> bool:
    """Has the branch in the folder *branch* no modem but gammu's dummy?"""
    return all(modem.get("connection") == DUMMY for modem in _modems(branch / FILE))


def _modems(file: Path) -> list[dict[str, object]]:
    """The modems named in *file*; none when it is missing or unreadable: the SMS program says what is wrong with it."""
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8")).get("modem", [])
    except (OSError, ValueError):
        return []
    return [modem for modem in found if isinstance(modem, dict)] if isinstance(found, list) else []


def _settings(connection: str, device: str) -> str:
    values = {"name": "modem", "connection": connection, "device": device, "price": PRICE}
    return "\n".join(["[[modem]]", *(f"{key} = {json.dumps(value)}" for key, value in values.items()), ""])
