"""Two cards of one person: whom the hub links by itself, and what it asks a person, with the reason.

Whoever shares a phone number is looked at.  Linked at once is only who also has the same full name, when no two dates
of birth differ, nobody has said family or different people, and no third card could be meant as well.  When a card is
changed so that this no longer holds, the hub takes its own link back and asks.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any, NamedTuple

from crm.customers import links, names
from crm.customers.links import Person
from sync.rights import Query
from sync.unit import Unit

CROWD_MAX = 10  # a number on more cards is nobody's own, such as one typed to fill the field
PHONES_AT_ONCE = 100
UNNAMED, TITLES, NAMES, KINDS, BORN, SEVERAL, TAKEN_BACK = (
    *("unnamed", "titles", "names", "kinds", "born", "several", "taken_back"),
)
REASONS: tuple[str, ...] = (UNNAMED, TITLES, NAMES, KINDS, BORN, SEVERAL, TAKEN_BACK)
_ON_PHONE = (
    "SELECT DISTINCT c.id, c.name, c.kind FROM contact_point p JOIN customer c ON c.id = p.customer"
    " WHERE p.value_hash = ? AND NOT p.archived AND NOT c.archived ORDER BY c.rowno LIMIT ?"
)
_BORN = "SELECT id, birth_date FROM customer WHERE birth_date IS NOT NULL AND id IN ({})"
_SAID = "SELECT first, second, state FROM customer_link WHERE state != 'linked' AND first IN ({0}) AND second IN ({0})"
_SHARED = (
    "SELECT value_hash FROM contact_point WHERE NOT archived AND value_hash > ?"
    " GROUP BY value_hash HAVING count(DISTINCT customer) > 1 ORDER BY value_hash LIMIT ?"
)
_OWN_LINKS = (
    "SELECT o.id, o.name, o.kind FROM customer_link l JOIN customer o ON o.id IN (l.first, l.second) AND o.id != ?1"
    " WHERE l.state = 'linked' AND l.by IS NULL AND (l.first = ?1 OR l.second = ?1) ORDER BY o.rowno"
)
_CARD = "SELECT id, name, kind FROM customer WHERE id = ?"
_PHONES_OF = "SELECT DISTINCT value_hash FROM contact_point WHERE customer = ? AND NOT archived AND value_hash NOTNULL"


class Card(NamedTuple):
    """A card as far as it is compared; ``called``: its name as it is compared."""

    id: bytes
    called: names.Said
    kind: str


class Pair(NamedTuple):
    """Two cards that may be one person's.  ``why`` a person decides: one of REASONS, "" when nobody needs to."""

    one: bytes
    other: bytes
    why: str
    phone: bytes  # the hash both have


class Table(NamedTuple):
    """The cards on one phone: whose they are, by card; each person's dates of birth; what was said of two cards."""

    cards: Sequence[Card]
    persons: Mapping[bytes, Person]
    born: Mapping[bytes, str]
    said: Mapping[Person, str]

    def dates(self, *persons: Person) -> set[str]:
        """All dates of birth on the cards of *persons*."""
        return {self.born[card] for person in persons for card in person if card in self.born}

    def verdicts(self, one: Person, other: Person) -> set[str]:
        """What was said of any card of one and any card of the other."""
        return {state for pair, state in self.said.items() if pair & one and pair & other}


# --- the rules ---------------------------------------------------------------------------------------------------


def judge(table: Table, phone: bytes = b"") -> list[Pair]:
    """The pairs of different people on one phone of whom nobody has said anything final."""
    people: dict[Person, list[Card]] = {}
    for card in table.cards:
        people.setdefault(table.persons[card.id], []).append(card)
    found = []
    for one, other in combinations(people, 2):
        said = table.verdicts(one, other)
        if not said & {links.DIFFERENT, links.FAMILY}:
            mine, theirs = _closest(people[one], people[other])
            why = TAKEN_BACK if links.OPEN in said else _why_not(table, mine, theirs)
            found.append(Pair(mine.id, theirs.id, why, phone))
    return found


def _closest(one: Sequence[Card], other: Sequence[Card]) -> tuple[Card, Card]:
    """The first two cards with the same name, else the first two."""
    both = [(mine, theirs) for mine in one for theirs in other]
    return next((pair for pair in both if names.same(pair[0].called, pair[1].called)), both[0])


def _why_not(table: Table, one: Card, other: Card) -> str:
    """Why the two are not linked without asking; "" when they are."""
    if not names.same(one.called, other.called):
        return _unlike(one.called, other.called)
    if one.kind != other.kind:
        return KINDS
    mine, theirs = table.persons[one.id], table.persons[other.id]
    if len(table.dates(mine, theirs)) > 1:
        return BORN
    thirds = {table.persons[card.id] for card in table.cards if names.same(card.called, one.called)} - {mine, theirs}
    return SEVERAL if any(_parted(table, third, mine, theirs) for third in thirds) else ""


def _unlike(one: names.Said, other: names.Said) -> str:
    if not one.letters or not other.letters:
        return UNNAMED
    return TITLES if one.letters == other.letters else NAMES


def _parted(table: Table, third: Person, one: Person, other: Person) -> bool:
    """Is somebody of the same name known not to be the one of them, or the other?"""
    if len(table.dates(third, one, other)) > 1:
        return True
    return bool((table.verdicts(third, one) | table.verdicts(third, other)) & {links.DIFFERENT, links.FAMILY})


# --- reading and linking -----------------------------------------------------------------------------------------


def on_phone(query: Query, phone: bytes) -> list[Pair]:
    """The pairs on one phone (its hash)."""
    rows = query(_ON_PHONE, (phone, CROWD_MAX + 1))
    if not 1 < len(rows) <= CROWD_MAX:
        return []
    cards = _cards(rows)
    persons = links.persons(query, [card.id for card in cards])
    everybody = tuple(frozenset().union(*persons.values()))
    marks = ", ".join("?" * len(everybody))
    said = query(_SAID.format(marks), everybody * 2)
    by_pair = {frozenset((first, second)): state for first, second, state in said}
    return judge(Table(cards, persons, dict(query(_BORN.format(marks), everybody)), by_pair), phone)


def _cards(rows: Iterable[tuple[Any, ...]]) -> list[Card]:
    return [Card(ident, names.read(name), kind) for ident, name, kind in rows]


def phones_of(query: Query, customer: bytes) -> list[bytes]:
    """The hashes of a customer's numbers."""
    return [phone for (phone,) in query(_PHONES_OF, (customer,))]


def clear(query: Query, phone: bytes) -> Pair | None:
    """The first two cards on the phone that nobody needs to be asked about."""
    return next((pair for pair in on_phone(query, phone) if not pair.why), None)


def link_clear(unit: Unit, phone: bytes) -> int:
    """Links what is clear on one phone, card by card, as each link makes a person of two; how many links."""
    count = 0
    while pair := clear(unit.query, phone):
        links.say(unit, pair.one, pair.other, links.LINKED)
        count += 1
    return count


def unclear(query: Query, customer: bytes) -> list[bytes]:
    """Cards the hub linked with this one by itself, and would not any more: name, kind or dates of birth differ."""
    linked = _cards(query(_OWN_LINKS, (customer,)))
    if not linked:
        return []
    (card,) = _cards(query(_CARD, (customer,)))
    person = tuple(links.persons(query, [customer])[customer])
    dates = {born for _, born in query(_BORN.format(", ".join("?" * len(person))), person)}
    return [
        other.id
        for other in linked
        if len(dates) > 1 or card.kind != other.kind or not names.same(card.called, other.called)
    ]


def part_unclear(unit: Unit, customer: bytes) -> None:
    """Takes back what is no longer clear about one card."""
    for other in unclear(unit.query, customer):
        links.say(unit, customer, other, links.OPEN)


def waiting(query: Query, after: bytes = b"") -> Iterator[Pair]:
    """The pairs a person decides, phone by phone behind the phone *after*, each pair once."""
    seen: set[Person] = set()
    for phone in _shared(query, after):
        for pair in on_phone(query, phone):
            cards = frozenset((pair.one, pair.other))
            if pair.why and cards not in seen:
                seen.add(cards)
                yield pair


def _shared(query: Query, after: bytes) -> Iterator[bytes]:
    """The hashes of the numbers on more than one card."""
    while phones := query(_SHARED, (after, PHONES_AT_ONCE)):
        for (phone,) in phones:
            yield phone
        after = phones[-1][0]
