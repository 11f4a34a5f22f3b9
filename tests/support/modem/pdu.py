"""Reads an SMS-SUBMIT PDU as a strict service centre would (3GPP TS 23.040, 9.2.2.2); anything odd is an error.

It is the judge of what a program under test sends, so it shares no line with that program.
"""

from dataclasses import dataclass

from . import address, gsm7

OCTETS_MAX = 140
SEPTETS_MAX = 160
_SUBMIT = 1
_RELATIVE = 2
_CONCATENATED, _CONCATENATED_WIDE = 0x00, 0x08
_LANGUAGES = (0x24, 0x25)  # national shift tables, which would change the alphabet


class PduError(ValueError):
    """The octets are not a PDU that the standard allows, or use a part of it that Cabang has no use for."""


@dataclass(frozen=True)
class Udh:
    """Which part of a long message this is."""

    reference: int
    total: int
    part: int
    wide: bool  # the reference has 16 bits


@dataclass(frozen=True)
class Submit:
    """One message, or one part of it, on its way to the service centre."""

    smsc: str  # "": the one the modem knows
    number: str
    number_type: str
    coding: str  # "gsm7", "ucs2" or "8bit"
    text: str  # "" for 8-bit data
    data: bytes  # user data without its header; of GSM-7 one septet per byte
    udh: Udh | None
    elements: tuple[tuple[int, bytes], ...]  # everything in the header
    report: bool  # TP-SRR
    reject_duplicates: bool  # TP-RD
    reply_path: bool
    validity_minutes: int | None
    message_class: int | None  # 0: flash
    protocol: int
    reference: int  # TP-MR as the sender wrote it; the modem puts its own
    octets: int  # of the TPDU: what AT+CMGS names


class _Octets:
    """The rest of a PDU."""

    def __init__(self, octets: bytes) -> None:
        self.rest = octets

    def take(self, count: int) -> bytes:
        if count > len(self.rest):
            raise PduError(f"{count} octets wanted, {len(self.rest)} left")
        taken, self.rest = self.rest[:count], self.rest[count:]
        return taken

    def one(self) -> int:
        return self.take(1)[0]


def decode_submit(text: str) -> Submit:
    """The message in the hexadecimal *text*, service centre first; PduError when it is anything but an SMS-SUBMIT."""
    try:
        octets = _Octets(_hexadecimal(text))
        return _submit(octets)
    except PduError:
        raise
    except ValueError as error:
        raise PduError(str(error)) from error


def _hexadecimal(text: str) -> bytes:
    if not text or not set(text) <= set("0123456789ABCDEFabcdef"):
        raise PduError("not hexadecimal")
    return bytes.fromhex(text)


def _submit(octets: _Octets) -> Submit:
    smsc = _smsc(octets)
    length = len(octets.rest)
    first, reference = octets.one(), octets.one()
    if first & 3 != _SUBMIT:
        raise PduError("not an SMS-SUBMIT")
    to = _destination(octets)
    protocol = octets.one()
    if protocol & 0xC0 == 0x80:
        raise PduError(f"the protocol {protocol:#04x} is reserved")
    coding, message_class = data_coding(octets.one())
    validity = _validity(octets, first >> 3 & 3)
    elements, data = _user_data(octets, coding, bool(first & 0x40))
    udh = _concatenation(elements)
    return Submit(
        smsc=smsc,
        number=to.number,
        number_type=to.type,
        coding=coding,
        text=_text(coding, data, udh),
        data=data,
        udh=udh,
        elements=elements,
        report=bool(first & 0x20),
        reject_duplicates=bool(first & 0x04),
        reply_path=bool(first & 0x80),
        validity_minutes=validity,
        message_class=message_class,
        protocol=protocol,
        reference=reference,
        octets=length,
    )


def _smsc(octets: _Octets) -> str:
    length = octets.one()
    if not length:
        return ""
    if length == 1:
        raise PduError("a service centre without a number")
    kind, value = octets.one(), octets.take(length - 1)
    return address.decode(kind, value, 2 * len(value) - (value[-1] >> 4 == 15)).number


def _destination(octets: _Octets) -> address.Address:
    length, kind = octets.one(), octets.one()
    return address.decode(kind, octets.take((length + 1) // 2), length)


def data_coding(octet: int) -> tuple[str, int | None]:
    """The alphabet and the message class of a TP-DCS (TS 23.038, 4); PduError for compressed and reserved ones."""
    group = octet >> 4
    if group < 8:
        if octet & 0x20 or octet >> 2 & 3 == 3:
            raise PduError(f"the data coding {octet:#04x} is compressed or reserved")
        return ("gsm7", "8bit", "ucs2")[octet >> 2 & 3], octet & 3 if octet & 0x10 else None
    if group in (0xC, 0xD, 0xE) and not octet & 4:
        return "ucs2" if group == 0xE else "gsm7", None
    if group == 0xF and not octet & 8:
        return "8bit" if octet & 4 else "gsm7", octet & 3
    raise PduError(f"the data coding {octet:#04x} is reserved")


def _validity(octets: _Octets, kind: int) -> int | None:
    if not kind:
        return None
    if kind != _RELATIVE:
        raise PduError("a validity that is not relative")
    return relative_minutes(octets.one())


def relative_minutes(value: int) -> int:
    """Minutes of a relative TP-VP (TS 23.040, 9.2.3.12.1)."""
    if value < 144:
        return (value + 1) * 5
    if value < 168:
        return 12 * 60 + (value - 143) * 30
    if value < 197:
        return (value - 166) * 24 * 60
    return (value - 192) * 7 * 24 * 60


def _user_data(octets: _Octets, coding: str, headed: bool) -> tuple[tuple[tuple[int, bytes], ...], bytes]:
    length = octets.one()
    if length > (SEPTETS_MAX if coding == "gsm7" else OCTETS_MAX) or len(octets.rest) > OCTETS_MAX:
        raise PduError("more user data than fits in one message")
    whole = len(octets.rest)
    header = octets.take(octets.one()) if headed else b""
    before = whole - len(octets.rest)  # octets of the header, its own length among them
    if coding == "gsm7":
        septets = (8 * before + 6) // 7
        data = bytes(gsm7.unpack(octets.rest, length - septets, 7 * septets - 8 * before))
    elif length != whole:
        raise PduError(f"user data of {whole} octets says it has {length}")
    else:
        data = octets.rest
    return _elements(header) if headed else (), data


def _elements(header: bytes) -> tuple[tuple[int, bytes], ...]:
    octets, found = _Octets(header), []
    while octets.rest:
        identifier = octets.one()
        found.append((identifier, octets.take(octets.one())))
    if not found:
        raise PduError("a header without content")
    if any(identifier in _LANGUAGES for identifier, _ in found):
        raise PduError("a national language table")
    return tuple(found)


def _concatenation(elements: tuple[tuple[int, bytes], ...]) -> Udh | None:
    found = [(kind, value) for kind, value in elements if kind in (_CONCATENATED, _CONCATENATED_WIDE)]
    if not found:
        return None
    if len(found) > 1:
        raise PduError("two statements about which part this is")
    kind, value = found[0]
    wide = kind == _CONCATENATED_WIDE
    if len(value) != 3 + wide:
        raise PduError("a statement about parts of the wrong length")
    total, part = value[-2:]
    if not 1 <= part <= total:
        raise PduError(f"part {part} of {total}")
    return Udh(int.from_bytes(value[:-2]), total, part, wide)


def _text(coding: str, data: bytes, udh: Udh | None) -> str:
    if coding == "8bit":
        return ""
    if coding == "gsm7":
        return gsm7.decode(data)
    text = data.decode("utf-16-be", "surrogatepass")
    whole = text[_halved_before(text, udh) : len(text) - _halved_after(text, udh)]
    if any("\ud800" <= char <= "\udfff" for char in whole):
        raise PduError("half a character")
    return text


def _halved_before(text: str, udh: Udh | None) -> int:
    return int(udh is not None and udh.part > 1 and "\udc00" <= text[:1] <= "\udfff")


def _halved_after(text: str, udh: Udh | None) -> int:
    return int(udh is not None and udh.part < udh.total and "\ud800" <= text[-1:] <= "\udbff")
