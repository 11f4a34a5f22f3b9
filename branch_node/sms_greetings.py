"""Birthday greetings by SMS: one a year to each number, from the branch that has the right to greet it.

Looked for every hour, so that a PC switched on late still greets; a cause of its own per year and number keeps it to
one message at this branch, the right (``crm.greeting_rights``) to one branch.
"""

from calendar import isleap
from contextlib import suppress
from datetime import date
from typing import Any

from branch_node import sms_texts
from crm import greeting_rights, messages, phones
from crm.errors import BadPhone, BadText
from crm.jobs import Job
from crm.periods import bounds, day_at
from crm.reading import query_of
from crm.sms_recipients import Recipient, born_on
from sync.unit import Unit

EVERY_MS = 3_600_000
RIGHTS_EVERY_MS = 600_000
UNIT_MESSAGES = 100


def greet(node: Any) -> None:
    """Queues today's greetings of the branch *node*; each expires when the day at the branch ends.

    A computer that took another's place leaves the day on which it did so to that one.
    """
    day = day_at(node.clock.now_ms(), node.zone)
    begins, ends = bounds(day, node.zone)
    if greeting_rights.began_ms(query_of(node.store), node.stream) >= begins:
        return
    found = born_on(node.branch_id, birthdays(day)) if node.branch_id else []
    for first in range(0, len(found), UNIT_MESSAGES):
        with node.journal.unit() as unit:
            for recipient in found[first : first + UNIT_MESSAGES]:
                _greet(node, unit, recipient, day.year, ends)


def birthdays(day: date) -> tuple[str, ...]:
    """The birthdays kept on *day*: who was born on 29 February keeps the 28th in other years."""
    spelt = (f"{day:%m-%d}",)
    return (*spelt, "02-29") if spelt == ("02-28",) and not isleap(day.year) else spelt


def _greet(node: Any, unit: Unit, recipient: Recipient, year: int, ends: int) -> None:
    number = phones.value_hash(recipient.phone, node.company_key)
    if greeting_rights.may_greet(unit.query, node.stream, number, year):
        _queue(node, unit, recipient, greeting_rights.cause(number, year), ends)


def _queue(node: Any, unit: Unit, recipient: Recipient, cause: str, ends: int) -> None:
    language = sms_texts.language_of(node.stream)
    fields = {
        "shop": sms_texts.shop_name(node.stream, node.code),
        "name": sms_texts.addressed(recipient.name, language),
    }
    with suppress(BadPhone, BadText):  # a card like that greets nobody, and must not keep the others from it
        messages.queue(
            unit,
            kind=greeting_rights.GREETING,
            cause=cause,
            recipient=recipient.phone,
            text=sms_texts.compose("birthday", language, fields),
            customer=recipient.customer,
            expires=ends,
        )


def give_up(node: Any) -> None:
    """Gives up the rights to greet that this branch has no more need of."""
    greeting_rights.give_up(node.journal)


GREETINGS = Job("greetings", EVERY_MS, greet)
RIGHTS = Job("greeting_rights", RIGHTS_EVERY_MS, give_up, by_date=False)
