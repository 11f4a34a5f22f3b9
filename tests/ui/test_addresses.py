"""Ids as addresses and forms name rows."""

import pytest
from werkzeug.exceptions import NotFound

from ui.addresses import named_row, row_id

MADE, NATURAL = b"\x00" * 13 + b"\xff", b"\xab" * 16


@pytest.mark.parametrize("ident", [MADE, NATURAL])
def test_an_id_comes_back(ident: bytes) -> None:
    """Goal: both kinds of ids stand in addresses. Method: there and back."""
    assert (ident, ident) == (row_id(ident.hex()), named_row(ident.hex()))


@pytest.mark.parametrize("text", ["", "x", "00", "AB" * 16, "ab" * 15, " " + "ab" * 15 + " ", "٣" * 28])
def test_what_is_none(text: str) -> None:
    """Goal: a broken link is no row. Method: empty, short, upper case, another length, blanks, foreign digits."""
    assert row_id(text) is None
    with pytest.raises(NotFound):
        named_row(text)
