"""The messages on the SIM, as gammu reads them."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from .refusal import Refusal

_EMPTY = {"ERR_EMPTY", "ERR_INVALIDLOCATION"}
_UNREADABLE = {*_EMPTY, "ERR_CORRUPTED", "ERR_INVALIDDATA"}

Call = Callable[..., Any]  # a method of gammu's by its name, and its arguments; Refusal when the modem says no


def optional(call: Call, name: str, **named: Any) -> Any:
    """What gammu's method says; None when the modem does not know it."""
    try:
        return call(name, **named)
    except Refusal as refusal:
        if refusal.gone:
            raise
        return None


def use(call: Call) -> dict[str, int | None]:
    """How many messages lie on the SIM, and how many have room; None for what the modem does not tell."""
    status = optional(call, "GetSMSStatus") or {}
    return {"sim_used": status.get("SIMUsed"), "sim_size": status.get("SIMSize")}


def entries(call: Call, sim_used: int | None, sim_size: int | None) -> Iterator[dict[str, Any]]:
    """Everything on the SIM.  What gammu cannot read hides the next one, so the places behind it are tried in turn."""
    found, place = 0, 0
    where: dict[str, Any] = {"Start": True}
    while True:
        try:
            entry = call("GetNextSMS", Folder=0, **where)[0]
        except Refusal as refusal:
            if refusal.error not in _UNREADABLE:
                raise
            if found >= (sim_used or 0) or place >= (sim_size or 0):
                return
            place += 1
        else:
            yield entry
            found, place = found + 1, entry["Location"]
        where = {"Location": place}


def delete(call: Call, places: Iterable[int]) -> None:
    """Frees *places*; one that is empty stays so."""
    for place in places:
        try:
            call("DeleteSMS", Folder=0, Location=place)
        except Refusal as refusal:
            if refusal.error not in _EMPTY:
                raise
