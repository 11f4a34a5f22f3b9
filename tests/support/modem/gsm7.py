"""The GSM 7-bit default alphabet with its extension table, and septets in octets (3GPP TS 23.038, 6.1.2 and 6.2.1)."""

from collections.abc import Sequence

ESCAPE = 0x1B
_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅå"
    "Δ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ"
    " !\"#¤%&'()*+,-./"
    "0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNO"
    "PQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmno"
    "pqrstuvwxyzäöñüà"
)
_EXTENDED = {
    0x0A: "\f",
    0x14: "^",
    0x28: "{",
    0x29: "}",
    0x2F: "\\",
    0x3C: "[",
    0x3D: "~",
    0x3E: "]",
    0x40: "|",
    0x65: "€",
}
_CODES = {char: (code,) for code, char in enumerate(_BASIC) if code != ESCAPE} | {
    char: (ESCAPE, code) for code, char in _EXTENDED.items()
}


def codes(char: str) -> tuple[int, ...]:
    """The one or two septets of a character; KeyError when the alphabet has no such character."""
    return _CODES[char]


def encodable(text: str) -> bool:
    """Does the alphabet have every character of *text*?"""
    return all(char in _CODES for char in text)


def encode(text: str) -> list[int]:
    """The septets of *text*; KeyError for a character the alphabet does not have."""
    return [code for char in text for code in _CODES[char]]


def decode(septets: Sequence[int]) -> str:
    """The text of *septets*; ValueError for an escape that ends the text or leads to nothing."""
    rest = iter(septets)
    return "".join(_extended(next(rest, None)) if code == ESCAPE else _BASIC[code] for code in rest)


def _extended(code: int | None) -> str:
    if code is None:
        raise ValueError("an escape ends the text")
    if code not in _EXTENDED:
        raise ValueError(f"the extension table has no character {code:#04x}")
    return _EXTENDED[code]


def pack(septets: Sequence[int], fill: int = 0) -> bytes:
    """Octets of *septets* after *fill* zero bits; spare bits at the end are zero."""
    bits = sum(code << (fill + 7 * place) for place, code in enumerate(septets))
    return bits.to_bytes((fill + 7 * len(septets) + 7) // 8, "little")


def unpack(octets: bytes, count: int, fill: int = 0) -> list[int]:
    """*count* septets of *octets* after *fill* bits; ValueError for octets too few or many, or a spare bit set."""
    if count < 0 or len(octets) != (fill + 7 * count + 7) // 8:
        raise ValueError(f"{count} septets do not lie in {len(octets)} octets")
    bits = int.from_bytes(octets, "little")
    if bits & ((1 << fill) - 1) or bits >> (fill + 7 * count):
        raise ValueError("a bit that only fills is set")
    return [bits >> (fill + 7 * place) & 0x7F for place in range(count)]
