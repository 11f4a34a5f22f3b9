"""Shifts at the till for histories: what a cashier does with the drawer, and what must then lie in it."""

from collections.abc import Iterator
from random import Random
from typing import Any

from cabang_pair import Company, Side

from crm import money
from crm.errors import BusinessError
from crm.money.spans import current
from crm.selling.rules import Line, Paid
from crm.selling.writing import record_sale
from sync import changes, entry, ops, wire
from sync.clock import from_column
from sync.database import using
from sync.model import natural_id

OIL = natural_id("product", "OLI-1")
_ENTRIES = "SELECT stream, seq, stamp, start, n, header, payload FROM entry ORDER BY stream, epoch, seq"
_COPIED = "SELECT stream FROM epoch GROUP BY stream HAVING count(*) > 1"


def drawer(side: Side, draw: Random) -> object:
    """A shift is opened when there is none; else cash moves, or the drawer is counted."""
    with side.unit() as unit:
        shift = current(unit.query, unit.stream, 1)
        if shift is None:
            return money.open_shift(unit, 1_000 * draw.randint(0, 9))
        if draw.random() < 0.3:
            return money.close_shift(unit, shift, draw.randint(0, 99_000))
        return money.move_cash(unit, shift, draw.choice([money.IN, money.OUT]), draw.randint(1, 9_000), "galon air")


def late_step(side: Side, draw: Random) -> object:
    """A page that was open too long: any shift of anybody, whatever became of it."""
    found = side.rows("SELECT id FROM shift ORDER BY id")
    if not found:
        return drawer(side, draw)
    shift = draw.choice(found)[0]
    try:
        with side.unit() as unit:
            return money.close_shift(unit, shift, 5_000)
    except BusinessError:
        return None


BRANCH_DEEDS = {"drawer": drawer, "drawer again": drawer, "drawer once more": drawer, "late step": late_step}


# --- what must hold --------------------------------------------------------------------------------------------


def check_drawers(company: Company) -> None:
    """Head office and the branch tell each shift alike, each closing says what its log says, no sale is in two."""
    at_hub = {one.span.id: one for one in _reports(company.hub)}
    for branch in company.branches:
        assert _reports(branch) == [at_hub[one.span.id] for one in _reports(branch)]
    copied = {stream for (stream,) in company.hub.rows(_COPIED)}
    for shift, inside in _by_the_log(company.hub, copied):
        assert inside == at_hub[shift].span.told, "a drawer is not float, cash sales and moves"
    for one in at_hub.values():
        assert one.late == one.accounts["drawer"] or one.span.closing is None
    counted = sum(one.sums.sales for one in at_hub.values())
    assert counted <= company.hub.one("SELECT count(*) FROM sale WHERE kind = 'sale'"), "a sale is in two shifts"


def a_drawer_is_what_its_log_says(company: Company) -> None:
    """A float, a sale in cash, cash taken out; counted, told to head office, and walked in the log."""
    branch = company.branches[0]
    with branch.unit() as unit:
        shift = money.open_shift(unit, 9_000)
        record_sale(unit, lines=[Line(OIL, 1, 5_000)], payments=[Paid("cash", 5_000)])
        money.move_cash(unit, shift, money.OUT, 2_000, "galon air")
        money.close_shift(unit, shift, 12_000)
    company.heal()
    check_drawers(company)


def _reports(side: Side) -> list[money.Report]:
    with using(side.store):
        return [money.report(shift) for (shift,) in side.rows("SELECT id FROM shift ORDER BY id")]


def _by_the_log(hub: Side, copied: set[int]) -> Iterator[tuple[bytes, int]]:
    """Each shift that was closed and what lay in its drawer then, walking the logs of branches without copies."""
    inside: dict[int, tuple[bytes, int]] = {}
    for stream, seq, stamp, start, n, header, payload in hub.rows(_ENTRIES):
        items = wire.decode_array(payload, "entry")
        for change in ops.read_entry(entry.stored(seq, from_column(stamp), start, n, header, items), stream):
            if isinstance(change, changes.Insert) and stream not in copied:
                closed = _walked(inside, stream, change)
                yield from [closed] if closed else []


def _walked(inside: dict[int, tuple[bytes, int]], stream: int, change: changes.Insert) -> tuple[bytes, int] | None:
    """Changes what lies in the drawer; the shift and its cash when this closes it."""
    name, row = change.spec.name, change.fields
    if name == "shift":
        assert stream not in inside, "a shift was opened while one was open"
        inside[stream] = (change.row, row["opening"])
    elif name == "shift_close":
        return inside.pop(stream)
    elif stream in inside:
        shift, cash = inside[stream]
        inside[stream] = (shift, cash + _cash(name, row, change))
    return None


def _cash(name: str, row: dict[str, Any], change: changes.Insert) -> int:
    if name == "cash_move":
        return int(row["amount"] if row["kind"] == "in" else -row["amount"])
    paid = change.lines["payment"] if name == "sale" else []
    return sum(int(one["amount"]) for one in paid if one["method"] == "cash")
