"""Lists in pages: where the next rows are, and the first ones.  A list is asked for one row more than a page shows."""

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import Any

from flask import request, url_for

from ui.addresses import row_id

PAGE_ROWS = 50
TIME_DIGITS_MAX = 15
_CURSOR: Callable[[Any], str] = attrgetter("cursor")


def paged(found: Sequence[Any], after: object, cursor: Callable[[Any], str] = _CURSOR, **kept: Any) -> dict[str, str]:
    """What ``pager`` is given: addresses of this very list, *kept* being what they name besides the place.

    *cursor* tells what continues the list behind a row; *after*: what this page was asked to continue, if anything.
    """
    more = cursor(found[PAGE_ROWS - 1]) if len(found) > PAGE_ROWS else ""
    here = request.endpoint or ""
    return {
        "next_href": url_for(here, **kept, after=more) if more else "",
        "first_href": url_for(here, **kept) if after else "",
    }


def cursor_of(at: int, ident: bytes) -> str:
    """What continues a list in order of time behind row *ident* of *at*, in ms UTC."""
    return f"{at}.{ident.hex()}"


def cursor_in_time(row: Mapping[str, Any]) -> str:
    """The same of a row as a dict, with ``at`` and ``id``."""
    return cursor_of(row["at"], row["id"])


def place_of(cursor: str) -> tuple[int, bytes] | None:
    """The time and the row that a cursor names; None for one that nobody gave out."""
    at, _dot, hexed = cursor.partition(".")
    ident = row_id(hexed)
    if ident is None or not (at.isascii() and at.isdecimal() and len(at) <= TIME_DIGITS_MAX):
        return None
    return int(at), ident
