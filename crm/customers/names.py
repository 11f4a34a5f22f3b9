"""When two names are one name in two writings: case, accents, spaces, titles, degrees, the order around a comma.

Titles that say man or woman are kept beside the name: *Bapak Wayan* and *Ibu Wayan* may share name and phone and are
two people.  *Bayi*, *Anak*, *Mama* are no titles: *By. Ny. Sari* is the child of *Ny. Sari*.
"""

import unicodedata
from typing import NamedTuple

MAN, WOMAN = "man", "woman"
_TITLES = {
    **dict.fromkeys(
        ("pak", "bapak", "bpk", "bp", "tn", "tuan", "mr", "mas", "sdr", "saudara", "h", "haji", "drs"), MAN
    ),
    **dict.fromkeys(("bu", "ibu", "ny", "nyonya", "nn", "nona", "mrs", "ms", "miss", "mbak", "mba", "sdri"), WOMAN),
    **dict.fromkeys(("saudari", "hj", "hajjah", "dra"), WOMAN),
    **dict.fromkeys(("dr", "drg", "ir", "prof", "kak", "kakak"), ""),
}
_DEGREES = frozenset((
    "amd", "amdkeb", "amdkep", "ba", "bsc", "llm", "ma", "mba", "mh", "mhum", "mkes", "mkom", "mm", "mpd", "msc",
    "msi", "mt", "phd", "sag", "sars", "sds", "se", "sfarm", "sh", "shut", "si", "sik", "sip", "sked", "skeb",
    "skep", "skg", "skh", "skm", "skom", "sp", "spa", "spd", "spi", "spog", "spsi", "spt", "ssi", "ssos", "sst",
    "st", "stp", "str",
))  # fmt: skip
_SPELT = dict.fromkeys(
    ("moh", "mohd", "muh", "muhd", "mohamad", "mohammad", "mohamed", "mohammed", "muhamad", "mochamad", "mochammad"),
    "muhammad",
)


class Said(NamedTuple):
    """A name as it is compared: ``letters`` in a row, and MAN, WOMAN or "" as the title says."""

    letters: str
    sex: str


def read(name: str | None) -> Said:
    """*name* without what writings of one name differ in; no letters for an empty name."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", (name or "").casefold()) if not unicodedata.combining(c))
    pieces = [words for piece in plain.split(",") if (words := _without_degrees(piece))]
    if len(pieces) == 2:  # "Dewi, Sari"
        pieces.reverse()
    words, sex = _without_titles([word for piece in pieces for word in piece])
    return Said("".join(c for word in words for c in _SPELT.get(word, word) if c.isalnum()), sex)


def same(one: Said, other: Said) -> bool:
    """Is it one name, and does no title say that it is a man here and a woman there?"""
    return bool(one.letters) and one.letters == other.letters and not (one.sex and other.sex and one.sex != other.sex)


def _without_degrees(piece: str) -> list[str]:
    """The words of what stands between two commas; a degree is known by its dots, or stands alone there."""
    tokens = piece.split()
    if tokens and all(token.replace(".", "") in _DEGREES for token in tokens):
        return []
    while len(tokens) > 1 and "." in tokens[-1] and tokens[-1].replace(".", "") in _DEGREES:
        tokens.pop()
    return [word for token in tokens for word in token.replace(".", " ").split()]


def _without_titles(words: list[str]) -> tuple[list[str], str]:
    sex = ""
    while len(words) > 1 and words[0] in _TITLES:
        sex = sex or _TITLES[words[0]]
        words = words[1:]
    return words, sex
