"""Lists in pages: where the next rows are, and the first ones.  A list is asked for one row more than a page shows."""

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any

from flask import request, url_for

PAGE_ROWS = 50
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
