"""Goods between branches and on the shelf, for stories and histories: what people do, and what must then hold."""

from collections.abc import Sequence
from random import Random
from typing import Any

from cabang_pair import BranchSide, Company, Side

from crm import stock, transfers
from crm.errors import BusinessError
from crm.locations import shop_of
from crm.stock import counting
from crm.transfers import Moved, Shown
from sync.database import using
from sync.model import natural_id

OIL = natural_id("product", "OLI-1")
TYRE = natural_id("product", "BAN-2")

SENDERS = (transfers.SEND, transfers.CANCEL, transfers.PUT_BACK, transfers.WRITE_OFF)
RECEIVERS = (transfers.RECEIVE, transfers.CANCEL)

_BOOKS = """
SELECT hex(product), sum(quantity) FROM (
    SELECT product, quantity FROM stock_document_line
    UNION ALL SELECT product, -quantity FROM sale_line WHERE goods
    UNION ALL SELECT l.product, -l.quantity FROM transfer_event_line l JOIN transfer_event e ON e.id = l.transfer_event
        WHERE e.kind = 'write_off'
) GROUP BY product HAVING sum(quantity) != 0 ORDER BY 1
"""
_SEEN = (
    "SELECT s.transfer_event, s.event FROM transfer_seen s JOIN transfer_event e ON e.id = s.transfer_event"
    " WHERE e.transfer = ?"
)
_STOCK = "SELECT hex(product), sum(quantity) FROM on_hand GROUP BY product HAVING sum(quantity) != 0 ORDER BY 1"
_SHOP = "SELECT hex(product), quantity FROM on_hand WHERE location = ? AND quantity != 0 ORDER BY 1"


def check_stock(company: Company) -> None:
    """Over branches and in transit lies what was received, less what was sold, corrected by what was counted."""
    assert company.hub.rows(_BOOKS) == company.hub.rows(_STOCK)
    for branch in company.branches:
        shop = shop_of(branch.stream)
        assert company.hub.rows(_SHOP, shop) == branch.rows(_SHOP, shop)


def check_transfers(company: Company) -> None:
    """Both branches and head office see each transfer alike, and no difference is on nobody's list."""
    for (transfer,) in company.hub.rows("SELECT id FROM transfer ORDER BY id"):
        at_hub = shown(company.hub, transfer)
        parties = (at_hub.sender.stream, at_hub.receiver.stream)
        seen = [shown(side, transfer) for side in company.branches if side.stream in parties]
        assert [_alike(at_hub)] * len(seen) == [_alike(one) for one in seen]
        left = company.hub.rows("SELECT product, quantity FROM on_hand WHERE location = ? AND quantity != 0", transfer)
        assert dict(left) == {one.product: one.rest for one in at_hub.accounts if one.rest}
        assert at_hub.is_open or not left
        check_tips(company, transfer)


def check_tips(company: Company, transfer: bytes) -> None:
    """No event names one that another one it names had seen: it names tips alone."""
    named: dict[bytes, set[bytes]] = {}
    for event, tip in company.hub.rows(_SEEN, transfer):
        named.setdefault(event, set()).add(tip)
    for event, seen in named.items():
        assert not any(tip in _past(other, named) for tip in seen for other in seen), event.hex()


def _past(event: bytes, named: dict[bytes, set[bytes]]) -> set[bytes]:
    seen = named.get(event, set())
    return seen.union(*(_past(one, named) for one in seen))


def _alike(one: Shown) -> tuple[Any, ...]:
    """What a transfer says, whoever looks: names of people apart, which are known where they work."""
    return one.status, one.accounts, one.tasks, [(said.id, said.flag, said.sent) for said in one.said]


def shown(side: Side, transfer: bytes) -> Shown:
    """How a transfer stands at *side*."""
    with using(side.store):
        return transfers.find(transfer)


def listed(side: Side) -> list[Shown]:
    """Every open transfer *side* knows."""
    with using(side.store):
        return transfers.listed(True, 1_000)


# --- what people do --------------------------------------------------------------------------------------------


def send_new(branch: BranchSide, to: BranchSide, *lines: tuple[bytes, int]) -> bytes:
    """Goods leave *branch* unasked."""
    with branch.unit() as unit:
        return transfers.send_new(unit, to.id, [Moved(*line) for line in lines])


def ask(branch: BranchSide, sender: BranchSide, *lines: tuple[bytes, int]) -> bytes:
    """*branch* asks for goods."""
    with branch.unit() as unit:
        return transfers.request(unit, sender.id, [Moved(*line) for line in lines])


def act(branch: BranchSide, kind: str, transfer: bytes, *lines: tuple[bytes, int]) -> None:
    """An event of *kind* at *branch*."""
    moved = [Moved(*line) for line in lines]
    with branch.unit() as unit:
        if kind == transfers.CANCEL:
            transfers.cancel(unit, transfer)
        elif kind in (transfers.SEND, transfers.RECEIVE):
            {transfers.SEND: transfers.send, transfers.RECEIVE: transfers.receive}[kind](unit, transfer, moved)
        else:
            transfers.settle(unit, transfer, kind, moved)


def count_shelf(branch: BranchSide, product: bytes, quantity: int) -> bytes:
    """A line on the branch's sheet."""
    with branch.unit() as unit:
        sheet = counting.open_sheet(unit)
        counting.count(unit, sheet, product, quantity)
    return sheet


def submit_count(branch: BranchSide, sheet: bytes) -> int:
    """The sheet's differences correct the stock."""
    with branch.unit() as unit:
        return counting.submit(unit, sheet)


def on_hand(side: Side, location: bytes, product: bytes) -> int:
    """What the books of *side* say lies there."""
    found = side.rows("SELECT quantity FROM on_hand WHERE location = ? AND product = ?", location, product)
    return int(found[0][0]) if found else 0


# --- the same, drawn at random ---------------------------------------------------------------------------------


def any_transfer(side: Side, draw: Random) -> object:
    """Steps somebody at *side* takes with transfers that are open there; without one, another is begun."""
    return [_a_step(side, draw) for _ in range(2)]


def _a_step(side: Side, draw: Random) -> object:
    assert isinstance(side, BranchSide)
    steps = [(one, kind) for one in listed(side) for kind in _steps_of(one, side) if one.may(kind)]
    if not steps:
        return new_transfer(side, draw)
    one, kind = draw.choice(steps)
    try:
        act(side, kind, one.id, *_drawn(one, kind, draw))
    except BusinessError:
        return None
    return kind


def _steps_of(one: Shown, side: Side) -> Sequence[str]:
    return SENDERS if one.sender.stream == side.stream else RECEIVERS


def _drawn(one: Shown, kind: str, draw: Random) -> Sequence[tuple[bytes, int]]:
    """Quantities near what is due."""
    if kind in (transfers.PUT_BACK, transfers.WRITE_OFF):
        return [(account.product, account.rest) for account in one.accounts if account.rest]
    return [
        (account.product, max(1, account.requested or account.sent) + draw.randint(-1, 1)) for account in one.accounts
    ]


def new_transfer(side: Side, draw: Random) -> object:
    """Goods asked for, or sent unasked."""
    assert isinstance(side, BranchSide)
    others = side.rows("SELECT id FROM branch WHERE stream != ? ORDER BY id", side.stream)
    (other,) = draw.choice(others)
    lines = [Moved(product, draw.randint(1, 9)) for product in draw.sample([OIL, TYRE], draw.randint(1, 2))]
    with side.unit() as unit:
        write = draw.choice([transfers.request, transfers.send_new])
        return write(unit, other, lines)


def shelf_counted(side: Side, draw: Random) -> object:
    """A line more on the sheet, or the sheet submitted, or given up."""
    with side.unit() as unit:
        sheet = counting.open_sheet(unit)
        for product in draw.sample([OIL, TYRE], draw.randint(0, 2)):
            counting.count(unit, sheet, product, draw.choice([draw.randint(0, 9), draw.randint(0, 9), None]))
    if draw.random() < 0.1:
        with side.unit() as unit:
            counting.give_up(unit, sheet)
    elif draw.random() < 0.5:
        try:
            submit_count(side, sheet)  # type: ignore[arg-type]
        except BusinessError:
            return None
    return sheet


def imported_count(side: Side, draw: Random) -> object:
    """A correction from a file; while somebody counts the shelf it is refused."""
    try:
        with side.unit() as unit:
            return stock.record_document(unit, "count", [stock.Moved(OIL, draw.randint(-5, 5))])
    except BusinessError:
        return None
