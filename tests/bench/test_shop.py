"""The made-up shop."""

from random import Random
from statistics import mean

from bench.shop import cash_for, customer
from crm.selling.rules import Line, Paid


def test_a_customer_is_about_300_bytes_and_always_another() -> None:
    """Goal: rows like those the limits were measured with. Method: 500 customers, their size and their repeats."""
    rng = Random(1)
    made = [customer(rng) for _ in range(500)]
    assert 260 < mean(sum(len(text.encode()) for text in one.values()) for one in made) < 340
    assert 500 == len({one["caution"] for one in made})


def test_cash_comes_in_notes() -> None:
    """Goal: change is given as in a shop. Method: a total between two notes."""
    assert Paid("cash", 12_500, 20_000) == cash_for([Line(b"", 1, 2_500), Line(b"", 2, 5_000)])
