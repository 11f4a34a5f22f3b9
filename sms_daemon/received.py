"""What gammu read on the SIM or heard from the network, in the daemon's own words."""

import re
from datetime import datetime
from typing import Any

_PDU = re.compile(rb'(?m)^(?:\d+ ")?([0-9A-F]{20,})"?$')
_LOST = "\ufffd"
_APART = 0x10F000 - 0xD800  # from half a character to the one that stands for it, in a private plane
_HALF = re.compile("[\ud800-\udfff]")
_HALVES = re.compile("[\U0010f000-\U0010f3ff][\U0010f400-\U0010f7ff]")
_HALVES_ALONE = re.compile("[\U0010f000-\U0010f7ff]")
_SHORT_REFERENCE, _LONG_REFERENCE = 0, 8  # elements of a user data header (3GPP TS 23.040, 9.2.3.24)


def concatenation(header: bytes) -> tuple[int, int, int] | None:
    """Reference, total and part that a user data *header* (its length first) names; None when it names none."""
    rest = header[1:]
    while len(rest) >= 2:
        kind, data, rest = rest[0], rest[2 : 2 + rest[1]], rest[2 + rest[1] :]
        if kind == _SHORT_REFERENCE and len(data) == 3:
            return data[0], data[1], data[2]
        if kind == _LONG_REFERENCE and len(data) == 4:
            return int.from_bytes(data[:2]), data[2], data[3]
    return None


def clean(text: str | bytes) -> str:
    """What the sender wrote: behind a NUL lie remains of other messages.  Binary data is shown as hexadecimal."""
    return text.hex() if isinstance(text, bytes) else text.partition("\0")[0]


def exact(entry: dict[str, Any], stream: bytes) -> dict[str, Any]:
    """The *entry* with its true text.  Of UCS-2 gammu doubles each tilde, cuts off as much at the end, and drops half a
    character that a phone cut in two; such a half comes as a character of its own, see ``whole``.

    *stream*: what gammu said of its reading, which quotes the message as the modem gave it.
    """
    text, pdus = entry["Text"], _PDU.findall(stream)
    if entry["Coding"] != "Unicode_No_Compression" or not {"~", _LOST} & set(text) or not pdus:
        return entry
    data = bytes.fromhex(pdus[-1][: len(pdus[-1]) // 2 * 2].decode())[-2 * entry["Length"] :]
    true = data.decode("utf-16-be", "surrogatepass")
    seen = _HALF.sub(_LOST, true).replace("~", "~~").replace("\1", "~")
    if not seen.startswith(text[:-1]):  # its last character may be half of one
        return entry
    return {**entry, "Text": _HALF.sub(lambda half: chr(ord(half[0]) + _APART), true)}


def whole(text: str) -> str:
    """The joined parts of a message, where halves of characters find each other; one alone cannot be shown."""
    pairs = _HALVES.sub(lambda pair: _whole(pair[0]), text)
    return _HALVES_ALONE.sub(_LOST, pairs)


def _whole(pair: str) -> str:
    units = "".join(chr(ord(half) - _APART) for half in pair)
    return units.encode("utf-16-be", "surrogatepass").decode("utf-16-be")


def message(entry: dict[str, Any]) -> dict[str, Any]:
    """A received message, or one part of it."""
    ref, total, part = concatenation(entry["UDH"]["Text"]) or (None, None, None)
    return {
        "location": entry["Location"],
        "sender": clean(entry["Number"]),
        "text": clean(entry["Text"]),
        "smsc_at": _iso(entry["DateTime"]),
        "ref": ref,
        "total": total,
        "part": part,
    }


def report(entry: dict[str, Any]) -> dict[str, Any]:
    """What became of a part that was sent; *location* when the report lies on the SIM."""
    return {
        "reference": entry["MessageReference"],
        "sender": clean(entry["Number"]),
        "status": entry["DeliveryStatus"],
        "at": _iso(entry["SMSCDateTime"]),
        "location": entry["Location"] or None,
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
