"""Writing what happens to a transfer, at the branch in whose hands the goods are."""

from collections.abc import Sequence

from crm.errors import BadQuantity, NoLines, TooManyLines, UnknownProduct
from crm.texts import choice, optional
from crm.transfers.errors import MoreThanLeft, NotYourStep, StepPassed, UnknownPartner
from crm.transfers.lists import Shown, read
from crm.transfers.models import (
    CANCEL,
    OWNED_BY,
    RECEIVE,
    SEND,
    Transfer,
    TransferEvent,
    TransferEventLine,
    TransferLine,
    TransferSeen,
)
from crm.transfers.rules import CORRECTIONS, Moved
from sync import limits
from sync.errors import N_
from sync.unit import Unit

_BRANCH = "SELECT stream FROM branch WHERE id = ? AND NOT archived"
_HERE = "SELECT id FROM branch WHERE stream = ?"


def request(unit: Unit, sender: bytes, lines: Sequence[Moved], note: str | None = None) -> bytes:
    """This branch asks the branch *sender* for goods; the transfer's id.

    Raises UnknownPartner, NoLines, TooManyLines, BadQuantity, UnknownProduct, BadText.
    """
    here = _partner(unit, sender)
    asked = [{"product": line.product, "quantity": line.quantity} for line in _checked(unit, lines, 1)]
    values = {"sender": sender, "receiver": here, "note": optional(note, N_("Note"))}
    return unit.insert(Transfer, values, children={TransferLine: asked})


def send_new(unit: Unit, receiver: bytes, lines: Sequence[Moved], note: str | None = None) -> bytes:
    """Goods leave this branch for *receiver*, which had not asked; the transfer's id.  Raises as ``request`` does."""
    values = {"sender": _partner(unit, receiver), "receiver": receiver}
    transfer = unit.insert(Transfer, values)
    send(unit, transfer, lines, note)
    return transfer


def send(unit: Unit, transfer: bytes, lines: Sequence[Moved], note: str | None = None) -> bytes:
    """Goods leave this branch.  Raises UnknownTransfer, NotYourStep, StepPassed and what ``request`` raises."""
    return _say(unit, read(unit.query, transfer), SEND, _checked(unit, lines, 1), note)


def receive(unit: Unit, transfer: bytes, lines: Sequence[Moved], note: str | None = None) -> bytes:
    """Goods have arrived; lines of nothing are left out, and all may be: nothing came.  Raises as ``send`` does."""
    came = [line for line in lines if line.quantity]
    return _say(unit, read(unit.query, transfer), RECEIVE, _checked(unit, came, 1) if came else [], note)


def cancel(unit: Unit, transfer: bytes, note: str | None = None) -> bytes:
    """The goods are not wanted, or not to be had.  Raises UnknownTransfer, NotYourStep, StepPassed, BadText."""
    return _say(unit, read(unit.query, transfer), CANCEL, [], note)


def settle(unit: Unit, transfer: bytes, kind: str, lines: Sequence[Moved], note: str | None = None) -> bytes:
    """What is left is put back into the sender's shop (*kind* "put_back") or written off ("write_off").

    Lines, one for each product, say how much of what is left, or of what is too much (below zero).  Raises
    MoreThanLeft, BadChoice and what ``send`` raises.
    """
    shown = read(unit.query, transfer)
    left = {one.product: one.rest for one in shown.accounts}
    for place, (product, quantity) in enumerate(lines, 1):
        rest = left.pop(product, 0)
        if not 0 < quantity <= rest and not rest <= quantity < 0:
            raise MoreThanLeft(quantity=quantity, line=place)
    return _say(unit, shown, choice(kind, CORRECTIONS, N_("Kind")), _checked(unit, lines, -limits.QUANTITY_MAX), note)


def _say(unit: Unit, shown: Shown, kind: str, lines: Sequence[Moved], note: str | None) -> bytes:
    streams = {"sender": shown.sender.stream, "receiver": shown.receiver.stream}
    if unit.stream not in [streams[side] for side in OWNED_BY[kind]]:
        raise NotYourStep
    if not shown.may(kind):
        raise StepPassed
    values = {"transfer": shown.id, "kind": kind, "note": optional(note, N_("Note"))}
    moved = [{"product": line.product, "quantity": line.quantity} for line in lines]
    seen = [{"event": event} for event in sorted(shown.tips)]
    return unit.insert(TransferEvent, values, children={TransferEventLine: moved, TransferSeen: seen})


def _partner(unit: Unit, partner: bytes) -> bytes:
    """The id of this branch, when goods can go between it and *partner*."""
    here = unit.query(_HERE, (unit.stream,))
    there = unit.query(_BRANCH, (partner,))
    if not here or not there or there[0][0] == unit.stream:
        raise UnknownPartner
    return bytes(here[0][0])


def _checked(unit: Unit, lines: Sequence[Moved], least: int) -> Sequence[Moved]:
    if not lines:
        raise NoLines
    if len(lines) > limits.OP_ROWS_MAX:
        raise TooManyLines(count=len(lines), limit=limits.OP_ROWS_MAX)
    for place, (product, quantity) in enumerate(lines, 1):
        if type(quantity) is not int or not least <= quantity <= limits.QUANTITY_MAX:
            raise BadQuantity(quantity=quantity, line=place)
        if not unit.query("SELECT 1 FROM item WHERE id = ? AND kind = 'goods'", (product,)):
            raise UnknownProduct
    return lines
