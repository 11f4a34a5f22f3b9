"""Discounts: the spread over lines, who may give how much, and what of it stands in the sale."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm import company, selling, users
from crm.errors import BadPercent, BadTotalDiscount, BusinessError, DiscountBeyondApproval, DiscountBeyondLimit
from crm.selling import Line, Paid, Sale, SaleLine, discounts
from sync.errors import NotAllowedHere
from sync.model import natural_id

OIL, TYRE = natural_id("product", "OLI-1"), natural_id("product", "BAN-2")
AMOUNTS = st.lists(st.integers(0, 10**12), min_size=1, max_size=30)


@given(AMOUNTS, st.data())
def test_a_discount_is_spread_to_the_last_rupiah(amounts: list[int], data: st.DataObject) -> None:
    """Goal: the law of the spread. Method: any amounts and discount: sum, distance to the share, order of ties."""
    total = sum(amounts)
    discount = data.draw(st.integers(0, total))
    parts = discounts.spread(discount, amounts)
    assert discount == sum(parts)
    assert all(0 <= part <= amount for part, amount in zip(parts, amounts, strict=True))
    places = [(discount * amount, total * part) for amount, part in zip(amounts, parts, strict=True)]
    assert all(abs(share - given) < max(total, 1) for share, given in places)
    ups = [(-(share % total), place) for place, (share, given) in enumerate(places) if given > share]
    downs = [(-(share % total), place) for place, (share, given) in enumerate(places) if given < share]
    assert max(ups, default=(0, 0)) <= min(downs, default=(0, 0)) or not ups or not downs


@pytest.mark.parametrize(
    ("discount", "amounts", "parts"),
    [(100, [100, 100, 100], [34, 33, 33]), (5, [1, 9], [1, 4]), (0, [0, 0], [0, 0]), (10, [0, 10, 0], [0, 10, 0])],
)
def test_examples_of_the_spread(discount: int, amounts: list[int], parts: list[int]) -> None:
    """Goal: the rule as people check it by hand. Method: equal lines, a tie, nothing, one line that costs."""
    assert parts == discounts.spread(discount, amounts)


@pytest.mark.parametrize("discount", [-1, 301, 1.5, None])
def test_a_discount_that_cannot_be(discount: Any) -> None:
    """Goal: no discount goes below zero. Method: negative, more than the total, no whole number."""
    with pytest.raises(BadTotalDiscount):
        discounts.spread(discount, [100, 200])


@pytest.mark.parametrize(
    ("lines", "discount", "percent"),
    [
        ([Line(OIL, 1, 100_000, 5_000)], 0, 5),
        ([Line(OIL, 1, 100_000, 5_001)], 0, 6),
        ([Line(OIL, 1, 10_000, 1_000), Line(TYRE, 1, 90_000)], 0, 10),
        ([Line(OIL, 1, 10_000), Line(TYRE, 1, 90_000)], 4_500, 5),
        ([Line(OIL, 1, 100_000, 5_000)], 4_750, 10),
        ([Line(OIL, 1, 0)], 0, 0),
    ],
)
def test_the_limit_that_discounts_need(lines: list[Line], discount: int, percent: int) -> None:
    """Goal: a limit cannot be got round. Method: a line's own, the whole, both together, a rupiah over."""
    assert percent == discounts.needed(lines, discount)


def person(branch: Any, role: str) -> bytes:
    with branch.unit() as unit:
        facts = {"username": f"x{role}", "name": role.title(), "role": role, "branch": natural_id("branch", "PTK")}
        return bytes(unit.insert(users.User, facts))


def sell(branch: Any, actor: bytes | None, *lines: Line, **more: Any) -> Any:
    total = sum(line.quantity * line.price - line.discount for line in lines) - more.get("discount", 0)
    with branch.unit(actor) as unit:
        return selling.record_sale(unit, lines=lines, payments=[Paid("cash", total)], **more)


def test_a_discount_of_the_sale_stands_on_its_lines(branch: Any) -> None:
    """Goal: line and whole, exact in rupiah. Method: a line with its own discount, one without, 1,001 off the whole."""
    made = sell(branch, None, Line(OIL, 1, 45_000, 5_000), Line(TYRE, 1, 210_000), discount=1_001)
    kept = [line.discount for line in SaleLine.select().where(SaleLine.sale == made.id).order_by(SaleLine.line)]
    assert ([5_160, 841], 248_999) == (kept, made.total)
    receipt = selling.load_receipt(made.id)
    assert (255_000, 6_001, 248_999) == (receipt["gross"], receipt["discount"], receipt["total"])


def test_above_the_limit_somebody_approves(branch: Any) -> None:
    """Goal: the rules hold where the sale is written. Method: a cashier alone, with a colleague, with two leaders."""
    dewi, sari, bos = person(branch, "cashier"), person(branch, "supervisor"), person(branch, "owner")
    big = Line(OIL, 1, 100_000, 30_000)
    before = branch.count("sale")
    with pytest.raises(DiscountBeyondLimit):
        sell(branch, dewi, big)
    for approver in (dewi, sari, bytes(14)):
        with pytest.raises(DiscountBeyondApproval):
            sell(branch, dewi, big, approver=approver)
    assert before == branch.count("sale")
    made = [sell(branch, dewi, big, approver=bos), sell(branch, dewi, Line(OIL, 1, 100_000, 5_000), approver=bos)]
    assert [bos, None] == [(found := Sale.get(Sale.id == one.id).approver) and bytes(found) for one in made]
    assert "Owner" == selling.load_receipt(made[0].id)["approver"]


def test_what_head_office_sets(hub: Any) -> None:
    """Goal: limits are head office's, with defaults. Method: defaults, a change, the same again, odd values."""
    assert (5, 20, 20, 100, 100, 0) == _limits("cashier", "supervisor", "manager", "admin", "owner", "therapist")
    with hub.unit() as unit:
        typed = {company.limit_name("cashier"): " 10 %", company.CASH_ROUNDING: "500"}
        assert 2 == len(company.write(unit, typed))
        assert [] == company.write(unit, typed)
        unit.insert(
            company.CompanySetting, {"name": "discount_limit_owner", "value": "much"}, key=("discount_limit_owner",)
        )
    assert ((10, 100), 500) == (_limits("cashier", "owner"), company.read().cash_step)
    assert 0 == company.read().limit("captain")


def _limits(*roles: str) -> tuple[int, ...]:
    return tuple(company.read().limit(role) for role in roles)


@pytest.mark.parametrize(
    ("name", "typed"),
    [("discount_limit_cashier", one) for one in ("", "101", "-1", "5.5", "lima")] + [("cash_rounding", "50")],
)
def test_what_may_not_be_set(hub: Any, name: str, typed: str) -> None:
    """Goal: nothing wrong is stored. Method: illegal percentages and steps."""
    with pytest.raises(BusinessError) as refused, hub.unit() as unit:
        company.write(unit, {name: typed})
    assert (name == "cash_rounding") != isinstance(refused.value, BadPercent)


def test_a_branch_sets_nothing_for_the_company(branch: Any) -> None:
    """Goal: no branch raises its own limit. Method: write it there."""
    with pytest.raises(NotAllowedHere), branch.unit() as unit:
        company.write(unit, {company.limit_name("cashier"): "100"})
