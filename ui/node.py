"""The node a page belongs to: what the shared pages ask of a branch or of head office."""

from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from flask import current_app

if TYPE_CHECKING:
    from sync.journal import Journal
    from sync.store import Store


class Node(Protocol):
    """``kind`` is "branch" or "hub"; ``branch_id`` is None at head office; ``zone`` is WIB, WITA or WIT.

    ``line_status()`` gives a level of ``ui.status.LINE`` and a sentence in the language of the page.
    """

    kind: str
    code: str
    stream: int
    zone: str
    folder: Path
    store: "Store"
    journal: "Journal"
    branch_id: bytes | None
    secret_key: bytes

    def line_status(self) -> tuple[str, str]: ...


def node() -> Node:
    """The node of the application that answers this request."""
    return cast(Node, current_app.extensions["cabang"])
