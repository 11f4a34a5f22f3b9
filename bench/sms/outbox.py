"""A branch with SMS to send: each kind in turn, every one of one part, to people who agreed to them."""

import time
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import NamedTuple

from bench.nodes import opened_branch
from bench.shop import customer
from branch_node.node import BranchNode
from crm.customers import PURPOSES
from crm.customers.edit import create_customer, set_consent
from crm.messages import queue
from sms_daemon import intake
from sms_daemon.birth import open_ledger
from sms_daemon.intake import Rules
from sms_daemon.outbox import Outbox
from sms_daemon.zones import HOUR_MS, MINUTE_MS, OFFSETS_MS
from sync.database import using

KINDS = ("receipt", "staff", "reminder", "greeting", "promotion")
PEOPLE, TOGETHER = 100, 200
ZONE, UNLIMITED = "WIB", 1_000_000
SETTINGS = """zone = "{zone}"

[quiet]
reminder = "{quiet}"
greeting = "{quiet}"
promotion = "{quiet}"

[[modem]]
name = "bench"
connection = "at115200"
device = "{device}"
parts_per_minute = {limit}
parts_per_hour = {limit}
parts_per_day = {limit}
"""


class Sms(NamedTuple):
    """One SMS of one part."""

    kind: str
    number: str
    text: str


def sms(number: int) -> Sms:
    """SMS *number*; each has a number of its own to go to."""
    total = f"{1_000 * (number % 900 + 20):,}".replace(",", ".")
    text = (
        f"Terima kasih sudah berbelanja di Pontianak. Nota PTK-{number:06} Rp{total}. Tunjukkan SMS ini untuk diskon."
    )
    return Sms(KINDS[number % len(KINDS)], f"+62812{10_000_000 + number}", text)


def fill(folder: Path, count: int) -> None:
    """Puts *count* SMS into the outbox of the branch in *folder*, which does not run."""
    with opened_branch(folder) as branch, using(branch.store):
        people = _people(branch)
        for first in range(0, count, TOGETHER):
            with branch.journal.unit() as unit:
                for number in range(first, min(first + TOGETHER, count)):
                    kind, recipient, text = sms(number)
                    person = people[number % len(people)]
                    queue(unit, kind=kind, cause=f"bench {number}", recipient=recipient, text=text, customer=person)


def _people(branch: BranchNode) -> Sequence[bytes]:
    """Customers who agreed to every kind of SMS."""
    rng = Random(4)
    with branch.journal.unit() as unit:
        made = [create_customer(unit, hash_key=branch.company_key, **customer(rng)) for _ in range(PEOPLE)]
        for person in made:
            for purpose in PURPOSES:
                set_consent(unit, person, purpose, True)
    return made


def take_in(folder: Path) -> int:
    """Has the ledger of the branch in *folder* take the whole outbox; how many SMS that were."""
    outbox = Outbox(folder)
    ledger = open_ledger(folder, outbox)
    try:
        return sum(iter(lambda: intake.take_messages(ledger, outbox, Rules(ZONE, {}), _now()), 0))
    finally:
        ledger.close()
        outbox.close()


def settings(folder: Path, device: Path) -> None:
    """Writes ``sms.toml``: one modem behind *device*, no limits, and quiet hours that are far from now."""
    minute = (_now() + OFFSETS_MS[ZONE] + 10 * HOUR_MS) // MINUTE_MS % 1440
    quiet = "-".join(f"{at // 60 % 24:02}:{at % 60:02}" for at in (minute, minute + 60))
    text = SETTINGS.format(zone=ZONE, quiet=quiet, device=device, limit=UNLIMITED)
    (folder / "sms.toml").write_text(text, encoding="utf-8")


def _now() -> int:
    return time.time_ns() // 1_000_000
