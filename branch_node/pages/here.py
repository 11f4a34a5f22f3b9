"""What every page of the branch asks: which branch, who is at the screen."""

from typing import TYPE_CHECKING, cast

from flask import current_app
from flask_login import current_user

if TYPE_CHECKING:
    from branch_node.node import BranchNode


def branch() -> "BranchNode":
    """The node of the application that answers this request."""
    return cast("BranchNode", current_app.extensions["cabang"])


def me() -> bytes:
    """The id of the person at the screen."""
    return bytes(current_user.id)
