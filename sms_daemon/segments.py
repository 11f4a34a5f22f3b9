"""How a text is cut into the parts that go on the air, and what each alphabet makes of it (3GPP TS 23.038, 23.040).

The plain alphabet (GSM-7) takes 160 septets in one part, or 153 in each of several; one character it does not have
turns the whole text into UCS-2: 70 units of UTF-16, or 67 in each of several.  Nothing is ever changed, dropped or
replaced by a question mark on the way.
"""

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sms_daemon.errors import BadText, TextTooLong

GSM7, UCS2 = "gsm7", "ucs2"
PARTS_MAX = 10
ROOM = {GSM7: (160, 153), UCS2: (70, 67)}  # alone, and in each of several parts

_ONE_SEPTET = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_TWO_SEPTETS = frozenset("\f^{}\\[~]|€")
_PLAIN = _ONE_SEPTET | _TWO_SEPTETS

_PLAIN_FOR = {
    char: plain
    for chars, plain in (
        *(("‘’‚‛′‵´`ʹʻʼʽˈ", "'"), ("“”„‟«»″‶", '"'), ("‹", "<"), ("›", ">"), ("‐‑‒–—―−⁃", "-"), ("•·∙●▪◦‣", "*")),
        *(("\t\u2028\u2029", " "), ("\u00ad\u200b\u2060\ufeff", "")),  # the latter are invisible
        *(("×", "x"), ("÷⁄∕", "/"), ("→", "->"), ("←", "<-"), ("≤", "<="), ("≥", ">="), ("±", "+-"), ("≈", "~")),
        *(
            ("©", "(c)"),
            ("®", "(R)"),
            ("Đ", "D"),
            ("đ", "d"),
            ("Ł", "L"),
            ("ł", "l"),
            ("Œ", "OE"),
            ("œ", "oe"),
            ("ı", "i"),
        ),
    )
    for char in chars
}


@dataclass(frozen=True)
class Plan:
    """A text as it goes on the air: ``coding`` GSM7 or UCS2, and the text of each part in order."""

    coding: str
    parts: tuple[str, ...]


@dataclass(frozen=True)
class Count:
    """What a text costs: ``used`` and ``left`` are septets (GSM7) or UTF-16 units (UCS2) of its last part."""

    coding: str
    parts: int
    used: int
    left: int


def plan(text: str) -> Plan:
    """The parts of *text*; joined they are *text*, and no escape or surrogate pair is cut.  "" has no parts.

    Raises TextTooLong (more than PARTS_MAX parts), BadText (a NUL, at which telephones stop reading, or half a
    surrogate pair).
    """
    if "\0" in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise BadText
    coding, ends = _cuts(text)
    if len(ends) > PARTS_MAX:
        raise TextTooLong(parts=len(ends), limit=PARTS_MAX)
    starts = [0, *(end for end, _ in ends)]
    return Plan(coding, tuple(text[start:end] for start, (end, _) in zip(starts, ends, strict=False)))


def count(text: str) -> Count:
    """Parts of *text* and the room left in the last one, of any text, also one that `plan` refuses."""
    coding, ends = _cuts(text)
    alone, several = ROOM[coding]
    used = ends[-1][1] if ends else 0
    return Count(coding, len(ends), used, (several if len(ends) > 1 else alone) - used)


def as_gsm(text: str) -> str:
    """*text* with plain signs for typographic ones and plain letters for accented ones that GSM-7 does not have.

    What has no plain counterpart (emoji, Javanese letters) stays as it is; `count` tells whether it was enough.
    """
    signs = (char if char in _PLAIN else _plain(char) for char in unicodedata.normalize("NFC", text))
    return unicodedata.normalize("NFC", "".join(signs))


def _plain(char: str) -> str:
    if char in _PLAIN_FOR:
        return _PLAIN_FOR[char]
    if "\u0300" <= char <= "\u036f":  # an accent that belongs to no letter of the alphabet
        return ""
    apart = [part for part in unicodedata.normalize("NFKD", char) if not unicodedata.combining(part)]
    letters = "".join(_PLAIN_FOR.get(part, part) for part in apart)
    return letters if letters and _PLAIN.issuperset(letters) else char


def _cuts(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The coding, and of each part where it ends in *text* and how much it uses."""
    coding = GSM7 if _PLAIN.issuperset(text) else UCS2
    width = _septets if coding == GSM7 else _units
    alone, several = ROOM[coding]
    whole = list(_ends(text, width, alone))
    return coding, whole if len(whole) < 2 else list(_ends(text, width, several))


def _ends(text: str, width: Callable[[str], int], room: int) -> Iterator[tuple[int, int]]:
    used = 0
    for place, char in enumerate(text):
        wide = width(char)
        if used + wide > room:
            yield place, used
            used = 0
        used += wide
    if used:
        yield len(text), used


def _septets(char: str) -> int:
    return 2 if char in _TWO_SEPTETS else 1


def _units(char: str) -> int:
    return 2 if char > "\uffff" else 1
