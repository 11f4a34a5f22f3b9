"""Customers: the card every branch holds, how to reach them, what they agreed to, what was noted."""

from collections.abc import Iterable, Mapping
from typing import Any

from peewee import AutoField, BlobField, BooleanField, IntegerField, TextField

from sync.ids import stream_of
from sync.model import IdField, Look, RefField, Synced, everyone, fact, local, lww, sticky, synced

KINDS: tuple[str, ...] = ("individual", "corporate")
CONTACT_KINDS = ("phone", "email")
PURPOSES = ("receipt", "reminder", "greeting", "promotion")
CHANNELS = ("sms",)


@synced
class Customer(Synced):
    """A customer's card.  ``number`` is the customer code people type; ``home_branch`` looks after the person."""

    id = IdField(unique=True)
    rowno = local(AutoField())
    number = lww(TextField(index=True))
    kind = lww(TextField(default="individual"))
    home_branch = lww(RefField("branch", null=True, index=True))
    archived = lww(BooleanField(default=False))
    name = lww(TextField(null=True), personal=True)
    street = lww(TextField(null=True), group="address", personal=True)
    city = lww(TextField(null=True), group="address", personal=True)
    birth_date = lww(TextField(null=True), personal=True)
    caution = lww(TextField(null=True), personal=True)
    stamps = BlobField()

    class Sync:
        code = 20
        audience = staticmethod(everyone)
        regrades = (("home_branch", "sale"), ("home_branch", "customer_note"))

        @staticmethod
        def natural(number: str) -> str:
            return number.strip().upper()


@synced
class ContactPoint(Synced):
    """A phone number (E.164) or e-mail address; ``value_hash`` is keyed, so that equal numbers can be found."""

    id = IdField(primary_key=True)
    customer = lww(RefField("customer", index=True))
    kind = lww(TextField(default="phone"))
    archived = lww(BooleanField(default=False))
    value = lww(TextField(null=True), group="value", personal=True)
    value_hash = lww(BlobField(null=True), group="value", personal=True)
    stamps = BlobField()

    class Sync:
        code = 21
        audience = staticmethod(everyone)


ContactPoint.add_index(ContactPoint.value_hash, ContactPoint.customer, ContactPoint.archived)  # who shares a number


@synced
class Consent(Synced):
    """What a customer agreed to, one row per purpose and channel; on concurrency "no" wins."""

    id = IdField(primary_key=True)
    customer = lww(RefField("customer", index=True))
    purpose = lww(TextField())
    channel = lww(TextField(default="sms"))
    given = sticky(BooleanField(default=False), safe=False)
    stamps = BlobField()

    class Sync:
        code = 22
        audience = staticmethod(everyone)

        @staticmethod
        def natural(customer: bytes, purpose: str, channel: str) -> str:
            return f"{customer.hex()}/{purpose}/{channel}"


def _note_audience(row: Mapping[str, Any], look: Look) -> Iterable[int]:
    customer = look("customer", row["customer"])
    home = customer and customer["home_branch"] and look("branch", customer["home_branch"])
    return {stream_of(row["id"]), home["stream"]} if home else {stream_of(row["id"])}


@synced
class CustomerNote(Synced):
    """Something learnt of a customer: a need, an interaction, a remark.  Grow only."""

    id = IdField(primary_key=True)
    customer = fact(RefField("customer", index=True))
    kind = fact(TextField(default="remark"))
    at = fact(IntegerField(), implied="at")
    author = fact(RefField("user", null=True), implied="actor")
    text = fact(TextField(null=True), personal=True)

    class Sync:
        code = 23
        audience = staticmethod(_note_audience)
