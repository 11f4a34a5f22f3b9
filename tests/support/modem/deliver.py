"""Writes what the network sends: SMS-DELIVER and SMS-STATUS-REPORT PDUs (3GPP TS 23.040, 9.2.2.1 and 9.2.2.3)."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from . import address, gsm7

_WIB_QUARTERS = 7 * 4  # the service centre's clock stands in West Indonesia
_DELIVER, _STATUS_REPORT = 0x04, 0x06  # nothing more waits
_HEADED = 0x40
_DATA_CODINGS = {"gsm7": 0x00, "ucs2": 0x08}


def delivers(sender: str, text: str, at_ms: int, smsc: str, *, reference: int = 0, wide: bool = False) -> list[str]:
    """A message as one PDU or, when it is long, as many; hexadecimal, service centre first.

    A text that GSM-7 cannot hold goes as UCS-2.  *wide*: the parts' reference has 16 bits.
    """
    coding = "gsm7" if gsm7.encodable(text) else "ucs2"
    header = 7 if wide else 6
    pieces = list(_pieces(text, coding, 0))
    if len(pieces) > 1:
        pieces = list(_pieces(text, coding, header))
    headers = [_header(reference, len(pieces), part, wide) for part in range(1, len(pieces) + 1)]
    if len(pieces) == 1:
        headers = [b""]
    return [_deliver(sender, piece, coding, head, at_ms, smsc) for head, piece in zip(headers, pieces, strict=True)]


def _pieces(text: str, coding: str, header: int) -> Iterator[str]:
    """*text* in pieces that fit beside *header* octets; a character that takes two places stays whole."""
    room = (140 - header) * 8 // 7 if coding == "gsm7" else (140 - header) // 2
    size: Callable[[str], int] = (lambda char: len(gsm7.codes(char))) if coding == "gsm7" else _units
    piece, used = "", 0
    for char in text:
        if used + size(char) > room:
            yield piece
            piece, used = "", 0
        piece, used = piece + char, used + size(char)
    yield piece


def _units(char: str) -> int:
    return 1 + (char > "\uffff")


def _header(reference: int, total: int, part: int, wide: bool) -> bytes:
    content = reference.to_bytes(1 + wide) + bytes([total, part])
    element = bytes([8 if wide else 0, len(content)]) + content
    return bytes([len(element)]) + element


def _deliver(sender: str, text: str, coding: str, header: bytes, at_ms: int, smsc: str) -> str:
    first = _DELIVER | (_HEADED if header else 0)
    middle = address.encode(sender) + bytes([0, _DATA_CODINGS[coding]]) + _timestamp(at_ms)
    tpdu = bytes([first]) + middle + _user_data(text, coding, header)
    return (address.encode_smsc(smsc) + tpdu).hex().upper()


def _user_data(text: str, coding: str, header: bytes) -> bytes:
    if coding == "ucs2":
        data = header + text.encode("utf-16-be")
        return bytes([len(data)]) + data
    before = (8 * len(header) + 6) // 7
    septets = gsm7.encode(text)
    packed = gsm7.pack(septets, 7 * before - 8 * len(header))
    return bytes([before + len(septets)]) + header + packed


def status_report(reference: int, number: str, sent_ms: int, done_ms: int, status: int, smsc: str) -> str:
    """What became of the message *reference* to *number*: *status* as in TS 23.040, 9.2.3.15."""
    times = _timestamp(sent_ms) + _timestamp(done_ms)
    tpdu = bytes([_STATUS_REPORT, reference]) + address.encode(number) + times + bytes([status])
    return (address.encode_smsc(smsc) + tpdu).hex().upper()


def _timestamp(at_ms: int) -> bytes:
    there = datetime.fromtimestamp(at_ms // 1000, UTC) + timedelta(minutes=15 * _WIB_QUARTERS)
    digits = f"{there:%y%m%d%H%M%S}{_WIB_QUARTERS:02}"
    return bytes(int(digits[place + 1] + digits[place], 16) for place in range(0, len(digits), 2))
