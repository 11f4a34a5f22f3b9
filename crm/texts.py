"""Text that people type, made clean: one normal form, no stray spaces, no control characters, a limit."""

import unicodedata
from collections.abc import Collection

from crm.errors import BadChoice, BadText

NAME_MAX = 100
LINE_MAX = 200
TEXT_MAX = 2_000


def one_line(text: str, what: str, limit: int = LINE_MAX) -> str:
    """*text* in normal form C with single spaces; raises BadText when empty, over *limit* characters or unreadable.

    *what* is the field's name as a message id.
    """
    return _checked(" ".join(unicodedata.normalize("NFC", text).split()), what, limit)


def paragraph(text: str, what: str, limit: int = TEXT_MAX) -> str:
    """Like ``one_line``, line breaks kept."""
    lines = unicodedata.normalize("NFC", text).splitlines()
    return _checked("\n".join(" ".join(line.split()) for line in lines).strip(), what, limit)


def optional(text: str | None, what: str, limit: int = LINE_MAX) -> str | None:
    """Like ``one_line``; nothing but spaces is None."""
    return one_line(text, what, limit) if text and text.strip() else None


def choice(value: str, choices: Collection[str], what: str) -> str:
    """*value* if it is one of *choices*; raises BadChoice."""
    if value not in choices:
        raise BadChoice(value=value, what=what, choices=", ".join(choices))
    return value


def _checked(clean: str, what: str, limit: int) -> str:
    if not clean or len(clean) > limit or any(_unreadable(c) for c in clean):
        raise BadText(what=what, limit=limit)
    return clean


def _unreadable(character: str) -> bool:
    return character != "\n" and unicodedata.category(character) in ("Cc", "Cs", "Cn", "Co")
