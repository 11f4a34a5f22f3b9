"""Whom an SMS may reach."""

from typing import Any

import pytest

from crm import customers, sms_recipients
from crm.branches import by_code
from crm.customers import PURPOSES

KEY = b"k" * 32


def allow(branch: Any, customer: bytes, purpose: str, given: bool = True) -> None:
    """The customer says yes, or no."""
    with branch.unit() as unit:
        customers.set_consent(unit, customer, purpose, given)


def reached(branch: Any, customer: bytes, purpose: str) -> str | None:
    """The number by which the customer may be reached for *purpose*."""
    with branch.unit() as unit:
        found = sms_recipients.who_agreed(unit, customer, purpose)
    return found.phone if found else None


@pytest.mark.parametrize("purpose", PURPOSES)
def test_only_the_purpose_agreed_to(branch: Any, sari: bytes, purpose: str) -> None:
    """Goal: a yes to one purpose is no yes to another. Method: allow one, ask all; take it back."""
    allow(branch, sari, purpose)
    assert {name: name == purpose for name in PURPOSES} == {
        name: sms_recipients.has_agreed(sari, name) for name in PURPOSES
    }
    assert "+6281234567890" == reached(branch, sari, purpose)
    allow(branch, sari, purpose, given=False)
    assert (None, False) == (reached(branch, sari, purpose), sms_recipients.has_agreed(sari, purpose))


def test_without_a_phone_nobody_is_reached(branch: Any, sari: bytes) -> None:
    """Goal: an archived number is none. Method: take the number off the card."""
    allow(branch, sari, "receipt")
    with branch.unit() as unit:
        customers.change_customer(unit, sari, {}, phones=[], hash_key=KEY)
    assert reached(branch, sari, "receipt") is None


def test_birthdays_of_this_branch(branch: Any) -> None:
    """Goal: the right day, the right branch, a yes, not archived. Method: customers that each fail one of them."""
    here, there = by_code("PTK"), by_code("BJM")
    assert here and there
    base: dict[str, Any] = {"birth_date": "1990-05-31", "hash_key": KEY}
    others: dict[str, dict[str, Any]] = {
        "today": {},
        "tomorrow": {"birth_date": "1990-06-01"},
        "nobody knows": {"birth_date": None},
        "elsewhere": {"home_branch": there.id},
        "archived": {},
        "no": {},
    }
    with branch.unit() as unit:
        made = {
            name: customers.create_customer(unit, name=name, phones=[f"081200000{place}00"], **{**base, **other})
            for place, (name, other) in enumerate(others.items())
        }
        customers.change_customer(unit, made["archived"], {"archived": True})
        for name, ident in made.items():
            customers.set_consent(unit, ident, "greeting", name != "no")
    assert ["today"] == [one.name for one in sms_recipients.born_on(here.id, ("05-31",))]
    assert {"today", "tomorrow"} == {one.name for one in sms_recipients.born_on(here.id, ("05-31", "06-01"))}
