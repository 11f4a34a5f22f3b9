"""Ids as addresses and forms name rows."""

from flask import abort

from sync.ids import NATURAL_ID_BYTES, OP_ID_BYTES

CHARACTERS = (2 * OP_ID_BYTES, 2 * NATURAL_ID_BYTES)  # hex
HEX = frozenset("0123456789abcdef")


def row_id(hexed: str) -> bytes | None:
    """The id *hexed* stands for; None when it is none."""
    return bytes.fromhex(hexed) if len(hexed) in CHARACTERS and HEX.issuperset(hexed) else None


def named_row(hexed: str) -> bytes:
    """The id in an address; 404 when it is none."""
    found = row_id(hexed)
    if found is None:
        abort(404)
    return found
