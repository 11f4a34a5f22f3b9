"""The rooms of a node: a bar at the bottom on phones, a rail at the left on wide screens."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from flask import Flask, current_app, request, url_for
from flask_login import current_user

BAR_PLACES = 5
EXTENSION = "cabang_navigation"


class Entry(NamedTuple):
    """One room: ``label`` an English message id, ``icon`` of Bootstrap Icons, ``key`` such as "F2" when it has one.

    ``waiting``: tells how many things wait for somebody there.
    """

    endpoint: str
    label: str
    icon: str
    permission: str | None = None
    key: str = ""
    waiting: Callable[[], int] | None = None

    @property
    def address(self) -> str:
        return url_for(self.endpoint)


class Navigation(NamedTuple):
    """``line``: endpoint of the page that explains the badge of the line; ``behind``: entries behind the name."""

    entries: tuple[Entry, ...] = ()
    line: str = ""
    behind: tuple[Entry, ...] = ()


def register(app: Flask, entries: Sequence[Entry], line: str = "", behind: Sequence[Entry] = ()) -> None:
    """Gives *app* its rooms, in order; the first one a person may use is their home.

    *behind* are pages for now and then: they stand in the menu behind the person's name.
    """
    app.extensions[EXTENSION] = Navigation(tuple(entries), line, tuple(behind))


def _navigation() -> Navigation:
    registered: Navigation = current_app.extensions.get(EXTENSION, Navigation())
    return registered


def rooms() -> list[Entry]:
    """The entries the person at the screen may use."""
    return _allowed(_navigation().entries)


def behind_name() -> list[Entry]:
    """The pages behind the name that the person at the screen may use."""
    return _allowed(_navigation().behind)


def _allowed(entries: Sequence[Entry]) -> list[Entry]:
    if not current_user.is_authenticated:
        return []
    return [e for e in entries if e.permission is None or current_user.may(e.permission)]


def waiting_in(entries: Sequence[Entry]) -> dict[str, int]:
    """How many things wait in each of these rooms, by endpoint."""
    return {entry.endpoint: entry.waiting() if entry.waiting else 0 for entry in entries}


def in_bar(entries: Sequence[Entry]) -> int:
    """How many entries stand in the phone's bar themselves; the rest lie behind its last place."""
    return len(entries) if len(entries) <= BAR_PLACES else BAR_PLACES - 1


def current(entries: Sequence[Entry]) -> str:
    """The endpoint of the room this page belongs to."""
    names = [entry.endpoint for entry in entries]
    if request.endpoint in names:
        return str(request.endpoint)
    return next((name for name in names if request.blueprint and name.split(".")[0] == request.blueprint), "")


def line_address() -> str:
    """Where the badge of the line leads; empty when the node has no such page."""
    endpoint = _navigation().line
    return url_for(endpoint) if endpoint else ""


def home() -> str:
    """Where a person begins."""
    entries = rooms()
    return entries[0].address if entries else "/"
