"""Shifts at a till: opened with a float, cash put in and taken out, closed by counting.  Nothing in them is personal.

Which sales a shift holds is derived, never written: those of its till whose number lies between the first number still
free when it was opened and the last one given when it was closed.  A till numbers its receipts itself, one after the
other, so this is the order of its own log, whatever its clock said.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from peewee import IntegerField, TextField

from sync import limits
from sync.errors import N_, BadValue
from sync.ids import stream_of
from sync.model import IdField, Look, RefField, Synced, fact, making_branch, synced

IN, OUT = "in", "out"
TILL_MAX = 99
EXPECTED_MAX = 1_000 * limits.RUPIAH_MAX  # a drawer's sum may be beyond what one amount may be


def _check_shift(row: Mapping[str, Any]) -> None:
    _must(0 <= row["opening"] <= limits.RUPIAH_MAX)
    _must(1 <= row["till"] <= TILL_MAX and min(row["number"], row["receipts_from"]) >= 1)


def _check_move(row: Mapping[str, Any]) -> None:
    _must(row["kind"] in (IN, OUT) and 1 <= row["amount"] <= limits.RUPIAH_MAX)


def _check_close(row: Mapping[str, Any]) -> None:
    _must(0 <= row["counted"] <= limits.RUPIAH_MAX)
    _must(abs(row["expected"]) <= EXPECTED_MAX and row["receipts_to"] >= 0)


def _must(is_so: bool) -> None:
    if not is_so:
        raise BadValue(what=N_("a shift that no till can have"))


def _of_shift(row: Mapping[str, Any], look: Look) -> Iterable[int]:
    shift = look("shift", row["shift"])
    return (shift["stream"] if shift else stream_of(row["id"]),)


@synced
class Shift(Synced):
    """A till was opened with ``opening`` rupiah in its drawer; ``number`` counts per branch and till.

    ``receipts_from``: the number its first sale gets.
    """

    id = IdField(primary_key=True)
    stream = fact(IntegerField(), implied="stream")
    till = fact(IntegerField(default=1))
    number = fact(IntegerField())
    opening = fact(IntegerField())
    receipts_from = fact(IntegerField())
    at = fact(IntegerField(index=True), implied="at")
    actor = fact(RefField("user", null=True), implied="actor")

    class Sync:
        code = 60
        audience = staticmethod(making_branch)
        check = staticmethod(_check_shift)

    class Meta:
        indexes = ((("stream", "till", "receipts_from"), False),)


@synced
class CashMove(Synced):
    """Cash put into the drawer (``kind`` "in") or taken out of it ("out") without a sale, and why."""

    id = IdField(primary_key=True)
    shift = fact(RefField("shift", index=True))
    kind = fact(TextField())
    amount = fact(IntegerField())
    reason = fact(TextField())
    at = fact(IntegerField(), implied="at")
    actor = fact(RefField("user", null=True), implied="actor")

    class Sync:
        code = 61
        audience = staticmethod(making_branch)
        writers = staticmethod(_of_shift)
        owner = "the branch of the till"
        check = staticmethod(_check_move)


@synced
class ShiftClose(Synced):
    """A drawer was counted: ``counted`` rupiah lay there, ``expected`` is what the books said at this very entry.

    One computer closes a shift once.  Two copies of a branch's database may each close it: the earlier one counts.
    ``receipts_to``: the number of the till's last sale.
    """

    id = IdField(primary_key=True)
    shift = fact(RefField("shift", index=True))
    counted = fact(IntegerField())
    expected = fact(IntegerField())
    receipts_to = fact(IntegerField())
    at = fact(IntegerField(), implied="at")
    actor = fact(RefField("user", null=True), implied="actor")

    class Sync:
        code = 62
        audience = staticmethod(making_branch)
        writers = staticmethod(_of_shift)
        owner = "the branch of the till"
        check = staticmethod(_check_close)
