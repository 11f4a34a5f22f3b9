"""The outbox: what is to be said to customers by SMS, made in the same unit of work as its cause.

The SMS daemon reads ``message`` and ``message_order`` and never writes them; what became of a message, and what
customers answered, comes back from its ledger as facts (``crm.sms_facts``).
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from peewee import AutoField, BlobField, IntegerField, TextField

from crm import phones
from crm.errors import NotToBeSentAgain, TooLateToCancel
from crm.texts import choice, paragraph
from sync.errors import N_, NoSuchRow, invariant
from sync.model import IdField, Look, RefField, Synced, fact, local, synced
from sync.rights import Query
from sync.unit import Unit

KINDS = ("staff", "notice", "receipt", "reminder", "greeting", "promotion")
PURPOSE_OF = {"receipt": "receipt", "reminder": "reminder", "greeting": "greeting", "promotion": "promotion"}
RESEND, CANCEL = "resend", "cancel"
WAITING = "waiting"  # the word for a message of which no fact has come back yet
DONE = ("sent", "delivered", "no_report")
OPEN = (WAITING, "held")
TEXT_MAX = 1_000
_QUEUED = "SELECT id FROM message WHERE kind = ? AND cause = ? AND owner = ?"
_ORDERED = "SELECT id FROM message_order WHERE message = ? AND action = ? AND ledger = ? AND answers = ?"
_NEWEST = "SELECT state, ledger, position FROM message_state WHERE message = ? ORDER BY at DESC, position DESC LIMIT 1"


def _owner(row: Mapping[str, Any], look: Look) -> Iterable[int]:
    return (row["owner"],)


class _OwnersAlone:
    """Written and held by the branch that sends; head office reads."""

    audience = staticmethod(_owner)
    writers = staticmethod(_owner)
    owner = "the branch that sends it"


@synced
class Message(Synced):
    """One message.  ``cause``: what it is about (receipt of sale …); of one cause a branch queues no second one.

    Two copies of a branch's database may: that makes two messages, and neither keeps the other's unit from counting.
    ``owner``: number of the one branch that sends it.  ``not_before`` and ``expires`` in ms UTC.
    """

    id = IdField(unique=True)
    rowno = local(AutoField())
    owner = fact(IntegerField())
    kind = fact(TextField())
    cause = fact(TextField())
    customer = fact(RefField("customer", null=True, index=True))
    at = fact(IntegerField(), implied="at")
    not_before = fact(IntegerField(null=True))
    expires = fact(IntegerField(null=True))
    recipient = fact(TextField(null=True), personal=True)
    text = fact(TextField(null=True), personal=True)

    class Sync(_OwnersAlone):
        code = 50

    class Meta:
        indexes = ((("kind", "cause"), False),)


@synced
class MessageOrder(Synced):
    """What a person decided about a message: ``action`` RESEND (one that is unknown or failed) or CANCEL.

    ``ledger`` and ``answers`` name the state it answers (empty and 0: none yet), so that two who press make one order.
    """

    id = IdField(unique=True)
    rowno = local(AutoField())
    owner = fact(IntegerField())
    message = fact(RefField("message", index=True))
    action = fact(TextField())
    ledger = fact(BlobField(default=b""))
    answers = fact(IntegerField(default=0))
    at = fact(IntegerField(), implied="at")
    actor = fact(RefField("user", null=True), implied="actor")

    class Sync(_OwnersAlone):
        code = 51


@synced
class MessageState(Synced):
    """What became of a message: fact number ``position`` of the SMS ledger ``ledger``; the highest one counts.

    ``state`` and ``reason`` are the daemon's words for programs; ``parts`` counts what was or would be submitted.
    """

    id = IdField(primary_key=True)
    owner = fact(IntegerField())
    ledger = fact(BlobField())
    position = fact(IntegerField())
    message = fact(RefField("message"))
    state = fact(TextField())
    reason = fact(TextField(null=True))
    parts = fact(IntegerField(default=0))
    at = fact(IntegerField())

    class Sync(_OwnersAlone):
        code = 52

        @staticmethod
        def natural(ledger: bytes, position: int) -> str:
            return f"{ledger.hex()}/{position}"

    class Meta:
        indexes = ((("message", "at", "position"), False),)


@synced
class InboundMessage(Synced):
    """An SMS that came in at a branch's modem; ``sent_at`` is the operator's time, ms UTC."""

    id = IdField(primary_key=True)
    owner = fact(IntegerField())
    ledger = fact(BlobField())
    position = fact(IntegerField())
    at = fact(IntegerField(index=True))
    sent_at = fact(IntegerField(null=True))
    modem = fact(TextField(null=True))
    sender = fact(TextField(null=True), personal=True)
    text = fact(TextField(null=True), personal=True)

    class Sync(_OwnersAlone):
        code = 53

        @staticmethod
        def natural(ledger: bytes, position: int) -> str:
            return f"{ledger.hex()}/{position}"


def queue(
    unit: Unit,
    *,
    kind: str,
    cause: str,
    recipient: str,
    text: str,
    customer: bytes | None = None,
    not_before: int | None = None,
    expires: int | None = None,
) -> bytes:
    """Puts a message into this branch's outbox; a second one for the same *cause* is the first.

    *cause* names what it is about ("sale 0001…"); *not_before* and *expires* in ms UTC.  Raises BadChoice, BadPhone,
    BadText.
    """
    invariant(expires is None or (not_before or 0) < expires, "a message may be sent before it expires")
    values = {
        "owner": unit.stream,
        "kind": choice(kind, KINDS, N_("Kind")),
        "cause": cause,
        "customer": customer,
        "not_before": not_before,
        "expires": expires,
        "recipient": phones.normalise(recipient),
        "text": paragraph(text, N_("Text"), TEXT_MAX),
    }
    queued = queued_for(unit.query, unit.stream, kind, cause)
    return queued if queued is not None else unit.insert(Message, values)


def queued_for(query: Query, owner: int, kind: str, cause: str) -> bytes | None:
    """The message that branch number *owner* has queued for this cause; None when there is none."""
    return next((bytes(found) for (found,) in query(_QUEUED, (kind, cause, owner))), None)


def resend(unit: Unit, message: bytes) -> bytes:
    """Has a message sent again that is unknown, failed or expired, or lets go one that is held; a person decides that.

    Raises NoSuchRow, NotToBeSentAgain.
    """
    known = _state(unit, message)
    if known.state in DONE or known.state == WAITING:
        raise NotToBeSentAgain
    return _order(unit, message, RESEND, known)


def cancel(unit: Unit, message: bytes) -> bytes:
    """Takes back a message that is not on its way yet, or not yet again.  Raises NoSuchRow, TooLateToCancel."""
    known = _state(unit, message)
    if known.state not in OPEN and not unit.query(_ORDERED, (message, RESEND, known.ledger, known.position)):
        raise TooLateToCancel
    return _order(unit, message, CANCEL, known)


class _Known(NamedTuple):
    """What is known of a message, and which fact of which ledger said so."""

    state: str
    ledger: bytes = b""
    position: int = 0


def _order(unit: Unit, message: bytes, action: str, known: _Known) -> bytes:
    found = unit.query(_ORDERED, (message, action, known.ledger, known.position))
    answered = {"ledger": known.ledger, "answers": known.position}
    values = {"owner": unit.stream, "message": message, "action": action, **answered}
    return bytes(found[0][0]) if found else unit.insert(MessageOrder, values)


def _state(unit: Unit, message: bytes) -> _Known:
    if unit.get(Message, message) is None:
        raise NoSuchRow(what="message")
    return next((_Known(*row) for row in unit.query(_NEWEST, (message,))), _Known(WAITING))
