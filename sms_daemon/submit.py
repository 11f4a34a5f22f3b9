"""One part of a message in gammu's words, so that what airs is exactly its text, coding and place in the message."""

from typing import Any

from .protocol import Send

_CODINGS = {"gsm7": "Default_No_Compression", "ucs2": "Unicode_No_Compression"}
_DAY = 24 * 60
_SHORTEST, _LONGEST = 5, 30 * _DAY


def validity(minutes: int) -> str:
    """The longest time that TP-VP can say and is not over *minutes* (3GPP TS 23.040, 9.2.3.12.1), in gammu's words.

    Five minutes at least, thirty days at most: gammu miscounts weeks.
    """
    minutes = min(max(minutes, _SHORTEST), _LONGEST)
    if minutes >= 2 * _DAY:
        return f"{minutes // _DAY}D"
    step = 5 if minutes <= _DAY // 2 else 30
    return f"{min(minutes // step * step, _DAY)}M"


def header(send: Send) -> bytes:
    """The user data header of a part; empty for a message of one part."""
    return bytes([5, 0, 3, send.udh.ref, send.udh.total, send.udh.part]) if send.udh else b""


def wide(text: str) -> bytes:
    """*text* as UCS-2 sends it."""
    return text.encode("utf-16-be")


def submission(send: Send, smsc: str) -> dict[str, Any]:
    """What gammu's SendSMS takes.

    The centre goes by number: by place on the SIM gammu forgets the validity.  A tilde is doubled in UCS-2, where
    gammu airs something else for a single one.
    """
    udh = header(send)
    return {
        "SMSC": {"Number": smsc, "Validity": validity(send.validity_min)},
        "Number": send.number,
        "Text": send.text.replace("~", "~~") if send.coding == "ucs2" else send.text,
        "Coding": _CODINGS[send.coding],
        "Class": -1,
        "Type": "Status_Report" if send.report else "Submit",
        "Folder": 0,
        "UDH": {"Type": "UserUDH" if udh else "NoUDH", "Text": udh},
    }
