"""Telephone numbers and names as they lie in a PDU (3GPP TS 23.040, 9.1.2)."""

from dataclasses import dataclass

from . import gsm7

_SIGNS = "0123456789*#abc"  # semi-octets 0 to 14; 15 only fills
_FILL = 15
_TYPES = ("unknown", "international", "national", "network", "subscriber", "alphanumeric", "abbreviated")
_PLANS = {0, 1, 3, 4, 5, 6, 8, 9, 10}  # the rest of the numbering plans is reserved
SEMI_OCTETS_MAX = 20


@dataclass(frozen=True)
class Address:
    """A number (``+…`` when international) or a name, and its type in words."""

    number: str
    type: str


def decode(type_octet: int, octets: bytes, semi_octets: int) -> Address:
    """The address of *semi_octets* in *octets*; ValueError when they do not follow the standard."""
    kind = _type(type_octet)
    if semi_octets > SEMI_OCTETS_MAX:
        raise ValueError(f"an address of {semi_octets} digits")
    if kind == "alphanumeric":
        count = semi_octets * 4 // 7
        return Address(gsm7.decode(gsm7.unpack(octets, count)), kind)
    digits = _digits(octets, semi_octets)
    return Address("+" + digits if kind == "international" else digits, kind)


def _type(octet: int) -> str:
    kind, plan = octet >> 4 & 7, octet & 15
    if octet < 0x80 or kind >= len(_TYPES) or plan not in _PLANS:
        raise ValueError(f"the address type {octet:#04x} is reserved")
    return _TYPES[kind]


def _digits(octets: bytes, count: int) -> str:
    nibbles = [half for octet in octets for half in (octet & 15, octet >> 4)]
    if len(nibbles) - count not in (0, 1) or any(half != _FILL for half in nibbles[count:]):
        raise ValueError("the address is not as long as it says")
    if _FILL in nibbles[:count]:
        raise ValueError("the address is filled in its middle")
    return "".join(_SIGNS[half] for half in nibbles[:count])


def encode(number: str) -> bytes:
    """Length in semi-octets, type and value of a number (``+…`` is international) or, with letters, of a name."""
    digits = number.removeprefix("+")
    if all(sign in _SIGNS[:12] for sign in digits):
        return bytes([len(digits), 0x91 if number.startswith("+") else 0x81]) + _semi_octets(digits)
    septets = gsm7.encode(number)
    if len(septets) > 11:
        raise ValueError("a sender's name has at most 11 characters")
    return bytes([(7 * len(septets) + 3) // 4, 0xD0]) + gsm7.pack(septets)


def encode_smsc(number: str) -> bytes:
    """The service centre's number with its length in octets; one zero octet for none."""
    if not number:
        return b"\0"
    value = encode(number)[1:]
    return bytes([len(value)]) + value


def _semi_octets(digits: str) -> bytes:
    nibbles = [_SIGNS.index(sign) for sign in digits] + [_FILL] * (len(digits) % 2)
    return bytes(low | high << 4 for low, high in zip(nibbles[::2], nibbles[1::2], strict=True))
