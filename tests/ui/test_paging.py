"""Where the next rows of a list are, and the first ones."""

from collections import namedtuple

import pytest
from flask import Flask

from ui.paging import PAGE_ROWS, cursor_of, paged, place_of

Row = namedtuple("Row", "cursor")


def rows(count: int) -> list[Row]:
    """So many rows, each with its place."""
    return [Row(f"{place}") for place in range(count)]


@pytest.mark.parametrize(
    ("count", "after", "expected"),
    [
        (0, "", ("", "")),
        (PAGE_ROWS, "", ("", "")),
        (PAGE_ROWS + 1, "", (f"/open?q=ban&after={PAGE_ROWS - 1}", "")),
        (PAGE_ROWS + 1, "7", (f"/open?q=ban&after={PAGE_ROWS - 1}", "/open?q=ban")),
        (3, "7", ("", "/open?q=ban")),
    ],
)
def test_on_and_back(app: Flask, count: int, after: str, expected: tuple[str, str]) -> None:
    """Goal: nothing is left out, and a filter stays. Method: an empty list, just full, more, in the middle, the end."""
    with app.test_request_context("/open"):
        found = paged(rows(count), after, q="ban", kind=None)
    assert expected == (found["next_href"], found["first_href"])


def test_rows_that_tell_their_place_otherwise(app: Flask) -> None:
    """Goal: any list is paged. Method: plain numbers as rows."""
    with app.test_request_context("/open"):
        found = paged(range(PAGE_ROWS + 1), None, str)
    assert {"next_href": f"/open?after={PAGE_ROWS - 1}", "first_href": ""} == found


@pytest.mark.parametrize("ident", [b"\x01" * 14, b"\xff" * 16])
def test_a_place_comes_back(ident: bytes) -> None:
    """Goal: a list goes on where it stopped. Method: a made and a natural id, there and back."""
    assert (1_700_000_000_000, ident) == place_of(cursor_of(1_700_000_000_000, ident))


@pytest.mark.parametrize(
    "text", ["", "x", "1", "1.", "1.zz", f"1.{'z' * 28}", f"-1.{'0' * 28}", f"{'9' * 20}.{'0' * 28}"]
)
def test_a_place_nobody_gave_out(text: str) -> None:
    """Goal: a broken link begins at the beginning. Method: no time, no id, an id of letters, times that cannot be."""
    assert place_of(text) is None
