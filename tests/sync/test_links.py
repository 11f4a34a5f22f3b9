"""Linked cards between head office and branches: one link whoever says it again, and nothing else is touched."""

from pathlib import Path

import pytest
from cabang_pair import COMPANY_KEY, BranchSide, Company, HubSide

from crm import customers
from crm.customers import links
from crm.customers.links import DIFFERENT, LINKED, OPEN
from sync.database import using
from sync.model import TABLES

PHONE = "0812-3456-7890"


@pytest.fixture
def cards(company: Company) -> list[bytes]:
    """One person's cards, made at two branches that had not heard from each other."""
    made = [_card(branch) for branch in company.branches]
    company.heal()
    return made


def _card(branch: BranchSide) -> bytes:
    with using(branch.store), branch.unit() as unit:
        made = customers.create_customer(unit, name="Sari", phones=[PHONE], hash_key=COMPANY_KEY)
        customers.add_note(unit, made, "remark", branch.code)
    return made


def link_clear(hub: HubSide) -> None:
    """The hub links by itself what is clear."""
    for (phone,) in hub.rows("SELECT DISTINCT value_hash FROM contact_point"):
        with hub.unit() as unit:
            customers.duplicates.link_clear(unit, phone)


def say(hub: HubSide, cards: list[bytes], state: str) -> None:
    one, other = cards
    with hub.unit() as unit:
        links.say(unit, one, other, state)


def linked(company: Company) -> list[tuple[bytes, str]]:
    """(id, state) of every link, which is the same everywhere."""
    company.heal()
    found = [side.rows("SELECT id, state FROM customer_link ORDER BY id") for side in company.sides]
    assert [found[0]] * len(found) == found
    assert [company.hub.digest(b.stream) for b in company.branches] == [b.digest() for b in company.branches]
    return found[0]


def test_undoing_a_link_is_exact(company, cards, monkeypatch) -> None:
    """Goal: nothing moves. Method: digests of all but the links: before, linked, parted, taken back, at every node."""
    monkeypatch.setattr(TABLES["customer_link"], "in_digest", False)
    before = [side.digest() for side in company.sides]
    for state in (LINKED, DIFFERENT, OPEN):
        say(company.hub, cards, state)
        company.heal()
        assert before == [side.digest() for side in company.sides], state


def test_a_branch_reads_the_other_cards_notes(company, cards) -> None:
    """Goal: the branch knows the person by both cards, until it is taken back. Method: its card of either branch."""
    link_clear(company.hub)
    assert [LINKED] == [state for _, state in linked(company)]
    with using(company.branches[0].store):
        assert [cards[1]] == [one.id for one in customers.card(cards[0])["others"]]
    say(company.hub, cards, OPEN)
    linked(company)
    with using(company.branches[0].store):
        assert [] == customers.card(cards[0])["others"]


def test_a_link_made_twice_is_one(company, cards, tmp_path) -> None:
    """Goal: a hub that forgot, or was put back, makes no second link. Method: link, restart; link in an older copy."""
    company.hub.journal.seal()
    older = tmp_path / "older.db"
    company.hub.store.connection().execute("VACUUM INTO ?", (str(older),))
    link_clear(company.hub)
    ((made, state),) = linked(company)
    before = company.hub.journal.seq
    company.hub.restart()
    link_clear(company.hub)
    assert (before, [(made, LINKED)]) == (company.hub.journal.seq, linked(company))
    again = HubSide(Path(older), 0, "put back")
    link_clear(again)
    assert [(made, state)] == again.rows("SELECT id, state FROM customer_link")
    again.store.close()
