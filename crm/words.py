"""What a person types into a search box, as a safe full-text query."""

import re
import unicodedata
from typing import NamedTuple

_TOKEN = re.compile(r"[^\W_]+")
_PHONE = re.compile(r"[0-9()+\-./ ]+", re.ASCII)
_TEXT_MAX = 100
_TOKENS_MAX = 8
_PART_MIN = 3  # the phone index holds pieces of three
_COUNTRY = "62"


class Query(NamedTuple):
    """Words in any order.  ``whole``: every one as it stands; ``begun``: every one begins a word.  FTS5 expressions."""

    words: tuple[str, ...]
    whole: str
    begun: str

    def fits(self, text: str) -> tuple[bool, bool]:
        """Does *text* hold the words whole; does it hold words that begin so?  As the full-text tables see it."""
        held = set(plain_words(text))
        begun = all(any(word.startswith(asked) for word in held) for asked in self.words)
        return held.issuperset(self.words), begun


def plain_words(text: str) -> list[str]:
    """The words of *text* without case and accents."""
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return _TOKEN.findall(text.lower())


def query(text: str) -> Query | None:
    """The words of *text*; None when it holds no letter or digit."""
    tokens = tuple(plain_words(text[:_TEXT_MAX])[:_TOKENS_MAX])
    if not tokens:
        return None
    quoted = [f'"{token}"' for token in tokens]
    return Query(tokens, " AND ".join(quoted), " AND ".join(f"{token}*" for token in quoted))


def phone_part(text: str) -> str | None:
    """The digits by which *text* finds a number held in E.164, however it was written; None when it is no number.

    ``0812-34``, ``+62 812 34`` and ``812 34`` all give ``81234``.
    """
    if not _PHONE.fullmatch(text[:_TEXT_MAX]):
        return None
    digits = re.sub(r"\D", "", text).lstrip("0")
    if digits.startswith(_COUNTRY) and len(digits) >= len(_COUNTRY) + _PART_MIN:
        digits = digits.removeprefix(_COUNTRY).lstrip("0")
    return digits if len(digits) >= _PART_MIN else None
