"""The modem's own account of what happened, one JSON line each, written as it happens and before anybody is answered.

``aired`` lines are the truth that tests assert on.  The file outlives the emulator.
"""

import json
import os
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from .pdu import Submit, Udh


@dataclass(frozen=True)
class Aired:
    """One message, or one part of it, that left the modem for the network."""

    number: str  # as dialled: "+62…" when international
    number_type: str
    text: str
    coding: str  # "gsm7", "ucs2" or "8bit"
    data: str  # hexadecimal; of GSM-7 one septet per byte
    udh: Udh | None
    report: bool  # a delivery report was asked for
    reject_duplicates: bool
    validity_minutes: int | None
    message_class: int | None
    smsc: str
    reference: int  # the modem's, 0 to 255, as in its answer
    lost: bool  # the network took it and never delivered it
    at: int  # ms since 1970


@dataclass
class Message:
    """What a phone shows: the parts of one message put together."""

    number: str
    text: str
    parts: list[Aired]
    total: int

    @property
    def complete(self) -> bool:
        """Has every part aired?"""
        return len(self.parts) == self.total


class Journal:
    """Appends to the file at *path*."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def write(self, kind: str, **what: Any) -> None:
        """One line in one piece, so that a kill never leaves half of one."""
        line = json.dumps({"kind": kind, "at": now_ms(), **what})
        os.write(self._file, line.encode() + b"\n")

    def air(self, submit: Submit, reference: int, *, lost: bool) -> None:
        """The message leaves the modem now."""
        said = {**asdict(submit), "data": submit.data.hex(), "reference": reference, "lost": lost}
        names = {item.name for item in fields(Aired)} - {"at"}
        self.write("aired", **{name: said[name] for name in names})


def now_ms() -> int:
    """The wall clock."""
    return time.time_ns() // 1_000_000


def lines(path: Path, kind: str) -> Iterator[dict[str, Any]]:
    """Every line of a *kind*, oldest first; one that is still being written is left out."""
    text = path.read_text() if path.exists() else ""
    for line in text.splitlines(keepends=True):
        if line.endswith("\n"):
            said = json.loads(line)
            if said.pop("kind") == kind:
                yield said


def aired(path: Path) -> list[Aired]:
    """Everything that left the modem, oldest first."""
    return [Aired(**{**said, "udh": said["udh"] and Udh(**said["udh"])}) for said in lines(path, "aired")]


def messages(parts: list[Aired]) -> list[Message]:
    """The parts as phones put them together; a part that aired twice shows as a second message."""
    found: list[Message] = []
    for part in parts:
        _home(found, part).parts.append(part)
    for message in found:
        message.text = _joined(message.parts)
    return found


def _home(found: list[Message], part: Aired) -> Message:
    for message in found if part.udh else []:
        if not message.complete and _thread(message.parts[0]) == _thread(part) and _lacks(message, part):
            return message
    found.append(Message(part.number, "", [], part.udh.total if part.udh else 1))
    return found[-1]


def _thread(part: Aired) -> tuple[object, ...]:
    return (part.number, part.udh and (part.udh.reference, part.udh.total, part.udh.wide))


def _lacks(message: Message, part: Aired) -> bool:
    return all(_place(other) != _place(part) for other in message.parts)


def _place(part: Aired) -> int:
    return part.udh.part if part.udh else 1


def _joined(parts: list[Aired]) -> str:
    """A character halved at a part's border is whole again; one that stays halved is an error."""
    text = "".join(part.text for part in sorted(parts, key=_place))
    return text.encode("utf-16-be", "surrogatepass").decode("utf-16-be", "replace")
