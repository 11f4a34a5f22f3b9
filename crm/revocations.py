"""Withdrawing the key of a branch's computer: one that was stolen, lost or sold must not speak for the branch."""

from collections.abc import Iterable, Mapping
from typing import Any

from peewee import IntegerField

from crm.errors import NoKeyToWithdraw
from crm.reading import dicts
from sync.model import HUB, IdField, Look, RefField, Synced, fact, hub_only, synced
from sync.unit import Unit


def _head_office(row: Mapping[str, Any], look: Look) -> Iterable[int]:
    return (HUB,)


@synced
class Revocation(Synced):
    """Who withdrew which of a branch's keys, and when.  ``serial``: the certificate's; ``last``: the last entry that
    counts.
    """

    id = IdField(primary_key=True)
    branch = fact(RefField("branch", index=True))
    serial = fact(IntegerField())
    last = fact(IntegerField())
    at = fact(IntegerField(), implied="at")
    author = fact(RefField("user", null=True), implied="actor")

    class Sync:
        code = 5
        audience = staticmethod(_head_office)
        writers = staticmethod(hub_only)
        owner = "head office"


_IN_FORCE = (
    "SELECT s.code, c.serial, c.withdrawn FROM branch b JOIN stream s ON s.stream = b.stream "
    "LEFT JOIN certificate c ON c.stream = s.stream WHERE b.id = ? ORDER BY c.serial DESC LIMIT 1"
)
_LAST = (
    "SELECT r.at, r.last, u.name AS author FROM revocation r LEFT JOIN user u ON u.id = r.author "
    "WHERE r.branch = ? ORDER BY r.at DESC LIMIT 1"
)


def revoke(unit: Unit, branch: bytes) -> int:
    """Withdraws the key of the branch's computer, at head office only; the last of its entries that counts.

    Raises NoKeyToWithdraw when no computer has one.
    """
    ((code, serial, withdrawn),) = unit.query(_IN_FORCE, (branch,))
    if serial is None or withdrawn is not None:
        raise NoKeyToWithdraw(code=code)
    last = unit.withdraw_certificate(unit.query("SELECT stream FROM branch WHERE id = ?", (branch,))[0][0])
    unit.insert(Revocation, {"branch": branch, "serial": serial, "last": last})
    return last


def last_of(branch: bytes) -> dict[str, Any] | None:
    """``at`` (ms UTC), ``last`` and ``author`` (a name or None) of a branch's last revocation; None without one."""
    return next(iter(dicts(_LAST, (branch,))), None)
