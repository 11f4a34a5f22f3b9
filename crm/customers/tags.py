"""What a customer is interested in: words on the card, put there and taken off at any branch.

A word is about goods or habits, not about the person: it travels and stays like a purchase, without the name.
"""

from collections.abc import Sequence

from peewee import BlobField, BooleanField, TextField

from crm.customers.models import Customer
from crm.errors import UnknownCustomer
from crm.texts import one_line
from sync.database import database
from sync.errors import N_
from sync.model import IdField, RefField, Synced, everyone, lww, member, natural_id, synced
from sync.unit import Unit

TAG_MAX = 40
_OF_CUSTOMER = "SELECT tag FROM customer_tag WHERE customer = ? AND listed ORDER BY tag"
_KNOWN = "SELECT tag FROM customer_tag WHERE listed GROUP BY tag ORDER BY count(*) DESC, tag LIMIT ?"


@synced
class CustomerTag(Synced):
    """One interest of one customer; two branches that write the same word make one row, and adding wins."""

    id = IdField(primary_key=True)
    customer = lww(RefField("customer", index=True))
    tag = lww(TextField())
    listed = member(BooleanField(default=True))
    stamps = BlobField()

    class Sync:
        code = 24
        audience = staticmethod(everyone)

        @staticmethod
        def natural(customer: bytes, tag: str) -> str:
            return f"{customer.hex()}/{tag}"


CustomerTag.add_index(CustomerTag.tag, where=CustomerTag.listed)


def clean(text: str) -> str:
    """*text* as a word of the list: small letters, single spaces; raises BadText when empty or over TAG_MAX."""
    return one_line(text, N_("Interest"), TAG_MAX).lower()


def add(unit: Unit, customer: bytes, text: str) -> str:
    """Puts a word on the card, and gives it as it stands there; raises UnknownCustomer, BadText."""
    if unit.get(Customer, customer) is None:
        raise UnknownCustomer
    tag = clean(text)
    unit.insert(CustomerTag, {"customer": customer, "tag": tag, "listed": True}, key=(customer, tag))
    return tag


def remove(unit: Unit, customer: bytes, tag: str) -> bool:
    """Takes a word off the card; False when it did not stand there."""
    row = natural_id("customer_tag", customer, tag)
    return unit.get(CustomerTag, row) is not None and unit.set(CustomerTag, row, {"listed": False})


def of_customer(customer: bytes) -> list[str]:
    """The customer's interests, in the order of the alphabet."""
    return [tag for (tag,) in database.connection().execute(_OF_CUSTOMER, (customer,))]


def known(limit: int) -> Sequence[str]:
    """The words used most, at most *limit*: what is offered while somebody types."""
    return [tag for (tag,) in database.connection().execute(_KNOWN, (limit,))]
