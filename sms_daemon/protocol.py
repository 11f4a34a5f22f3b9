"""What the daemon and a modem's child say to each other: one JSON object per line, one answer for each request."""

from typing import Annotated, Any

import msgspec

LINE_MAX = 256 * 1024
MESSAGES_MAX = 100  # in one answer to "list"; with every character escaped they still fit a line

# How long the daemon waits for an answer before it kills the child, in seconds.
DEADLINES_S = {"open": 15.0, "send": 30.0, "list": 15.0, "delete": 15.0, "health": 5.0, "ussd": 20.0}
USSD_WAIT_S = 15.0  # how long the child waits for the network's word

Line = Annotated[str, msgspec.Meta(pattern=r"\A[^\r\n]+\Z")]
Number = Annotated[str, msgspec.Meta(pattern=r"\A\+[0-9]{5,15}\Z")]
Code = Annotated[str, msgspec.Meta(pattern=r"\A[*#][0-9*#]+\Z")]
Octet = Annotated[int, msgspec.Meta(ge=0, le=255)]
Count = Annotated[int, msgspec.Meta(ge=1, le=255)]


class Request(msgspec.Struct, tag_field="do", tag=str.lower, forbid_unknown_fields=True, kw_only=True):
    """What every request has: its number, which the answer repeats."""

    n: int


class Open(Request):
    """Get the modem ready.  Asked again it looks again, without starting the modem a second time."""

    connection: Line
    device: Line
    pin: str | None
    smsc: Number | None


class Udh(msgspec.Struct, forbid_unknown_fields=True):
    """Which part of which long message this is (3GPP TS 23.040, 9.2.3.24.1)."""

    ref: Octet
    total: Count
    part: Count


class Send(Request):
    """Air one part, with exactly this text."""

    number: Number
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=160)]
    coding: Annotated[str, msgspec.Meta(pattern=r"\A(gsm7|ucs2)\Z")]
    udh: Udh | None
    report: bool
    validity_min: int


class List(Request):
    """Read the SIM."""


class Delete(Request):
    """Free these places of the SIM."""

    locations: list[int]


class Health(Request):
    """Signal, network and SIM."""


class Ussd(Request):
    """Ask the network, for instance for the credit left."""

    code: Code
    wait_s: float = USSD_WAIT_S


class _Numbered(msgspec.Struct):
    n: int


_REQUESTS = msgspec.json.Decoder(Open | Send | List | Delete | Health | Ussd)
_NUMBER = msgspec.json.Decoder(_Numbered)


def encode(said: dict[str, Any]) -> bytes:
    """*said* as a line."""
    return msgspec.json.encode(said) + b"\n"


def decode(line: bytes) -> dict[str, Any]:
    """What the *line* says; ValueError when it is no JSON object."""
    return msgspec.json.decode(line, type=dict[str, Any])


def request(line: bytes) -> Request:
    """The request that the *line* is; ValueError for any other."""
    return _REQUESTS.decode(line)


def number(line: bytes) -> int:
    """The number of a request, also of a wrong one; ValueError when there is none."""
    return _NUMBER.decode(line).n
