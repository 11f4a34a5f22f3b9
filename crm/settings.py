"""The settings a branch has of its own: what stands on its receipts, when its screens lock, how it writes SMS."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple, overload

from crm import branches
from crm.errors import BadLockMinutes, BadReceiptLine, BadText, BusinessError, TooManyReceiptLines
from crm.reading import dicts
from crm.texts import choice, one_line
from sync.errors import N_, invariant
from sync.model import natural_id
from sync.unit import Unit

Value = tuple[str, ...] | int | str
LINES_MAX, LINE_CHARACTERS_MAX = 3, 32  # what 58 mm of paper hold beside each other in a printer's own letters
LOCK_MINUTES, LOCK_MINUTES_MIN, LOCK_MINUTES_MAX = 10, 1, 120
SMS_LANGUAGES = ("id", "en")
_NUMBER = re.compile(r"[0-9]{1,4}", re.ASCII)


class Setting(NamedTuple):
    """One setting: ``kind`` is "lines", "minutes" or "language", ``words`` are a message id.

    ``least`` and ``most`` count lines or minutes.
    """

    name: str
    kind: str
    default: Value
    least: int
    most: int
    words: str


SETTINGS = {
    one.name: one
    for one in (
        Setting("receipt_head", "lines", (), 0, LINES_MAX, N_("Lines above the receipt")),
        Setting("receipt_foot", "lines", (), 0, LINES_MAX, N_("Lines below the receipt")),
        Setting(
            *("lock_minutes", "minutes", LOCK_MINUTES, LOCK_MINUTES_MIN, LOCK_MINUTES_MAX),
            N_("Minutes until the screen locks"),
        ),
        Setting("sms_language", "language", SMS_LANGUAGES[0], 1, 1, N_("Language of the SMS")),
    )
}


@overload
def read(stream: int, name: Literal["receipt_head", "receipt_foot"]) -> tuple[str, ...]: ...
@overload
def read(stream: int, name: Literal["lock_minutes"]) -> int: ...
@overload
def read(stream: int, name: Literal["sms_language"]) -> str: ...
@overload
def read(stream: int, name: str) -> Value: ...
def read(stream: int, name: str) -> Value:
    """What the branch number *stream* set: a tuple of lines, whole minutes, or "id" or "en".

    The default when it never set it, when its row is not held here, or when what is held is not a legal value.
    """
    found = dicts("SELECT value FROM branch_setting WHERE id = ?", (_row_id(stream, name),))
    return _understood(SETTINGS[name], found[0]["value"] if found else None)


def read_all(stream: int) -> dict[str, Value]:
    """Every setting of the branch number *stream*, by name."""
    return {name: read(stream, name) for name in SETTINGS}


def clean(name: str, text: str) -> Value:
    """What a person typed as the value of the setting; blank lines count for nothing.

    Raises BadReceiptLine, TooManyReceiptLines, BadLockMinutes, BadChoice.
    """
    setting = SETTINGS[name]
    return _READERS[setting.kind](setting, text)


def as_text(value: Value) -> str:
    """*value* as it is stored and typed: lines below each other, digits, or a word."""
    return "\n".join(value) if isinstance(value, tuple) else str(value)


def write(unit: Unit, values: Mapping[str, str]) -> list[str]:
    """Sets what differs among *values* (texts by name) at the branch whose unit this is; gives the names set.

    Nothing is written when one is wrong.  Raises what ``clean`` raises.
    """
    invariant(set(values) <= set(SETTINGS), "only settings of the table are set")
    cleaned = {name: clean(name, text) for name, text in values.items()}
    changed = [name for name, value in cleaned.items() if value != _current(unit, SETTINGS[name])]
    for name in changed:
        row = {"stream": unit.stream, "name": name, "value": as_text(cleaned[name])}
        unit.insert(branches.BranchSetting, row, key=(unit.stream, name))
    return changed


def _row_id(stream: int, name: str) -> bytes:
    return natural_id("branch_setting", stream, name)


def _current(unit: Unit, setting: Setting) -> Value:
    row: dict[str, Any] | None = unit.get(branches.BranchSetting, _row_id(unit.stream, setting.name))
    return _understood(setting, row["value"] if row else None)


def _understood(setting: Setting, text: str | None) -> Value:
    """The value stored as *text*; what another version of the program stored and this one refuses is the default."""
    if text is None:
        return setting.default
    try:
        return clean(setting.name, text)
    except BusinessError:
        return setting.default


def _lines(setting: Setting, text: str) -> tuple[str, ...]:
    typed = [line for line in text.splitlines() if line.strip()]
    if len(typed) > setting.most:
        raise TooManyReceiptLines(count=len(typed), limit=setting.most)
    return tuple(_line(setting, place, line) for place, line in enumerate(typed, 1))


def _line(setting: Setting, place: int, text: str) -> str:
    try:
        return one_line(text, setting.words, LINE_CHARACTERS_MAX)
    except BadText:
        raise BadReceiptLine(line=place, limit=LINE_CHARACTERS_MAX) from None


def _minutes(setting: Setting, text: str) -> int:
    typed = text.strip()
    if not _NUMBER.fullmatch(typed) or not setting.least <= int(typed) <= setting.most:
        raise BadLockMinutes(text=typed, least=setting.least, most=setting.most)
    return int(typed)


def _language(setting: Setting, text: str) -> str:
    return choice(text.strip(), SMS_LANGUAGES, setting.words)


_READERS: dict[str, Callable[[Setting, str], Value]] = {"lines": _lines, "minutes": _minutes, "language": _language}
