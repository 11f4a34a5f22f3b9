"""What every page of the branch asks: which branch, who is at the screen, which row an address names."""

from typing import TYPE_CHECKING, cast

from flask import abort, current_app
from flask_login import current_user

from sync.errors import CabangError
from ui.preferences import language
from ui.translate import translate_error

if TYPE_CHECKING:
    from branch_node.node import BranchNode

ID_CHARACTERS = (28, 32)  # hex of 14 or 16 bytes
HEX = frozenset("0123456789abcdef")
PAGE_ROWS = 50


def branch() -> "BranchNode":
    """The node of the application that answers this request."""
    return cast("BranchNode", current_app.extensions["cabang"])


def me() -> bytes:
    """The id of the person at the screen."""
    return bytes(current_user.id)


def row_id(hexed: str) -> bytes | None:
    """The id *hexed* stands for; None when it is none."""
    return bytes.fromhex(hexed) if len(hexed) in ID_CHARACTERS and HEX.issuperset(hexed) else None


def named_row(hexed: str) -> bytes:
    """The id in an address; 404 when it is none."""
    found = row_id(hexed)
    if found is None:
        abort(404)
    return found


def said(error: CabangError) -> str:
    """What happened and what to do, in the language of the page."""
    return " ".join(translate_error(error, language()))
