"""Carried units made by hand: in order, and with one thing broken."""

from typing import Any

from cabang_forge import SECRET, Forge
from cabang_pair import NOON, Company

from sync import entry, limits, wire
from sync.entry import Former, Header

FIRST = entry.encode_header(Header(entry.UNIT, 1, None, 1, b"former"))
LATER = entry.encode_header(Header(entry.UNIT, 1, None, 1, b""))
OPENING = entry.encode_header(Header(entry.OPEN, NOON, None, 1, b"former", None, 0, b""))
STAMP = NOON << 16
CUSTOMER = wire.encode([1, 20, ["N1", "individual", None, False]])
PERSONAL = [wire.encode([4, 20, 0, ["Sari"]])]


def carried(start: Any = b"former", n: Any = 2, stamp: Any = STAMP, header: Any = LATER, **outer: Any) -> bytes:
    """The header of a carried unit; *outer*: ``actor`` and ``derive`` of the entry that carries it."""
    fields = [entry.CARRIED, 1, outer.get("actor"), outer.get("derive", 0), start, n, stamp, header]
    return wire.encode(fields)


def brought(start: bytes, n: int, header: bytes, stamp: int = STAMP) -> bytes:
    """As ``carried``, through the program's own encoder."""
    return entry.encode_header(Header(entry.CARRIED, 1, None, 0, b"", former=Former(start, n, stamp, header)))


def _nested_without_end() -> bytes:
    """A carried unit in a carried unit, as deep as a header may be long."""
    header = LATER
    while len(header) < 0xFF00:
        header = carried(header=header)
    return header


BROKEN: dict[str, bytes] = {
    "a start of five bytes": carried(start=b"forme"),
    "a start of text": carried(start="former"),
    "unit number none": carried(n=0),
    "a number beyond four bytes": carried(n=limits.UNIT_MAX + 1),
    "a number of text": carried(n="2"),
    "a stamp below zero": carried(stamp=-1),
    "a stamp of text": carried(stamp="0"),
    "a header of text": carried(header="header"),
    "a header of noise": carried(header=b"\xc1"),
    "an opening": carried(n=1, header=OPENING),
    "a carried unit": carried(header=carried()),
    "a carried unit in a carried unit without end": _nested_without_end(),
    "the header of another start": carried(start=b"nobody", n=1, header=FIRST),
    "a first unit without its start": carried(n=1),
    "a later unit with a start": carried(header=FIRST),
    "an actor of its own": carried(actor=bytes(14)),
    "a derivation of its own": carried(derive=1),
    "one field too many": carried()[:1].replace(b"\x98", b"\x99") + carried()[1:] + b"\x00",
}


def unsalted(forge: Forge) -> bytes:
    """A personal op that takes its salt from the segment that carries it."""
    return forge.signed_blindly([[carried(), CUSTOMER, PERSONAL]], secret=SECRET)


def another_unit(company: Company, forge: Forge) -> bytes:
    """The name of a unit that the hub holds, with something else in it."""
    start = company.hub.one("SELECT start FROM entry WHERE stream = 1 ORDER BY epoch, seq LIMIT 1")
    header = entry.encode_header(Header(entry.UNIT, 1, None, 1, start))
    return forge.segment([[brought(start, 1, header), CUSTOMER]])


def its_own_future(company: Company, forge: Forge) -> bytes:
    """The name of the unit that comes next in the very process."""
    data = forge.segment([[forge.header(), CUSTOMER]], follow=True)
    company.hub.exchange._take_group([data], forge.stream)
    data = forge.segment([[brought(forge.start, 3, LATER), CUSTOMER]], follow=True)
    company.hub.exchange._take_group([data], forge.stream)
    return forge.segment([[LATER, CUSTOMER]])


def noise(company: Company, forge: Forge) -> bytes:
    """A unit whose op nobody can read."""
    return forge.segment([[brought(forge.start, 2, LATER), b"\xc1"]])
