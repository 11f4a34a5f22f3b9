"""Addresses of our own static files, each with a mark of its contents so that browsers may keep it for ever."""

from functools import cache
from hashlib import sha256
from pathlib import Path

from flask import url_for

FOLDER = Path(__file__).parent / "static"
MARK_CHARACTERS = 10


@cache
def mark(name: str) -> str:
    """A short mark of the contents of the static file *name*."""
    return sha256((FOLDER / name).read_bytes()).hexdigest()[:MARK_CHARACTERS]


def asset_url(name: str) -> str:
    """The address of our static file *name*."""
    return url_for("ui.static", filename=name, v=mark(name))
