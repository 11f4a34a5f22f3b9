"""Birthday greetings by SMS: one a year to each number, from the customer's home branch.

Looked for every hour, so that a PC switched on late still greets; a cause of its own per year and number keeps it to
one message.
"""

from calendar import isleap
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

from branch_node import sms_texts
from crm import messages, phones
from crm.branches import OFFSETS_MS
from crm.errors import BadPhone, BadText
from crm.jobs import Job
from crm.sms_recipients import Recipient, born_on
from sync.unit import Unit
from ui.formats import DAY_MS

KIND = "greeting"
EVERY_MS = 3_600_000
UNIT_MESSAGES = 100
EPOCH = date(1970, 1, 1)


def greet(node: Any) -> None:
    """Queues today's greetings of the branch *node*; each expires when the day at the branch ends."""
    day, ends = _today(node.clock.now_ms(), node.zone)
    found = born_on(node.branch_id, birthdays(day)) if node.branch_id else []
    for first in range(0, len(found), UNIT_MESSAGES):
        with node.journal.unit() as unit:
            for recipient in found[first : first + UNIT_MESSAGES]:
                _queue(node, unit, recipient, f"{day.year}", ends)


def birthdays(day: date) -> tuple[str, ...]:
    """The birthdays kept on *day*: who was born on 29 February keeps the 28th in other years."""
    spelt = (f"{day:%m-%d}",)
    return (*spelt, "02-29") if spelt == ("02-28",) and not isleap(day.year) else spelt


def _today(now_ms: int, zone: str) -> tuple[date, int]:
    """The day it is in *zone*, and the ms UTC at which it ends."""
    days = (now_ms + OFFSETS_MS[zone]) // DAY_MS
    return EPOCH + timedelta(days), (days + 1) * DAY_MS - OFFSETS_MS[zone]


def _queue(node: Any, unit: Unit, recipient: Recipient, year: str, ends: int) -> None:
    language = sms_texts.language_of(node.stream)
    fields = {
        "shop": sms_texts.shop_name(node.stream, node.code),
        "name": sms_texts.addressed(recipient.name, language),
    }
    with suppress(BadPhone, BadText):  # a card like that greets nobody, and must not keep the others from it
        messages.queue(
            unit,
            kind=KIND,
            cause=f"{year}/{phones.value_hash(recipient.phone, node.company_key).hex()}",
            recipient=recipient.phone,
            text=sms_texts.compose("birthday", language, fields),
            customer=recipient.customer,
            expires=ends,
        )


GREETINGS = Job("greetings", EVERY_MS, greet)
