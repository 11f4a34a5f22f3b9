"""Entries that branches sent and the hub could not apply yet, with the reason."""

from typing import Any, NamedTuple

import msgspec

from crm.reading import dicts
from sync.errors import CabangError, MadeAfterRevocation, from_refusal
from ui.explain import explained

_HELD = (
    "SELECT h.id, h.stream, h.at, h.reason, h.detail, b.code AS branch FROM held_entry h"
    " LEFT JOIN branch b ON b.stream = h.stream WHERE NOT h.released ORDER BY h.at DESC"
)


class Held(NamedTuple):
    """An entry that could not be applied, and why; ``id`` of the notice about it."""

    id: bytes
    branch: str | None
    at: int
    error: CabangError


def held_entries() -> list[Held]:
    """Entries kept for review, newest first."""
    return [Held(row["id"], row["branch"], row["at"], _reason(row["reason"], row["detail"])) for row in dicts(_HELD)]


def _reason(code: str, detail: str) -> CabangError:
    return from_refusal((code, msgspec.msgpack.decode(bytes.fromhex(detail))))


def told() -> dict[str, Any]:
    """``held``: the entries in words, for the page of what is to decide."""
    return {"held": [_told(entry) for entry in held_entries()]}


def _told(entry: Held) -> dict[str, Any]:
    happened, todo = explained(entry.error)
    again = "" if isinstance(entry.error, MadeAfterRevocation) else entry.id.hex()
    return {"branch": entry.branch, "at": entry.at, "happened": happened, "todo": todo, "again": again}
