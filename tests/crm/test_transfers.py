"""Transfers at one branch: what may be written, by whom, and how the goods stand after it."""

from typing import Any

import pytest

from crm import transfers
from crm.errors import BadQuantity, BadText, BusinessError, NoLines, UnknownProduct
from crm.locations import shop_of
from crm.stock import OnHand, movements
from crm.transfers import CANCEL, PUT_BACK, RECEIVE, SEND, WRITE_OFF, Moved
from crm.transfers.errors import MoreThanLeft, NotYourStep, StepPassed, UnknownPartner
from crm.transfers.rules import LIFE, Account, accounts
from sync import limits
from sync.model import natural_id

OIL, TYRE, MASSAGE = (natural_id("product", code) for code in ("OLI-1", "BAN-2", "PIJAT"))
PTK, BJM = natural_id("branch", "PTK"), natural_id("branch", "BJM")
FIVE = [Moved(OIL, 5)]


def write(node: Any, function: Any, *args: Any) -> bytes:
    with node.unit() as unit:
        return bytes(function(unit, *args))


def here(transfer: bytes) -> Account:
    """The account of its first product."""
    return transfers.find(transfer).accounts[0]


def stock(location: bytes) -> dict[bytes, int]:
    return {bytes(row.product): row.quantity for row in OnHand.select().where(OnHand.location == location)}


def test_goods_leave_the_shop_and_lie_in_transit(branch: Any) -> None:
    """Goal: goods on the way belong to no shop. Method: sent unasked, the difference corrected in both ways."""
    transfer = write(branch, transfers.send_new, BJM, [Moved(OIL, 5), Moved(TYRE, 2)], " dengan  ojek ")
    assert ({OIL: -5, TYRE: -2}, {OIL: 5, TYRE: 2}) == (stock(shop_of(1)), stock(transfer))
    write(branch, transfers.settle, transfer, PUT_BACK, [Moved(OIL, 4)])
    write(branch, transfers.settle, transfer, WRITE_OFF, [Moved(OIL, 1), Moved(TYRE, 2)])
    assert ({OIL: -1, TYRE: -2}, {OIL: 0, TYRE: 0}) == (stock(shop_of(1)), stock(transfer))
    shown = transfers.find(transfer)
    assert ("sent", False, ["PTK", "BJM"]) == (shown.status, shown.is_open, [shown.sender.code, shown.receiver.code])
    assert [(SEND, "dengan ojek"), (PUT_BACK, None), (WRITE_OFF, None)] == [
        (said.kind, said.note) for said in shown.said
    ]
    assert {("transfer_out", -5), ("transfer_back", 4)} == {(m.kind, m.quantity) for m in movements(OIL, shop_of(1))}


def test_what_was_asked_for_may_be_taken_in_before_the_news(branch: Any) -> None:
    """Goal: a cut line stops nobody. Method: asked for, received, the rest later; below zero until the news comes."""
    transfer = write(branch, transfers.request, BJM, FIVE, None)
    assert ([transfer], [], 0) == ([one.id for one in transfers.listed(True, 9)], transfers.listed(False, 9), 0)
    write(branch, transfers.receive, transfer, [Moved(OIL, 3), Moved(TYRE, 0)])
    write(branch, transfers.receive, transfer, [Moved(OIL, 1)])
    write(branch, transfers.receive, transfer, [])
    assert (Account(OIL, 5, 0, 4, 0, 0), -4) == (here(transfer), here(transfer).rest)
    shown = transfers.find(transfer)
    assert (True, True, 1, [False] * 3) == (shown.differs, shown.is_open, transfers.unequal(),
                                           [said.sent for said in shown.said])  # fmt: skip


def test_lists_go_on_where_they_ended(branch: Any) -> None:
    """Goal: open ones and done ones, newest first, page by page. Method: three asked for, one cancelled."""
    made = []
    for _ in range(3):
        branch.now[0] += 1_000
        made.append(write(branch, transfers.request, BJM, FIVE))
    write(branch, transfers.cancel, made[1])
    first = transfers.listed(True, 1)
    assert [made[2]] == [one.id for one in first]
    assert [made[0]] == [one.id for one in transfers.listed(True, 9, (first[0].at, first[0].id))]
    assert [made[1]] == [one.id for one in transfers.listed(False, 9)]


@pytest.mark.row("H-62")
@pytest.mark.parametrize(
    ("function", "args", "error"),
    [
        (transfers.request, (PTK, FIVE), UnknownPartner),
        (transfers.request, (b"?" * 16, FIVE), UnknownPartner),
        (transfers.request, (BJM, []), NoLines),
        (transfers.request, (BJM, [Moved(OIL, 0)]), BadQuantity),
        (transfers.request, (BJM, [Moved(OIL, limits.QUANTITY_MAX + 1)]), BadQuantity),
        (transfers.request, (BJM, [Moved(OIL, 1.0)]), BadQuantity),  # type: ignore[arg-type]
        (transfers.request, (BJM, [Moved(MASSAGE, 1)]), UnknownProduct),
        (transfers.request, (BJM, FIVE, "a\x00b"), BadText),
        (transfers.send_new, (BJM, [Moved(OIL, -1)]), BadQuantity),
        (transfers.receive, (b"?" * 14, FIVE), transfers.UnknownTransfer),
    ],
)
def test_illegal_goods_go_nowhere(branch: Any, function: Any, args: Any, error: type[BusinessError]) -> None:
    """Goal: illegal values move nothing. Method: a table; rows counted."""
    with pytest.raises(error):
        write(branch, function, *args)
    assert [0, 0, 0] == [branch.count(table) for table in ("transfer", "transfer_event", "stock_movement")]


@pytest.mark.parametrize(
    ("function", "args", "error"),
    [
        (transfers.receive, (FIVE,), NotYourStep),
        (transfers.cancel, (), StepPassed),
        (transfers.settle, (WRITE_OFF, []), NoLines),
        (transfers.settle, (WRITE_OFF, [Moved(OIL, 6)]), MoreThanLeft),
        (transfers.settle, (WRITE_OFF, [Moved(OIL, -1)]), MoreThanLeft),
        (transfers.settle, (PUT_BACK, [Moved(TYRE, 1)]), MoreThanLeft),
        (transfers.settle, (PUT_BACK, [Moved(OIL, 3), Moved(OIL, 3)]), MoreThanLeft),
        (transfers.settle, (SEND, FIVE), BusinessError),
    ],
)
def test_a_step_that_cannot_be_taken_is_refused(branch: Any, function: Any, args: Any, error: Any) -> None:
    """Goal: the rules hold before the log. Method: five sent; each wrong step after it."""
    transfer = write(branch, transfers.send_new, BJM, FIVE)
    before = branch.journal.seq
    with pytest.raises(error):
        write(branch, function, transfer, *args)
    assert before == branch.journal.seq


def test_each_product_has_its_account() -> None:
    """Goal: sums by product, in the order of first mention. Method: products named twice, and in one kind alone."""
    moved = {SEND: [Moved(b"a", 3), Moved(b"a", 2)], RECEIVE: [Moved(b"c", 1), Moved(b"a", 4)]}
    found = accounts([Moved(b"b", 7)], moved)
    assert [Account(b"b", 7, 0, 0, 0, 0), Account(b"a", 0, 5, 4, 0, 0), Account(b"c", 0, 0, 1, 0, 0)] == found
    assert [0, 1, -1] == [one.rest for one in found]


def test_nothing_follows_a_cancellation() -> None:
    """Goal: a cancelled transfer is over. Method: every kind of event after it."""
    assert [None] * 5 == [LIFE.after("cancelled", kind) for kind in (SEND, RECEIVE, CANCEL, PUT_BACK, WRITE_OFF)]
