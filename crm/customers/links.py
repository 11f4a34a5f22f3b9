"""Cards of one person: head office says that two are linked, and takes it back; nothing moves.

Points, sessions and sales stay with the card that earned them; who reads one card is shown the others.  A link is a row
of its own, named by the two cards in a fixed order: whoever says it twice says one thing.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from peewee import BlobField, IntegerField, TextField

from crm.customers.lookup import Found
from crm.customers.models import Customer
from crm.errors import UnknownCustomer
from crm.reading import query
from sync.errors import N_, BadValue
from sync.model import IdField, RefField, Synced, everyone, hub_only, lww, natural_id, synced
from sync.rights import Query
from sync.unit import Unit

LINKED, DIFFERENT, FAMILY, OPEN = "linked", "different", "family", "open"  # open: what was said is taken back
STATES: tuple[str, ...] = (LINKED, DIFFERENT, FAMILY, OPEN)
Person = frozenset[bytes]  # the cards of one person

_LINKED_TO = "SELECT s.card, l.{} FROM same s JOIN customer_link l ON l.{} = s.member WHERE l.state = 'linked'"
_SAME = (
    "WITH RECURSIVE same (card, member) AS (SELECT id, id FROM customer WHERE id IN ({})"
    f" UNION {_LINKED_TO.format('second', 'first')} UNION {_LINKED_TO.format('first', 'second')})"
)
_PERSONS = _SAME + " SELECT card, member FROM same"
_NUMBERS = (
    _SAME + " SELECT s.card, c.number FROM same s JOIN customer c ON c.id = s.member"
    " WHERE s.card != s.member ORDER BY c.rowno"
)


_SAID = (
    "SELECT l.id, l.first, l.second, l.state, u.name, l.at FROM customer_link l LEFT JOIN user u ON u.id = l.by"
    " WHERE l.state != 'open' AND (l.at, l.id) < (coalesce((SELECT at FROM customer_link WHERE id = ?1), ?2),"
    " CASE WHEN ?1 = x'' THEN x'FF' ELSE ?1 END) ORDER BY l.at DESC, l.id DESC LIMIT ?3"
)
_ALL_TIMES = 2**62


def _check(row: Mapping[str, Any]) -> None:
    if row["state"] not in STATES:
        raise BadValue(what=N_("nobody can say that of two customers"))
    if not row["first"] < row["second"]:
        raise BadValue(what=N_("two customers are named in the order of their cards"))


@synced
class CustomerLink(Synced):
    """What head office says of two cards.  ``by``: who said so, None for the program; ``at``: when, in ms UTC."""

    id = IdField(primary_key=True)
    first = lww(RefField("customer", index=True))
    second = lww(RefField("customer", index=True))
    state = lww(TextField(), group="said")
    by = lww(RefField("user", null=True), group="said")
    at = lww(IntegerField(index=True), group="said")
    stamps = BlobField()

    class Sync:
        code = 25
        audience = staticmethod(everyone)
        writers = staticmethod(hub_only)
        owner = "head office"
        check = staticmethod(_check)

        @staticmethod
        def natural(first: bytes, second: bytes) -> str:
            return f"{first.hex()}/{second.hex()}"


class Known(NamedTuple):
    """Another card of the same person; ``is_direct``: it was linked with this very card."""

    id: bytes
    number: str
    name: str | None
    caution: str | None
    archived: bool
    is_direct: bool


class Said(NamedTuple):
    """What was said of two cards, by whom (None: the program itself), at ``at`` (ms UTC)."""

    id: bytes
    first: bytes
    second: bytes
    state: str
    who: str | None
    at: int


def say(unit: Unit, one: bytes, other: bytes, state: str) -> str:
    """Says *state* of two cards, and gives what was said before (OPEN: nothing); the same again writes nothing.

    Raises UnknownCustomer, BadValue.
    """
    if one == other or unit.get(Customer, one) is None or unit.get(Customer, other) is None:
        raise UnknownCustomer
    key = (min(one, other), max(one, other))
    row = unit.get(CustomerLink, natural_id("customer_link", *key))
    before = row["state"] if row else OPEN
    if before != state:
        values = {"first": key[0], "second": key[1], "state": state, "by": unit.actor, "at": unit.stamp_ms}
        unit.insert(CustomerLink, values, key=key)
    return str(before)


# --- reading -----------------------------------------------------------------------------------------------------


def persons(query: Query, cards: Collection[bytes]) -> dict[bytes, Person]:
    """Each of *cards* with all cards of that person, itself included."""
    members: dict[bytes, set[bytes]] = {card: {card} for card in cards}
    for card, member in query(_PERSONS.format(", ".join("?" * len(cards))), tuple(cards)):
        members[card].add(member)
    return {card: frozenset(found) for card, found in members.items()}


def others(customer: bytes) -> list[Known]:
    """The other cards of the same person, the oldest first; archived ones too."""
    person = persons(query, [customer])[customer] - {customer}
    direct = {
        bytes(link.first if link.second == customer else link.second)
        for link in CustomerLink.select().where(
            ((CustomerLink.first == customer) | (CustomerLink.second == customer)) & (CustomerLink.state == LINKED)
        )
    }
    cards = Customer.select().where(Customer.id.in_(list(person))).order_by(Customer.rowno)
    return [Known(c.id, c.number, c.name, c.caution, c.archived, c.id in direct) for c in cards]


def said(limit: int, after: bytes = b"") -> list[Said]:
    """What stands of any two cards, the newest first, behind the link *after*."""
    return [Said._make(row) for row in query(_SAID, (after, _ALL_TIMES, limit))]


def once_each(found: Sequence[Found]) -> list[Found]:
    """*found* with each person once, as the first card found; ``also`` has the numbers of the person's other cards."""
    if not found:
        return []
    marks, ids = ", ".join("?" * len(found)), [one.id for one in found]
    also: dict[bytes, list[str]] = {}
    for card, number in query(_NUMBERS.format(marks), ids):
        also.setdefault(card, []).append(number)
    listed: list[Found] = []
    shown: set[str] = set()
    for one in found:
        if one.number not in shown:
            listed.append(one._replace(also=tuple(also.get(one.id, ()))))
            shown.update(also.get(one.id, ()))
    return listed
