"""Linked cards: said and taken back, read together, and nothing moved."""

from typing import Any

import pytest

from crm import customers
from crm.customers import Customer, links
from crm.customers.links import DIFFERENT, FAMILY, LINKED, OPEN, CustomerLink
from crm.errors import UnknownCustomer
from crm.selling import Line, Paid
from crm.selling.writing import record_sale
from sync.errors import BadValue, NotAllowedHere
from sync.model import natural_id

NOTE, CAUTION = "suka oli encer", "Kacang"


@pytest.fixture
def cards(hub: Any, key: bytes) -> list[bytes]:
    """Three cards; the second one has a note and a caution."""
    with hub.unit() as unit:
        made = [customers.create_customer(unit, name="Sari Dewi", hash_key=key, number=f"N{n}") for n in range(3)]
        customers.add_note(unit, made[1], "remark", NOTE)
        customers.change_customer(unit, made[1], {"caution": CAUTION})
    return made


def say(node: Any, one: bytes, other: bytes, state: str) -> str:
    with node.unit() as unit:
        return links.say(unit, one, other, state)


def as_head_office(node: Any, one: bytes, other: bytes, state: str) -> None:
    """What head office said, at a node that is not asked for its rights."""
    with node.unit() as unit:
        unit._may_write = lambda spec, row: None
        links.say(unit, one, other, state)


def numbers(customer: bytes) -> list[str]:
    """The numbers of the linked cards."""
    return [one.number for one in customers.card(customer)["others"]]


def test_it_is_one_link_whoever_is_named_first(hub: Any, cards: list[bytes]) -> None:
    """Goal: saying it twice says one thing. Method: both orders, the same state, another one; rows and entries."""
    assert OPEN == say(hub, cards[0], cards[1], LINKED)
    before = hub.journal.seq
    assert LINKED == say(hub, cards[1], cards[0], LINKED)
    assert (1, before) == (hub.count("customer_link"), hub.journal.seq)
    assert LINKED == say(hub, cards[1], cards[0], FAMILY)
    assert [(FAMILY, natural_id("customer_link", *sorted(cards[:2])))] == [
        (link.state, link.id) for link in CustomerLink.select()
    ]


def test_cards_show_each_other(hub: Any, cards: list[bytes]) -> None:
    """Goal: the history of one person is read from one card, across two links. Method: A–B, B–C; note, caution."""
    assert [] == numbers(cards[0])
    say(hub, cards[0], cards[1], LINKED)
    say(hub, cards[2], cards[1], LINKED)
    assert [["N1", "N2"], ["N0", "N2"], ["N0", "N1"]] == [numbers(card) for card in cards]
    shown = customers.card(cards[0])
    assert [(NOTE, "N1")] == [(note["text"], note["card"]) for note in shown["notes"]]
    assert [(CAUTION, True), (None, False)] == [(one.caution, one.is_direct) for one in shown["others"]]
    assert [(NOTE, "N1")] == [(note["text"], note["card"]) for note in customers.card(cards[1])["notes"]]


def test_sales_are_listed_and_stay_where_they_are(branch: Any, key: bytes, oil: bytes) -> None:
    """Goal: the sales of linked cards are read from one. Method: a sale on each; sums and numbers, before and after."""
    with branch.unit() as unit:
        made = [customers.create_customer(unit, name="Sari", hash_key=key) for _ in range(2)]
        for card in made:
            record_sale(unit, lines=[Line(oil, 1, 45_000)], payments=[Paid("cash", 45_000)], customer=card)
    alone = customers.card(made[0])
    as_head_office(branch, made[0], made[1], LINKED)
    both = customers.card(made[0])
    assert (2, 90_000, {"PTK-000001", "PTK-000002"}) == (
        both["count"],
        both["sum"],
        {sale["card"] for sale in both["sales"]},
    )
    as_head_office(branch, made[0], made[1], OPEN)
    assert alone == customers.card(made[0])


@pytest.mark.parametrize("state", [DIFFERENT, FAMILY, OPEN])
def test_only_linked_cards_show_each_other(hub: Any, cards: list[bytes], state: str) -> None:
    """Goal: other answers and undoing leave a card as it was. Method: whole cards before, and after link and answer."""
    before = [customers.card(card) for card in cards]
    say(hub, cards[0], cards[1], LINKED)
    say(hub, cards[0], cards[1], state)
    assert before == [customers.card(card) for card in cards]


def test_a_card_that_is_gone_breaks_no_other(hub: Any, cards: list[bytes]) -> None:
    """Goal: archiving or erasing one leaves the other readable. Method: archive it; take its personal values."""
    say(hub, cards[0], cards[1], LINKED)
    with hub.unit() as unit:
        unit.set(Customer, cards[1], {"archived": True, "name": None, "caution": None})
    (known,) = customers.card(cards[0])["others"]
    assert ("N1", None, None, True) == (known.number, known.name, known.caution, known.archived)
    assert [["N0"], []] == [numbers(cards[1]), numbers(cards[2])]


def test_a_list_has_each_person_once(hub: Any, cards: list[bytes]) -> None:
    """Goal: one person is one row with all numbers. Method: search by name, two of three linked, in both orders."""
    say(hub, cards[0], cards[1], LINKED)
    found = customers.search("sari")
    assert [("N2", ()), ("N1", ("N0",))] == [(one.number, one.also) for one in links.once_each(found)]
    assert [("N0", ("N1",))] == [(one.number, one.also) for one in links.once_each(customers.search("N0"))]
    assert [] == links.once_each([])


def test_what_was_said_is_listed_newest_first(hub: Any, cards: list[bytes]) -> None:
    """Goal: what the program did can be looked through. Method: three answers, one taken back; page by page."""
    for place, (one, other) in enumerate([(0, 1), (1, 2), (0, 2)]):
        hub.now[0] += 1_000
        say(hub, cards[one], cards[other], (LINKED, FAMILY, DIFFERENT)[place])
    assert [DIFFERENT, FAMILY, LINKED] == [one.state for one in links.said(9)]
    (newest,) = links.said(1)
    assert [FAMILY, LINKED] == [one.state for one in links.said(9, newest.id)]
    say(hub, cards[0], cards[1], OPEN)
    assert [DIFFERENT, FAMILY] == [one.state for one in links.said(9)]


def test_nobody_says_what_cannot_be(hub: Any, branch: Any, cards: list[bytes], key: bytes, sari: bytes) -> None:
    """Goal: wrong links write nothing. Method: unknown, the same twice, an unknown word, the wrong order, a branch."""
    before = hub.journal.seq
    for one, other in [(cards[0], cards[0]), (cards[0], bytes(14)), (bytes(14), cards[0])]:
        with pytest.raises(UnknownCustomer):
            say(hub, one, other, LINKED)
    with pytest.raises(BadValue):
        say(hub, cards[0], cards[1], "twins")
    row = {"first": max(cards), "second": min(cards), "state": LINKED, "at": 1}
    with pytest.raises(BadValue), hub.unit() as unit:
        unit.insert(CustomerLink, row, key=(max(cards), min(cards)))
    assert before == hub.journal.seq
    with branch.unit() as unit:
        other = customers.create_customer(unit, name="Budi", hash_key=key)
    with pytest.raises(NotAllowedHere):
        say(branch, sari, other, LINKED)
