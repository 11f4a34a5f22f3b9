"""Who is linked without asking and who is not, for every reason; families and three people on one phone."""

from typing import Any, NamedTuple

import pytest

from crm import customers
from crm.customers import duplicates, links
from crm.customers.duplicates import BORN, CROWD_MAX, KINDS, NAMES, REASONS, SEVERAL, TAKEN_BACK, TITLES, UNNAMED
from crm.customers.links import DIFFERENT, FAMILY, LINKED, OPEN
from crm.reading import query

PHONE, OTHER = "0812-3456-7890", "0813-1111-2222"


class Case(NamedTuple):
    """Cards as (name, birth date, kind), what was said of two of them, and why each pair is asked about."""

    cards: list[tuple[str | None, str | None, str]]
    said: list[tuple[int, int, str]]
    why: dict[tuple[int, int], str]


def one(name: str | None, born: str | None = None, kind: str = "individual") -> tuple[str | None, str | None, str]:
    return name, born, kind


SARI, MOTHER, DAUGHTER = one("Sari"), one("Sari", "1990-05-31"), one("Sari", "2015-01-01")
RULES = {
    "phone and name": Case([SARI, one("Ibu SARI")], [], {(0, 1): ""}),
    "one date of birth": Case([SARI, MOTHER], [], {(0, 1): ""}),
    "equal dates": Case([MOTHER, MOTHER], [], {(0, 1): ""}),
    "other names": Case([SARI, one("Budi")], [], {(0, 1): NAMES}),
    "no name": Case([SARI, one(None)], [], {(0, 1): UNNAMED}),
    "husband and wife": Case([one("Pak Wayan"), one("Bu Wayan")], [], {(0, 1): TITLES}),
    "a firm": Case([SARI, one("Sari", None, "corporate")], [], {(0, 1): KINDS}),
    "other dates": Case([MOTHER, DAUGHTER], [], {(0, 1): BORN}),
    "marked family": Case([SARI, SARI], [(0, 1, FAMILY)], {}),
    "marked different": Case([SARI, SARI], [(0, 1, DIFFERENT)], {}),
    "taken back": Case([SARI, SARI], [(0, 1, LINKED), (0, 1, OPEN)], {(0, 1): TAKEN_BACK}),
    "linked already": Case([SARI, SARI], [(0, 1, LINKED)], {}),
    "three cards of one person": Case([SARI, SARI, SARI], [], {(0, 1): "", (0, 2): "", (1, 2): ""}),
    "two of one, and another": Case([SARI, one("Budi"), SARI], [], {(0, 1): NAMES, (0, 2): "", (1, 2): NAMES}),
    "two linked, and another": Case([SARI, one("Budi"), SARI], [(0, 2, LINKED)], {(0, 1): NAMES}),
    "linked by hand, and one of the names": Case([SARI, one("Sarinah"), SARI], [(1, 0, LINKED)], {(0, 2): ""}),
    "mother, daughter, or whom?": Case(
        [MOTHER, DAUGHTER, SARI], [], {(0, 1): BORN, (0, 2): SEVERAL, (1, 2): SEVERAL}
    ),
    "different people, or whom?": Case([SARI, SARI, SARI], [(0, 1, DIFFERENT)], {(0, 2): SEVERAL, (1, 2): SEVERAL}),
    "family stays family through a link": Case([SARI, one("Budi"), one("Sri")], [(0, 1, FAMILY), (0, 2, LINKED)], {}),
    "a date on the linked card": Case([SARI, MOTHER, DAUGHTER], [(0, 1, LINKED)], {(0, 2): BORN}),
}  # fmt: skip


def make(node: Any, key: bytes, case: Case) -> list[bytes]:
    """The customers of *case*, all on one phone."""
    made = []
    with node.unit() as unit:
        for name, born, kind in case.cards:
            made.append(customers.create_customer(unit, name=name or "x", phones=[PHONE], hash_key=key))
            unit.set(customers.Customer, made[-1], {"name": name, "birth_date": born, "kind": kind})
    for first, second, state in case.said:
        with node.unit() as unit:
            links.say(unit, made[first], made[second], state)
    return made


def phone_of(customer: bytes) -> bytes:
    (phone,) = duplicates.phones_of(query, customer)
    return phone


def asked(made: list[bytes]) -> dict[tuple[int, int], str]:
    """Why each pair is asked about, by their places in *made*."""
    pairs = duplicates.on_phone(query, phone_of(made[0]))
    return {(made.index(pair.one), made.index(pair.other)): pair.why for pair in pairs}


@pytest.mark.parametrize("name", RULES)
def test_rules(hub: Any, key: bytes, name: str) -> None:
    """Goal: linked at once is only who is surely one person. Method: the table; then link what is clear, and again."""
    made = make(hub, key, RULES[name])
    assert RULES[name].why == asked(made)
    waiting = {pair.why for pair in duplicates.waiting(query)}
    assert set(RULES[name].why.values()) - {""} == waiting
    for again in (False, True):
        before = hub.journal.seq
        with hub.unit() as unit:
            duplicates.link_clear(unit, phone_of(made[0]))
        assert not again or before == hub.journal.seq
        assert "" not in asked(made).values()


def test_every_reason_is_in_the_table() -> None:
    """Goal: no rule without a case. Method: the reasons of the table above."""
    assert {*REASONS, ""} == {why for case in RULES.values() for why in case.why.values()}


def test_a_number_on_many_cards_says_nothing(hub: Any, key: bytes) -> None:
    """Goal: a number typed to fill the field links nobody. Method: as many cards as a family may have, and one more."""
    made = make(hub, key, Case([one(f"Orang {n}") for n in range(CROWD_MAX)], [], {}))
    assert CROWD_MAX * (CROWD_MAX - 1) // 2 == len(asked(made))
    more = make(hub, key, Case([SARI], [], {}))
    assert {} == asked([*made, *more])


def test_only_what_is_in_use_is_looked_at(hub: Any, key: bytes) -> None:
    """Goal: old numbers and archived cards link nobody. Method: one archived, put back; a number taken off."""
    made = make(hub, key, Case([SARI, SARI], [], {}))
    with hub.unit() as unit:
        customers.change_customer(unit, made[1], {"archived": True})
    assert {} == asked(made)
    with hub.unit() as unit:
        customers.change_customer(unit, made[1], {"archived": False}, [OTHER], key)
    assert {} == asked(made)
    with hub.unit() as unit:
        customers.change_customer(unit, made[0], {}, [PHONE, OTHER], key)
    assert [(made[0], made[1])] == [pair[:2] for pair in duplicates.on_phone(query, phone_of(made[1]))]


def test_two_shared_numbers_are_one_question(hub: Any, key: bytes) -> None:
    """Goal: nobody is asked twice. Method: two cards with two numbers in common; the list goes on behind a phone."""
    made = make(hub, key, Case([SARI, one("Budi")], [], {}))
    with hub.unit() as unit:
        for customer in made:
            customers.change_customer(unit, customer, {}, [PHONE, OTHER], key)
    (pair,) = duplicates.waiting(query)
    assert pair.phone == min(duplicates.phones_of(query, made[0]))
    assert 1 == len(list(duplicates.waiting(query, pair.phone)))
    assert [] == list(duplicates.waiting(query, b"\xff"))


def test_the_walk_over_phones_reads_the_index_alone(hub: Any) -> None:
    """Goal: looking is cheap with many customers. Method: the plan of the query that finds shared numbers."""
    plan = query("EXPLAIN QUERY PLAN " + duplicates._SHARED, (b"", 1))
    assert "SEARCH contact_point USING COVERING INDEX" in plan[0][3]
