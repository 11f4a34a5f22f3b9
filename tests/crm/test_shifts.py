"""Shifts at the till: what lies in the drawer, what a closing finds, which sales are whose; and the double entry."""

from typing import Any

import pytest
from cabang_crm_nodes import chance, open_node
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm import balances, money, selling
from crm.errors import BadChoice, BadText
from crm.money import errors, figures, postings
from crm.selling import Line, Paid
from sync import limits
from sync.errors import LogDamaged
from sync.model import natural_id

OIL = natural_id("product", "OLI-1")
STEPS = st.lists(st.tuples(st.sampled_from(["sale", "qris", "return", "import", "in", "out", "open", "close"]),
                           st.integers(1, 9)), max_size=14)  # fmt: skip


def write(node: Any, act: Any, *args: Any) -> Any:
    with node.unit() as unit:
        return act(unit, *args)


def sell(node: Any, rupiah: int, method: str = "cash", **more: Any) -> bytes:
    """Goods for *rupiah* after a discount of 1,000."""
    line = Line(OIL, 1, rupiah + 1_000, 1_000)
    with node.unit() as unit:
        return selling.record_sale(unit, lines=[line], payments=[Paid(method, rupiah)], **more).id


def take_back(node: Any, rupiah: int) -> bytes:
    with node.unit() as unit:
        lines, payments = [Line(OIL, -1, rupiah)], [Paid("cash", -rupiah)]
        return selling.record_sale(unit, lines=lines, payments=payments, kind="return").id


def listed() -> list[money.Listed]:
    return money.listed("s.stream = :stream", {"stream": 1})


def test_a_day_from_float_to_count(branch: Any) -> None:
    """Goal: the difference is what was counted less what must be there. Method: every kind of document of a day."""
    sell(branch, 7_000)
    write(branch, money.close_shift, write(branch, money.open_shift, 0), 0)
    sell(branch, 8_000)
    shift = write(branch, money.open_shift, 200_000)
    sell(branch, 50_000)
    sell(branch, 30_000, "qris")
    take_back(branch, 10_000)
    sell(branch, 99_000, at=1_700_000_000_000, source="sales", external="INV-1")
    write(branch, money.move_cash, shift, money.OUT, 15_000, "Galon air")
    write(branch, money.move_cash, shift, money.IN, 5_000, " Uang  receh ")
    write(branch, money.close_shift, shift, 229_500)
    sell(branch, 3_000)
    one = money.report(shift)
    assert (230_000, 230_000, -500, 0) == (one.expected, one.span.told, one.difference, one.late)
    assert (2, 1, -10_000, 70_000, 3, 5) == one.sums[:6]
    assert (82_000 - 10_000, 2_000) == (one.sums.gross, one.sums.discount)
    assert {"cash": 40_000, "qris": 30_000} == one.sums.methods
    assert (5_000, -15_000) == (one.moved(money.IN), one.moved(money.OUT))
    assert ["Galon air", "Uang receh"] == [move["reason"] for move in one.moves]
    assert [(1, 8_000), (0, 0)] == [one.before for one in listed()]
    assert ((1, 3_000), None) == (money.sold_since(1, 1), money.current(1, 1))


def test_every_account_of_a_shift(branch: Any) -> None:
    """Goal: double entry. Method: each account's balance by hand; they are zero together, open or closed."""
    shift = write(branch, money.open_shift, 200_000)
    sell(branch, 50_000)
    sell(branch, 30_000, "card")
    write(branch, money.move_cash, shift, money.OUT, 15_000, "Galon air")
    held = {"drawer": 235_000, "card": 30_000, "sales": -82_000, "discount": 2_000, "float": -200_000}
    assert {**held, "pay_out": 15_000} == money.report(shift).accounts
    write(branch, money.close_shift, shift, 235_700)
    accounts = money.report(shift).accounts
    assert {**held, "pay_out": 15_000, "drawer": 0, "float": 35_700, "difference": -700} == accounts
    assert 0 == sum(accounts.values())
    found = balances.verify(branch.store.connection())
    assert (5, 1) == (found["documents"], found["shifts"])


def test_one_shift_at_a_time(branch: Any) -> None:
    """Goal: no second shift, no second closing. Method: each step where it does not belong."""
    shift = write(branch, money.open_shift, 0)
    with pytest.raises(errors.ShiftIsOpen):
        write(branch, money.open_shift, 0)
    write(branch, money.open_shift, 0, 2)
    write(branch, money.close_shift, shift, 0)
    for act in ((money.close_shift, shift, 0), (money.move_cash, shift, money.IN, 1, "x"), (money.close_shift, OIL, 0)):
        with pytest.raises(errors.NoOpenShift):
            write(branch, *act)
    with pytest.raises(errors.UnknownShift):
        money.report(OIL)
    write(branch, money.open_shift, 0)
    assert [1, 1, 2] == sorted(one.span.number for one in listed())
    assert money.is_open(1, 1)


@pytest.mark.parametrize("amount", [-1, limits.RUPIAH_MAX + 1, "5", True])
def test_no_amount_of_cash(branch: Any, amount: Any) -> None:
    """Goal: illegal amounts are refused before the log. Method: each in each step; nothing is written."""
    shift = write(branch, money.open_shift, 0)
    steps: list[Any] = [(money.open_shift, amount, 2), (money.close_shift, shift, amount)]
    for act in [*steps, (money.move_cash, shift, money.IN, amount, "x"), (money.move_cash, shift, money.IN, 0, "x")]:
        with pytest.raises(errors.BadCash):
            write(branch, *act)
    assert [1, 0, 0] == [branch.count(table) for table in ("shift", "cash_move", "shift_close")]


def test_cash_needs_a_reason(branch: Any) -> None:
    """Goal: nobody wonders later. Method: no reason, one too long, no direction."""
    shift = write(branch, money.open_shift, 0)
    for reason in (" ", "x" * (money.REASON_MAX + 1)):
        with pytest.raises(BadText):
            write(branch, money.move_cash, shift, money.OUT, 1, reason)
    with pytest.raises(BadChoice):
        write(branch, money.move_cash, shift, "away", 1, "x")


def test_of_two_closings_the_first_counts(branch: Any) -> None:
    """Goal: copies of a database cannot count twice. Method: a second closing past the rule; it is told, not added."""
    shift = write(branch, money.open_shift, 1_000)
    write(branch, money.close_shift, shift, 900)
    sell(branch, 5_000)
    with branch.unit() as unit:
        unit.insert(money.ShiftClose, {"shift": shift, "counted": 6_000, "expected": 6_000, "receipts_to": 1})
    one = money.report(shift)
    assert (-100, 0, [6_000]) == (one.difference, one.accounts["drawer"], [more["counted"] for more in one.again])
    balances.verify(branch.store.connection())


def test_two_open_shifts_share_no_sale(branch: Any) -> None:
    """Goal: a sale is in one shift at most. Method: a second shift past the rule, as a copy opens it; sales after."""
    first = write(branch, money.open_shift, 0)
    sell(branch, 1_000)
    with branch.unit() as unit:
        row = {"number": 2, "opening": 0, "receipts_from": 2}
        second = unit.insert(money.Shift, row)
    sell(branch, 2_000)
    assert [1_000, 2_000] == [money.report(shift).expected for shift in (first, second)]
    write(branch, money.close_shift, first, 1_000)
    assert [0, None] == [money.report(shift).difference for shift in (first, second)]
    current = money.current(1, 1)
    assert current is not None and second == current.id
    balances.verify(branch.store.connection())


def test_a_clock_that_stands_hides_no_shift(branch: Any) -> None:
    """Goal: the shift opened last is the open one. Method: a clock set back stands; a process whose ids are smaller."""
    write(branch, money.close_shift, write(branch, money.open_shift, 1_000), 1_000)
    again = open_node(branch.store, 1, chance(500))
    shift = write(again, money.open_shift, 2_000)
    before, opened = sorted((one.span for one in listed()), key=lambda span: span.number)
    assert (before.opened_at, True) == (opened.opened_at, before.id > opened.id)
    with pytest.raises(errors.ShiftIsOpen):
        write(again, money.open_shift, 0)
    sell(again, 5_000)
    write(again, money.close_shift, shift, 7_000)
    assert [1_000, 7_000] == [money.report(one).expected for one in (before.id, shift)]
    assert [0, 0] == [money.report(one).difference for one in (before.id, shift)]


def test_what_comes_after_the_closing_is_told(branch: Any) -> None:
    """Goal: books that change later are not hidden. Method: cash moved after the closing, past the rule."""
    shift = write(branch, money.open_shift, 1_000)
    write(branch, money.close_shift, shift, 1_000)
    with branch.unit() as unit:
        unit.insert(money.CashMove, {"shift": shift, "kind": "in", "amount": 50, "reason": "x"})
    one = money.report(shift)
    assert (50, -50, 50) == (one.late, one.difference, one.accounts["drawer"])


@pytest.mark.parametrize("bug", ["a pay-out is forgotten", "a discount is forgotten"])
def test_a_wrong_sum_is_noticed(branch: Any, monkeypatch: pytest.MonkeyPatch, bug: str) -> None:
    """Goal: verifying the books can fail. Method: a bug planted on each side of the two comparisons."""
    shift = write(branch, money.open_shift, 1_000)
    write(branch, money.move_cash, shift, money.OUT, 400, "x")
    sell(branch, 5_000)
    balances.verify(branch.store.connection())
    if bug == "a pay-out is forgotten":
        monkeypatch.setattr(figures, "OUT", "away")
    else:
        sound = postings._EVERY
        monkeypatch.setattr(postings, "_EVERY", sound.replace("l.discount", "0"))
    with pytest.raises(LogDamaged):
        balances.verify(branch.store.connection())


class Drawer:
    """What a cashier with a slip of paper would know."""

    def __init__(self) -> None:
        self.inside, self.shift, self.closed = 0, b"", list[tuple[bytes, int]]()

    def step(self, node: Any, kind: str, amount: int) -> None:
        """Does it at the node, and on paper."""
        if kind in ("sale", "qris", "import", "return"):
            cash = {"sale": amount, "return": -amount}.get(kind, 0)
            {"sale": sell, "return": take_back, "qris": sell, "import": sell}[kind](node, amount, **_MORE.get(kind, {}))
            self.inside += cash if self.shift else 0
        elif kind == "open" and not self.shift:
            self.shift, self.inside = write(node, money.open_shift, amount), amount
        elif self.shift and kind == "close":
            write(node, money.close_shift, self.shift, 5)
            self.closed.append((self.shift, 5 - self.inside))
            self.shift = b""
        elif self.shift and kind != "open":
            write(node, money.move_cash, self.shift, kind, amount, "x")
            self.inside += amount if kind == "in" else -amount


_MORE: dict[str, dict[str, Any]] = {
    "qris": {"method": "qris"},
    "import": {"source": "sales", "external": "1", "at": 1_700_000_000_000},
}


@settings(max_examples=12, deadline=None, derandomize=True, database=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(steps=STEPS)
def test_the_drawer_is_what_a_slip_of_paper_says(branch: Any, steps: list[tuple[str, int]]) -> None:
    """Goal: float + cash sales + pay-ins − pay-outs, whatever the order. Method: random days kept on paper too."""
    drawer, before = Drawer(), money.current(1, 1)
    if before is not None:
        write(branch, money.close_shift, before.id, 0)
    for kind, amount in steps:
        drawer.step(branch, kind, amount)
    assert drawer.closed == [(shift, money.report(shift).difference) for shift, _ in drawer.closed]
    assert not drawer.shift or drawer.inside == money.report(drawer.shift).expected
    balances.verify(branch.store.connection())
