"""Vouchers: prepaid uses that head office issues, and branches take without asking as far as they were granted some.

The policy of their uses is escrow: see ``sync.escrow`` for its law.  None of it says anything of a person.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from peewee import BlobField, BooleanField, IntegerField, TextField

from sync import entry, escrow, limits
from sync.errors import N_, BadValue
from sync.model import HUB, IdField, Look, RefField, Synced, everyone, fact, hub_only, lww, making_branch, synced

_OF_A_BRANCH = ((("voucher", "stream", "epoch"), False),)


def _check_issued(row: Mapping[str, Any]) -> None:
    if not 0 <= row["issued"] <= limits.QUANTITY_MAX:
        raise BadValue(what=N_("a number of uses lies outside the limit"))


def _check_step(row: Mapping[str, Any]) -> None:
    """A step takes something; a grant may also say only how much to keep."""
    least = 0 if row.get("keep") is not None else 1
    if not least <= row["quantity"] <= limits.QUANTITY_MAX:
        raise BadValue(what=N_("a number of uses lies outside the limit"))
    if len(row["epoch"]) != entry.EPOCH_BYTES:
        raise BadValue(what=N_("uses of nobody knows when"))


def _its_branch(row: Mapping[str, Any], look: Look) -> Iterable[int]:
    return (row["stream"],)


def _head_office(row: Mapping[str, Any], look: Look) -> Iterable[int]:
    return (HUB,)


@synced
class Voucher(Synced):
    """A kind of voucher; ``issued``: how many uses of it there are in all."""

    id = IdField(primary_key=True)
    code = lww(TextField(index=True))
    name = lww(TextField())
    issued = lww(IntegerField())
    archived = lww(BooleanField(default=False))
    stamps = BlobField()

    class Sync:
        code = 70
        audience = staticmethod(everyone)
        writers = staticmethod(hub_only)
        owner = "head office"
        check = staticmethod(_check_issued)


@escrow.step("voucher", escrow.GRANT)
@synced
class VoucherGrant(Synced):
    """Uses that a branch may take in ``epoch``; with ``keep``, how many it is to keep at most.  ``ask``: its answer."""

    id = IdField(primary_key=True)
    voucher = fact(RefField("voucher"))
    stream = fact(IntegerField())
    epoch = fact(BlobField())
    quantity = fact(IntegerField())
    keep = fact(IntegerField(null=True))
    ask = fact(IdField(null=True, index=True))
    at = fact(IntegerField(), implied="at")
    actor = fact(RefField("user", null=True), implied="actor")

    class Sync:
        code = 71
        audience = staticmethod(_its_branch)
        writers = staticmethod(hub_only)
        owner = "head office"
        check = staticmethod(_check_step)

    class Meta:
        indexes = _OF_A_BRANCH


@escrow.step("voucher", escrow.SPEND)
@synced
class VoucherUse(Synced):
    """Uses taken by a customer at a branch, of what it was granted in ``epoch``."""

    id = IdField(primary_key=True)
    voucher = fact(RefField("voucher"))
    stream = fact(IntegerField(), implied="stream")
    epoch = fact(BlobField())
    quantity = fact(IntegerField())
    at = fact(IntegerField(), implied="at")
    actor = fact(RefField("user", null=True), implied="actor")

    class Sync:
        code = 72
        audience = staticmethod(making_branch)
        check = staticmethod(_check_step)

    class Meta:
        indexes = _OF_A_BRANCH


@escrow.step("voucher", escrow.GIVE_BACK)
@synced
class VoucherReturn(Synced):
    """Uses that a branch gives back to head office, unused."""

    id = IdField(primary_key=True)
    voucher = fact(RefField("voucher"))
    stream = fact(IntegerField(), implied="stream")
    epoch = fact(BlobField())
    quantity = fact(IntegerField())
    at = fact(IntegerField(), implied="at")
    actor = fact(RefField("user", null=True), implied="actor")

    class Sync:
        code = 73
        audience = staticmethod(making_branch)
        check = staticmethod(_check_step)

    class Meta:
        indexes = _OF_A_BRANCH


@escrow.step("voucher", escrow.WRITE_OFF)
@synced
class VoucherLoss(Synced):
    """The loss account: uses of an epoch that is over, of which head office bears that they may have been taken."""

    id = IdField(primary_key=True)
    voucher = fact(RefField("voucher"))
    stream = fact(IntegerField())
    epoch = fact(BlobField())
    quantity = fact(IntegerField())
    at = fact(IntegerField(), implied="at")
    actor = fact(RefField("user", null=True), implied="actor")

    class Sync:
        code = 74
        audience = staticmethod(_head_office)
        writers = staticmethod(hub_only)
        owner = "head office"
        check = staticmethod(_check_step)

    class Meta:
        indexes = _OF_A_BRANCH


@synced
class VoucherAsk(Synced):
    """A branch asks for uses, in the epoch in which it would take them."""

    id = IdField(primary_key=True)
    voucher = fact(RefField("voucher"))
    stream = fact(IntegerField(), implied="stream")
    epoch = fact(BlobField())
    quantity = fact(IntegerField())
    at = fact(IntegerField(), implied="at")
    actor = fact(RefField("user", null=True), implied="actor")

    class Sync:
        code = 75
        audience = staticmethod(making_branch)
        check = staticmethod(_check_step)

    class Meta:
        indexes = _OF_A_BRANCH
