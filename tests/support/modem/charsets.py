"""Strings inside commands and answers, in the alphabet that +CSCS chose (3GPP TS 27.007, 5.5)."""

from . import gsm7

NAMES = ("GSM", "IRA", "UCS2")


def encode(charset: str, text: str) -> str:
    """*text* as it goes on the line, one character per byte."""
    if charset == "UCS2":
        return text.encode("utf-16-be").hex().upper()
    if charset == "IRA":
        return text.encode("ascii", "replace").decode("ascii")
    return "".join(map(chr, gsm7.encode("".join(char if gsm7.encodable(char) else "?" for char in text))))


def decode(charset: str, text: str) -> str:
    """What the line's *text* says; ValueError when it does not follow the alphabet."""
    if charset == "UCS2":
        return bytes.fromhex(text).decode("utf-16-be")
    if charset == "IRA":
        return text.encode("latin-1").decode("ascii")
    if any(char > "\x7f" for char in text):
        raise ValueError("GSM-7 has seven bits")
    return gsm7.decode([ord(char) for char in text])
