"""The outbox: what is to be said to customers by SMS, made in the same unit of work as its cause."""

from collections.abc import Iterable, Mapping
from typing import Any

from peewee import IntegerField, TextField

from crm import phones
from crm.texts import choice, paragraph
from sync.errors import N_, invariant
from sync.model import IdField, Look, RefField, Synced, fact, synced
from sync.unit import Unit

KINDS = ("receipt", "reminder", "greeting", "promotion", "staff")


def _owner(row: Mapping[str, Any], look: Look) -> Iterable[int]:
    return (row["owner"],)


@synced
class Message(Synced):
    """One message; its id comes from its cause (receipt of sale …), so that no cause makes two.

    ``owner``: number of the one branch that sends it.  ``not_before`` and ``expires`` in ms UTC.
    """

    id = IdField(primary_key=True)
    owner = fact(IntegerField())
    kind = fact(TextField())
    cause = fact(TextField())
    customer = fact(RefField("customer", null=True, index=True))
    at = fact(IntegerField(), implied="at")
    not_before = fact(IntegerField(null=True))
    expires = fact(IntegerField(null=True))
    recipient = fact(TextField(null=True), personal=True)
    text = fact(TextField(null=True), personal=True)

    class Sync:
        code = 50
        audience = staticmethod(_owner)
        writers = staticmethod(_owner)
        owner = "the branch that sends it"

        @staticmethod
        def natural(kind: str, cause: str) -> str:
            return f"{kind}/{cause}"


_TEXT_MAX = 1_000


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
        "text": paragraph(text, N_("Text"), _TEXT_MAX),
    }
    return unit.insert(Message, values, key=(kind, cause))
