"""Messages and greetings for stories and histories: what people and jobs do, and what must then hold (I5)."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from random import Random
from types import SimpleNamespace
from typing import Any, NamedTuple

from cabang_pair import COMPANY_KEY, BranchSide, HubSide, Side

from branch_node.sms_greetings import greet
from crm import customers, greeting_rights, messages, sms_facts
from crm.branches import zone_of
from crm.customers import Customer
from crm.errors import BusinessError
from sync.database import using

PHONES = ("0812-3456-7890", "0812-3456-7891", "0812-3456-7892")  # few, so that cards share them
DAYS = ("05-31", "06-01")
_CARDS = "SELECT id FROM customer WHERE birth_date LIKE '1990-%' ORDER BY id"
_GREETINGS = "SELECT id, recipient, kind, cause, owner FROM message WHERE kind = 'greeting' ORDER BY rowno"
_OPEN = (
    "SELECT r.number, r.stream FROM greeting_right r WHERE r.feed = (SELECT value FROM node WHERE name = 'feed_epoch')"
    " AND NOT EXISTS (SELECT 1 FROM greeting_release e WHERE e.ceded = r.id) ORDER BY r.number"
)


class Queued(NamedTuple):
    """A message that a branch put into its outbox, from which its modem sends it."""

    id: bytes
    recipient: str
    kind: str
    cause: str
    owner: int


# --- what must hold --------------------------------------------------------------------------------------------


def check_submitted(queued: Iterable[Queued], computers: bool = False) -> None:
    """To each number, of a kind and cause, one message over all branches; with copies of *computers*, one branch."""
    found = defaultdict(set)
    for one in queued:
        found[one.recipient, one.kind, one.cause].add(one.owner if computers else one.id)
    twice = [what for what, by in found.items() if len(by) > 1]
    assert [] == twice, "a customer gets the same message twice"


def check_one_owner(hub: HubSide) -> None:
    """By what head office holds each number has one owner of the right to greet it."""
    numbers = [number for number, _ in hub.rows(_OPEN)]
    assert len(set(numbers)) == len(numbers), "two branches have the right to greet one number"


# --- what people and jobs do -----------------------------------------------------------------------------------


def card(side: Side, phone: str, home: bytes, day: str = DAYS[0]) -> bytes:
    """A customer who was born on *day* and wants to be greeted."""
    with using(side.store), side.unit() as unit:
        values: dict[str, Any] = {"birth_date": f"1990-{day}", "home_branch": home, "phones": [phone]}
        made = customers.create_customer(unit, name="Sari", hash_key=COMPANY_KEY, **values)
        customers.set_consent(unit, made, "greeting", True)
    return made


def moved(side: Side, customer: bytes, home: bytes) -> None:
    """Another branch looks after the customer from now on."""
    with side.unit() as unit:
        unit.set(Customer, customer, {"home_branch": home})


def given_out(hub: Side) -> None:
    """Head office's job."""
    greeting_rights.give_out(hub.journal)


def given_up(branch: Side) -> None:
    """A branch's job."""
    greeting_rights.give_up(branch.journal)


def greeted(branch: BranchSide, day: str = DAYS[0], year: int = 0) -> list[Queued]:
    """The branch's job on *day* of this year, or of *year*; what it queued."""
    with using(branch.store):
        known = branch.one("SELECT count(*) FROM branch WHERE id = ?", branch.id)
        zone = zone_of(branch.stream)
        noon = int(datetime.fromisoformat(f"{year or _year(branch.now)}-{day}T05:00+00:00").timestamp() * 1000)
        node = SimpleNamespace(
            **{name: getattr(branch, name) for name in ("store", "journal", "stream", "code")},
            zone=zone,
            branch_id=branch.id if known else None,
            company_key=COMPANY_KEY,
            clock=SimpleNamespace(now_ms=lambda: noon),
        )
        before = set(branch.rows(_GREETINGS))
        greet(node)
    return [Queued(*row) for row in branch.rows(_GREETINGS) if row not in before]


def _year(ms: int) -> int:
    return datetime.fromtimestamp(ms // 1000, UTC).year


# --- the same, drawn at random ---------------------------------------------------------------------------------


def _some(side: Side, draw: Random, sql: str) -> Any:
    found = side.rows(sql)
    return draw.choice(found)[0] if found else None


def _branch(side: Side, draw: Random) -> bytes:
    return bytes(_some(side, draw, "SELECT id FROM branch ORDER BY id"))


def card_made(side: Side, draw: Random) -> object:
    return card(side, draw.choice(PHONES), _branch(side, draw), draw.choice(DAYS))


def card_changed(side: Side, draw: Random) -> object:
    """Another home, another number, another birthday, another mind."""
    customer = _some(side, draw, _CARDS)
    if customer is None:
        return card_made(side, draw)
    with using(side.store), side.unit() as unit:
        changes: dict[str, Any] = {"home_branch": _branch(side, draw), "birth_date": f"1990-{draw.choice(DAYS)}"}
        field, phones = draw.choice([*changes, *changes, ""]), [draw.choice(PHONES)]
        some, numbers = {field: changes[field]} if field else {}, None if field else phones
        customers.change_customer(unit, customer, some, numbers, COMPANY_KEY)
        customers.set_consent(unit, customer, "greeting", draw.random() < 0.8)
    return customer


def days_of_greetings(side: Side, draw: Random) -> object:
    """The days on which people have their birthdays, in the year that this clock says, or the next."""
    assert isinstance(side, BranchSide)
    year = _year(side.now) + draw.randint(0, 1)
    return [one for day in DAYS for one in greeted(side, day, year)]


def rights_given_up(side: Side, draw: Random) -> object:
    """Of late the cards of one number may all have moved."""
    number = _some(side, draw, _OPEN)
    if number is not None and draw.random() < 0.7:
        home = _branch(side, draw)
        for (customer,) in side.rows("SELECT DISTINCT customer FROM contact_point WHERE value_hash = ?", number):
            moved(side, customer, home)
    given_up(side)
    return number


def rights_given_out(side: Side, draw: Random) -> object:
    """A card may just have come; without one there is nothing to give out."""
    if draw.random() < 0.3 or not side.rows(_OPEN):
        card_made(side, draw)
    given_out(side)
    return None


def outbox(side: Side, draw: Random) -> bytes:
    """Few causes: every branch, and every copy of one, comes to write of the same."""
    cause = f"order {draw.randint(0, 30)}"
    with side.unit() as unit:
        return messages.queue(unit, kind="receipt", cause=cause, recipient="0812-3456-7890", text="Terima kasih")


def modem_told(side: Side, draw: Random) -> object:
    """The SMS program's ledger reports a state of a message, and an answer that came in."""
    message = outbox(side, draw)
    at, body = draw.randint(0, 99), {"state": draw.choice(["sent", "unknown"]), "sender": "+628123"}
    facts = [
        sms_facts.Fact(at, sms_facts.MESSAGE, message, side.now, body),
        sms_facts.Fact(at + 100, sms_facts.INBOUND, None, side.now, body),
    ]
    with side.unit() as unit:
        return sms_facts.take_in(unit, b"ledger %d" % side.stream, facts)


def message_taken_back(side: Side, draw: Random) -> object:
    message = outbox(side, draw)
    try:
        with side.unit() as unit:
            return messages.cancel(unit, message)
    except BusinessError:
        return None


GREETED = "days of greetings"
BRANCH_DEEDS = {
    "message": outbox,
    "modem told": modem_told,
    "message taken back": message_taken_back,
    "birthday card": card_made,
    "birthday card changed": card_changed,
    GREETED: days_of_greetings,
    "days of greetings again": days_of_greetings,
    "rights to greet given up": rights_given_up,
}
HUB_DEEDS = {
    "rights to greet given out": rights_given_out,
    "rights to greet given out again": rights_given_out,
    "hub: birthday card changed": card_changed,
}
