"""Transfers: goods on their way from one branch to another, and what both sides say happened to them.

Goods on the way lie *in transit*: a place of their own for each transfer, named by the transfer's id.  One place for
all transfers of a branch would hide a difference behind the opposite difference of another transfer; here what is left
in the place is what nobody has accounted for, and the balance of stock finds it.  The movements of a shop's stock are
written by its own branch: the sender's event takes goods out of its shop, the receiver's puts them into its own.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from peewee import CompositeKey, IntegerField, TextField

from crm.locations import shop_of
from crm.stock.models import StockMovement
from sync import limits
from sync.errors import N_, BadValue
from sync.ids import stream_of
from sync.model import Child, IdField, Look, RefField, Synced, child, derived, derives, fact, synced

SEND, RECEIVE, CANCEL, PUT_BACK, WRITE_OFF = "send", "receive", "cancel", "put_back", "write_off"
OWNED_BY = {SEND: ("sender",), RECEIVE: ("receiver",), PUT_BACK: ("sender",), WRITE_OFF: ("sender",),
            CANCEL: ("sender", "receiver")}  # fmt: skip
MOVES = {SEND: "transfer_out", RECEIVE: "transfer_in", PUT_BACK: "transfer_back", WRITE_OFF: "transfer_lost"}
SHOP, PLACE = 0, 1  # which of a line's two movements


def _streams(transfer: Mapping[str, Any] | None, look: Look, sides: Iterable[str]) -> set[int]:
    found = [look("branch", transfer[side]) for side in sides] if transfer else []
    return {branch["stream"] for branch in found if branch}


def _parties(row: Mapping[str, Any], look: Look) -> Iterable[int]:
    return _streams(row, look, ("sender", "receiver"))


def _check_parties(row: Mapping[str, Any]) -> None:
    if row["sender"] == row["receiver"]:
        raise BadValue(what=N_("a branch sends no goods to itself"))


def _check_lines(transfer: Mapping[str, Any], children: Mapping[str, list[dict[str, Any]]]) -> None:
    if any(not 0 < line["quantity"] <= limits.QUANTITY_MAX for line in children["transfer_line"]):
        raise BadValue(what=N_("a quantity must be above zero and within the limit"))


@synced
class Transfer(Synced):
    """What one branch is asked to send to another, or sends by itself (then without lines of its own)."""

    id = IdField(primary_key=True)
    sender = fact(RefField("branch"))
    receiver = fact(RefField("branch"))
    at = fact(IntegerField(index=True), implied="at")
    actor = fact(RefField("user", null=True), implied="actor")
    note = fact(TextField(null=True))

    class Sync:
        code = 33
        audience = staticmethod(_parties)
        writers = staticmethod(_parties)
        owner = "the branches that send and receive"
        check = staticmethod(_check_parties)
        check_children = staticmethod(_check_lines)


@child(Transfer)
class TransferLine(Child):
    """What was asked for."""

    transfer = fact(RefField("transfer"))
    line = fact(IntegerField())
    product = fact(RefField("product"))
    quantity = fact(IntegerField())

    class Sync:
        code = 34

    class Meta:
        primary_key = CompositeKey("transfer", "line")
        without_rowid = True


def _told_to(row: Mapping[str, Any], look: Look) -> Iterable[int]:
    return _streams(look("transfer", row["transfer"]), look, ("sender", "receiver"))


def _acting(row: Mapping[str, Any], look: Look) -> Iterable[int]:
    """Who may say this; of a transfer not held anybody, for then it is the transfer that is missing."""
    transfer = look("transfer", row["transfer"])
    return _streams(transfer, look, OWNED_BY.get(row["kind"], ())) if transfer else (stream_of(row["id"]),)


def _check_kind(row: Mapping[str, Any]) -> None:
    if row["kind"] not in OWNED_BY:
        raise BadValue(what=N_("unknown kind of event"))


def _check_moved(event: Mapping[str, Any], children: Mapping[str, list[dict[str, Any]]]) -> None:
    """Goods sent and received are counted upwards; a correction may go either way; a cancellation moves nothing."""
    kind, lines = event["kind"], children["transfer_event_line"]
    least = 1 if kind in (SEND, RECEIVE) else -limits.QUANTITY_MAX
    wrong = any(not least <= line["quantity"] <= limits.QUANTITY_MAX for line in lines)
    if wrong or (lines and kind == CANCEL):
        raise BadValue(what=N_("a quantity does not fit the event"))


@synced
class TransferEvent(Synced):
    """What happened to a transfer.  ``quantity`` of a line: how much leaves the place in transit (enters it: send)."""

    id = IdField(primary_key=True)
    transfer = fact(RefField("transfer", index=True))
    kind = fact(TextField())
    at = fact(IntegerField(), implied="at")
    actor = fact(RefField("user", null=True), implied="actor")
    note = fact(TextField(null=True))

    class Sync:
        code = 35
        audience = staticmethod(_told_to)
        writers = staticmethod(_acting)
        owner = "the branch whose goods they are"
        seen = "transfer_seen"
        check = staticmethod(_check_kind)
        check_children = staticmethod(_check_moved)


@child(TransferEvent)
class TransferEventLine(Child):
    """How much of a product."""

    transfer_event = fact(RefField("transfer_event"))
    line = fact(IntegerField())
    product = fact(RefField("product"))
    quantity = fact(IntegerField())

    class Sync:
        code = 36

    class Meta:
        primary_key = CompositeKey("transfer_event", "line")
        without_rowid = True


@child(TransferEvent)
class TransferSeen(Child):
    """An event about the same transfer that the writer had seen, and nobody named yet."""

    transfer_event = fact(RefField("transfer_event"))
    line = fact(IntegerField())
    event = fact(RefField("transfer_event"))

    class Sync:
        code = 37

    class Meta:
        primary_key = CompositeKey("transfer_event", "line")
        without_rowid = True


derived((TransferEvent,))(StockMovement)


@derives(TransferEvent, version=1)
def movements_of_event(
    event: Mapping[str, Any], children: Mapping[str, list[dict[str, Any]]]
) -> Iterable[tuple[str, tuple[Any, ...]]]:
    """Two movements for each line, between the writer's shop and the place in transit; one for what is written off."""
    kind, shop, place = event["kind"], shop_of(stream_of(event["id"])), event["transfer"]
    for line in children["transfer_event_line"]:
        into_shop = -line["quantity"] if kind == SEND else line["quantity"]
        moved = [(SHOP, shop, into_shop)] if kind != WRITE_OFF else []
        for number, location, quantity in [*moved, (PLACE, place, -into_shop)]:
            row = (event["id"], line["line"], number, line["product"], location, event["at"], quantity, MOVES[kind])
            yield "stock_movement", row
