"""The law of ``set``: add wins, over the production merge, whatever the order of arrival."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest
from cabang_goods_stories import an_addition_beats_a_removal_that_did_not_see_it
from cabang_oracle import written
from cabang_pair import Company, HubSide, Side
from cabang_scenes import shared_customer, write
from hypothesis import given, settings
from hypothesis import strategies as st

from crm.customers import tags
from sync.model import natural_id

WORDS = ("ban", "oli")
LISTED = 2  # the group that says whether a word is in


class Step(NamedTuple):
    """A branch says that a word is in or out; before it, it may have heard from head office."""

    branch: int
    heard: bool
    word: str
    added: bool


STEPS = st.lists(st.builds(Step, st.integers(0, 2), st.booleans(), st.sampled_from(WORDS), st.booleans()), max_size=9)


@pytest.fixture(scope="module")
def card(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a company of three branches that all hold one customer's card."""
    folder = tmp_path_factory.mktemp("card")
    company = Company.open(template, folder, 3, "card")
    shared_customer(company)
    company.close()
    return folder


@contextmanager
def played(card: Path, steps: list[Step]) -> Iterator[Company]:
    """A copy of the company after these steps; what the branches said last is still to be heard."""
    with tempfile.TemporaryDirectory() as folder:
        company = Company.open(card, Path(folder), 3, "set")
        for step in steps:
            branch = company.branches[step.branch]
            if step.heard:
                company.until_done(branch)
            customer, say = branch.one("SELECT id FROM customer"), tags.add if step.added else tags.remove
            with branch.unit() as unit:
                say(unit, customer, step.word)
            branch.journal.seal()
        yield company
        company.close()


def heard(company: Company, draw: Random) -> dict[str, bool]:
    """What a copy of the hub holds that hears what waits in any order, each once or twice, alone or together."""
    path = company.folder / f"copy{draw.random()}.db"
    company.hub.journal.seal()
    company.hub.store.connection().execute("VACUUM INTO ?", (str(path),))
    hub = HubSide(path, 0, "copy")
    waiting = {side.stream: side.link._segments() for side in company.branches}
    while any(waiting.values()):
        stream = draw.choice([one for one, left in waiting.items() if left])
        taken = draw.randint(1, len(waiting[stream]))
        for _ in range(draw.randint(1, 2)):
            assert hub.exchange._take_group(waiting[stream][:taken], stream) is None
        waiting[stream] = waiting[stream][taken:]
    assert [] == hub.rows("SELECT reason, detail FROM quarantine")
    found = listed(hub)
    hub.store.close()
    return found


def listed(side: Side) -> dict[str, bool]:
    """Every word that ever stood on the card, and whether it does now."""
    return {tag: bool(is_in) for tag, is_in in side.rows("SELECT tag, listed FROM customer_tag ORDER BY tag")}


@settings(max_examples=12)
@given(steps=STEPS, seed=st.integers(0, 9))
def test_any_order_ends_in_the_same_set(card, steps, seed) -> None:
    """Goal: convergence and idempotence. Method: copies of the hub hear the logs in any order, repeated, in batches."""
    draw = Random(seed)
    with played(card, steps) as company:
        found = [heard(company, draw) for _ in range(2)]
        assert found[0] == found[1]
        company.heal()
        assert [found[0]] * 4 == [listed(side) for side in company.sides]


@settings(max_examples=12)
@given(steps=STEPS)
def test_a_word_is_out_only_when_every_add_was_seen(card, steps) -> None:
    """Goal: add wins, and nothing else does. Method: the ops of all logs; is an add left that nobody overwrote?"""
    with played(card, steps) as company:
        company.heal()
        customer, logs = company.hub.one("SELECT id FROM customer"), list(written(company.hub))
        for word, is_in in listed(company.hub).items():
            row = natural_id("customer_tag", customer, word)
            ops = [op for op in logs if (op.row, op.group) == (row, LISTED)]
            overwritten = {op.base for op in ops}
            assert is_in == any(op.values == (True,) for op in ops if op.op not in overwritten)


def test_an_addition_beats_a_removal_that_did_not_see_it(three) -> None:
    """Goal: the law in one story. Method: taken off and put on again at one branch, taken off later at another."""
    an_addition_beats_a_removal_that_did_not_see_it(three)


def test_two_branches_that_write_one_word_make_one_row(three) -> None:
    """Goal: a set has each element once. Method: one word at two branches; each add has to be seen."""
    first, second, third = three.branches
    customer = shared_customer(three)
    for branch in (first, second):
        write(branch, lambda unit: tags.add(unit, customer, "kopi"))
    three.heal()
    assert [1] * 4 == [side.one("SELECT count(*) FROM customer_tag") for side in three.sides]
    for is_in in (True, False):
        write(third, lambda unit: tags.remove(unit, customer, "kopi"))
        three.heal()
        assert [{"kopi": is_in}] * 4 == [listed(side) for side in three.sides]
