"""The receipt by SMS: queued in the unit of its sale, for customers who agreed to receipts."""

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from branch_node import sms_texts
from crm import messages, phones
from crm.errors import BadPhone, BadText
from crm.messages import Message
from crm.sms_recipients import Recipient, who_agreed
from sync.unit import Unit
from ui import formats
from ui.formats import DAY_MS

if TYPE_CHECKING:
    from branch_node.node import BranchNode

KIND = "receipt"
LATE_MS = DAY_MS  # nobody wants yesterday's receipt


def queue(node: "BranchNode", unit: Unit, sale: bytes, customer: bytes | None, receipt: str, total: int) -> None:
    """Queues the SMS of *sale* (receipt number *receipt*, *total* in rupiah) when the customer wants one.

    A number or name that cannot be used leaves the sale without an SMS: the sale comes first.
    """
    reached = who_agreed(unit, customer, KIND) if customer else None
    if reached is None:
        return
    text = _text(node, reached, receipt, total)
    with suppress(BadPhone, BadText):  # both are raised before anything is written
        messages.queue(
            unit,
            kind=KIND,
            cause=sale.hex(),
            recipient=reached.phone,
            text=text,
            customer=reached.customer,
            expires=unit.stamp_ms + LATE_MS,
        )


def _text(node: "BranchNode", reached: Recipient, receipt: str, total: int) -> str:
    language = sms_texts.language_of(node.stream)
    fields = {
        "shop": sms_texts.shop_name(node.stream, node.code),
        "name": sms_texts.addressed(reached.name, language),
        "receipt": receipt,
        "amount": formats.rupiah(total, language),
    }
    return sms_texts.compose("receipt", language, fields)


def sent_to(sale: bytes) -> str:
    """The number, half hidden, to which the receipt of *sale* goes by SMS; empty when it does not."""
    message: Any = Message.get_or_none((Message.kind == KIND) & (Message.cause == sale.hex()))
    return phones.half_masked(message.recipient) if message and message.recipient else ""
