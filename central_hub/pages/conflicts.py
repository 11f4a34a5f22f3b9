"""Perlu diputuskan: the two versions all nodes show, and below them the entries held for review."""

from typing import Any

from central_hub.held import Held, held_entries
from ui.pages import conflicts
from ui.preferences import language
from ui.translate import translate_error


def _held() -> dict[str, Any]:
    return {"held": [_told(entry) for entry in held_entries()]}


def _told(entry: Held) -> dict[str, Any]:
    happened, todo = translate_error(entry.error, language())
    return {"branch": entry.branch, "at": entry.at, "happened": happened, "todo": todo}


area = conflicts.room("conflicts.settle", "conflicts/office.html", _held)
