"""Branches and their own settings."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from peewee import BlobField, BooleanField, IntegerField, TextField

from crm.errors import BadBranchCode, BranchCodeTaken
from crm.locations import StockLocation
from crm.reading import dicts
from crm.texts import NAME_MAX, choice, one_line
from sync.errors import N_
from sync.model import IdField, Look, Synced, everyone, hub_only, lww, synced
from sync.unit import Unit

ZONES = {"WIB": "Asia/Jakarta", "WITA": "Asia/Makassar", "WIT": "Asia/Jayapura"}
KINDS = ("outlet", "spa")


@synced
class Branch(Synced):
    """One branch; ``stream`` is its number in every id it makes.  Head office writes, every branch reads."""

    id = IdField(primary_key=True)
    code = lww(TextField(unique=True))
    stream = lww(IntegerField(unique=True))
    name = lww(TextField())
    kind = lww(TextField(default="outlet"))
    zone = lww(TextField(default="WIB"))
    address = lww(TextField(null=True))
    phone = lww(TextField(null=True))
    archived = lww(BooleanField(default=False))
    stamps = BlobField()

    class Sync:
        code = 1
        audience = staticmethod(everyone)
        writers = staticmethod(hub_only)
        owner = "head office"

        @staticmethod
        def natural(code: str) -> str:
            return code.strip().upper()


def _own(row: Mapping[str, Any], look: Look) -> Iterable[int]:
    return (row["stream"],)


@synced
class BranchSetting(Synced):
    """A setting only the branch itself may change (receipt lines, auto-lock); head office reads."""

    id = IdField(primary_key=True)
    stream = lww(IntegerField())
    name = lww(TextField())
    value = lww(TextField(null=True))
    stamps = BlobField()

    class Sync:
        code = 2
        audience = staticmethod(_own)
        writers = staticmethod(_own)
        owner = "the branch itself"

        @staticmethod
        def natural(stream: int, name: str) -> str:
            return f"{stream}/{name}"


HEAD_OFFICE = "HO"  # stands where a branch's code would, for what head office makes itself
OFFSETS_MS = {"WIB": 7 * 3_600_000, "WITA": 8 * 3_600_000, "WIT": 9 * 3_600_000}
_CODE = re.compile(r"[A-Z0-9]{2,6}", re.ASCII)


def by_code(code: str) -> Branch | None:
    """The branch with this code, upper or lower case."""
    return Branch.get_or_none(Branch.code == code.strip().upper())


def by_stream(stream: int) -> Branch | None:
    """The branch with this number; None for head office (0)."""
    return Branch.get_or_none(Branch.stream == stream)


def zone_of(stream: int) -> str:
    """The zone ("WIB", "WITA", "WIT"); head office keeps Jakarta's time."""
    found = dicts("SELECT zone FROM branch WHERE stream = ?", (stream,))
    return str(found[0]["zone"]) if found else "WIB"


def create_branch(unit: Unit, code: str, name: str, *, kind: str, stream: int, zone: str = "WIB") -> bytes:
    """Makes a branch and its stock location "shop"; at head office only.

    Raises BadBranchCode, BranchCodeTaken, BadText, BadChoice.
    """
    upper = code.strip().upper()
    if not _CODE.fullmatch(upper) or upper == HEAD_OFFICE:
        raise BadBranchCode(text=code)
    if by_code(upper):
        raise BranchCodeTaken(text=upper)
    values = {
        "code": upper,
        "stream": stream,
        "name": one_line(name, N_("Name"), NAME_MAX),
        "kind": choice(kind, KINDS, N_("Kind")),
        "zone": choice(zone, tuple(ZONES), N_("Time zone")),
    }
    unit.insert(StockLocation, {"stream": stream, "name": "shop"}, key=(stream, "shop"))
    return unit.insert(Branch, values, key=(upper,))
