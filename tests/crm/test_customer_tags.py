"""Interests of customers: words on the card."""

from typing import Any

import pytest

from crm.customers import Customer, tags
from crm.errors import BadText, UnknownCustomer


def change(node: Any, customer: bytes, *texts: str, off: bool = False) -> None:
    with node.unit() as unit:
        for text in texts:
            if off:
                tags.remove(unit, customer, text)
            else:
                tags.add(unit, customer, text)


def test_words_are_added_and_taken_off(branch: Any, sari: bytes) -> None:
    """Goal: a card says what a customer likes. Method: three words, one in two spellings; one off, on, off again."""
    change(branch, sari, "Kopi", "  ban   TUBELESS ", "kopi", "Oli")
    assert ["ban tubeless", "kopi", "oli"] == tags.of_customer(sari)
    assert 3 == branch.count("customer_tag")
    change(branch, sari, "kopi", off=True)
    change(branch, sari, "kopi")
    change(branch, sari, "kopi", "teh", off=True)
    assert ["ban tubeless", "oli"] == tags.of_customer(sari)


def test_saying_it_again_writes_nothing(branch: Any, sari: bytes) -> None:
    """Goal: a double tap adds nothing to the log. Method: each step twice, entries counted."""
    change(branch, sari, "kopi")
    before = branch.journal.seq
    change(branch, sari, "kopi")
    assert before == branch.journal.seq
    change(branch, sari, "kopi", off=True)
    change(branch, sari, "kopi", off=True)
    assert before + 1 == branch.journal.seq


def test_words_used_most_are_offered_first(branch: Any, sari: bytes, key: bytes) -> None:
    """Goal: one word for one thing. Method: two customers who share a word; one taken off counts no more."""
    with branch.unit() as unit:
        dewi = unit.insert(Customer, {"number": "N2"})
    change(branch, sari, "kopi", "aki", "ban")
    change(branch, dewi, "kopi")
    change(branch, sari, "aki", off=True)
    assert ["kopi", "ban"] == tags.known(9)
    assert ["kopi"] == tags.known(1)


@pytest.mark.parametrize("text", ["", "   ", "k" * (tags.TAG_MAX + 1), "ko\x00pi"])
def test_an_unreadable_word_is_refused(branch: Any, sari: bytes, text: str) -> None:
    """Goal: illegal values change nothing. Method: empty, too long, unreadable."""
    with pytest.raises(BadText):
        change(branch, sari, text)
    assert 0 == branch.count("customer_tag")


def test_nobody_has_no_interests(branch: Any) -> None:
    """Goal: a word has an owner. Method: a customer nobody made."""
    with pytest.raises(UnknownCustomer):
        change(branch, bytes(14), "kopi")
