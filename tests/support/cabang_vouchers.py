"""Vouchers for stories and histories: what people do with them, and what must then hold (I4)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from random import Random
from typing import Any

from cabang_pair import BranchSide, Company, Side

from crm import vouchers
from crm.errors import BusinessError
from crm.vouchers.writing import VOUCHER
from sync import entry, ops, rights, wire
from sync.changes import Insert
from sync.clock import from_column
from sync.errors import CabangError, MadeAfterRevocation, MissingRow
from sync.escrow import Account, BeyondRights, NotEnoughRights

_ISSUED = "SELECT id, issued FROM voucher ORDER BY id"
_USED = "SELECT id, quantity FROM voucher_use WHERE voucher = ? ORDER BY id"
_LOGGED = "SELECT stream, seq, stamp, start, n, header, payload FROM entry e"
_IN_TIME = (
    f"{_LOGGED} WHERE NOT EXISTS (SELECT 1 FROM quarantine q WHERE q.epoch = e.epoch AND q.seq = e.seq AND reason = ?)"
)
_EPOCHS = "SELECT DISTINCT voucher, stream, epoch FROM voucher_grant ORDER BY 1, 2, 3"


def query(side: Side) -> rights.Query:
    """What ``sync.rights`` asks *side* with."""
    return lambda sql, params: side.rows(sql, *params)


def held(side: BranchSide, voucher: bytes) -> int:
    """How many uses *side* may take."""
    return rights.account(query(side), VOUCHER, voucher, (side.stream, side.journal.epoch_name)).held


def left(company: Company, voucher: bytes) -> int:
    """How many head office may grant."""
    return rights.rest(query(company.hub), VOUCHER, voucher)


# --- what must hold --------------------------------------------------------------------------------------------


def check_books(hub: Side) -> None:
    """At head office, at every step: what is spent and held is no more than was issued, of each branch and in all."""
    for voucher, issued in hub.rows(_ISSUED):
        accounts = rights.accounts(query(hub), VOUCHER, voucher).values()
        assert all(account.held >= 0 for account in accounts), "a branch has spent more than it was granted"
        assert sum(account.spent + account.held for account in accounts) <= issued, "more is out than was issued"


def check_everywhere(company: Company) -> None:
    """Over all nodes, told or not: spent + held <= issued.  For a company without copies, and nothing written off."""
    check_books(company.hub)
    for voucher, issued in company.hub.rows(_ISSUED):
        used = {use for side in company.sides for use in side.rows(_USED, voucher)}
        may = sum(held(side, voucher) for side in company.branches)
        assert sum(quantity for _, quantity in used) + may <= issued, "a right was spent twice"


def check_excess(company: Company, computers: Iterable[BranchSide], worked: Mapping[int, int]) -> None:
    """All was told: what a copy spent twice is held for review and shown to its number, everything else is booked.

    *worked*: how many computers ever worked as each branch.  Who took what is held may be one that is no more.
    """
    check_books(company.hub)
    late = MadeAfterRevocation.code  # of a disk that is gone
    reasons = {reason for (reason,) in company.hub.rows("SELECT reason FROM quarantine WHERE reason != ?", late)}
    dropped = company.hub.rows("SELECT 1 FROM lost_verdict WHERE tbl = 'voucher_grant' AND NOT taken LIMIT 1")
    known = {BeyondRights.code, *([MissingRow.code] if dropped else [])}  # the reason of the first try is kept
    assert reasons <= known, reasons
    told = told_uses(company.hub)
    assert {use for side in computers for (use,) in side.rows("SELECT id FROM voucher_use")} <= told.keys()
    if dropped:  # what rested on a grant that nobody took over is held for want of it
        return
    beyond = rights.beyond(query(company.hub), VOUCHER)
    told = told_uses(company.hub, _IN_TIME, late)
    for voucher, issued in company.hub.rows(_ISSUED):
        accounts = rights.accounts(query(company.hub), VOUCHER, voucher)
        spent = Counter[rights.Place]()
        for use in told.values():
            if use["voucher"] == voucher:
                spent[use["stream"], use["epoch"]] += use["quantity"]
        shown = beyond.get(voucher, {})
        for place, uses in spent.items():
            assert uses <= accounts[place].granted * worked[place[0]], "a computer spent more than it was granted"
            assert uses == accounts[place].spent + shown.get(place, 0), "a use is neither booked nor shown"
        may = left_of(issued, accounts) + sum(account.held for account in accounts.values())
        assert sum(shown.values()) == spent.total() + may - issued, "what is shown is not what is too much"


def left_of(issued: int, accounts: Mapping[rights.Place, Account]) -> int:
    """What was never granted, or came back."""
    back = sum(account.given_back + account.written_off for account in accounts.values())
    return issued - sum(account.granted for account in accounts.values()) + back


def told_uses(hub: Side, sql: str = _LOGGED, *given: Any) -> dict[bytes, dict[str, Any]]:
    """Every use in every log head office holds, applied or not, by id."""
    found = {}
    for stream, seq, stamp, start, n, header, payload in hub.rows(sql, *given):
        read = entry.stored(seq, from_column(stamp), start, n, header, wire.decode_array(payload, "entry"))
        for change in ops.read_entry(read, stream):
            if isinstance(change, Insert) and change.spec.name == "voucher_use":
                found[change.row] = change.fields
    return found


@contextmanager
def refused(kind: type[CabangError]) -> Iterator[list[CabangError]]:
    """Inside, this is refused, with the error that is in the list afterwards."""
    found: list[CabangError] = []
    try:
        yield found
    except kind as error:
        found.append(error)
    assert found, f"{kind.code} was not said"


# --- what people do --------------------------------------------------------------------------------------------


def issued(company: Company, uses: int, code: str = "PIJAT10") -> bytes:
    """A voucher of so many uses, known everywhere."""
    with company.hub.unit() as unit:
        made = vouchers.issue(unit, code, "Pijat bayi", uses)
    company.heal()
    return made


def granted(company: Company, branch: BranchSide, voucher: bytes, uses: int) -> None:
    """Head office grants so many uses, and the branch hears of it."""
    with company.hub.unit() as unit:
        vouchers.grant(unit, voucher, branch.stream, uses)
    company.until_done(branch)


def use(branch: BranchSide, voucher: bytes, uses: int = 1) -> None:
    """A customer takes so many."""
    with branch.unit() as unit:
        vouchers.use(unit, voucher, uses)


# --- the same, drawn at random ---------------------------------------------------------------------------------


def _some(side: Side, draw: Random) -> bytes | None:
    found = side.rows("SELECT id FROM voucher ORDER BY id")
    return draw.choice(found)[0] if found else None


def voucher_issued(side: Side, draw: Random) -> object:
    """A new one of which each branch gets some, or another number of an old one."""
    code = draw.choice("AB")
    found = side.rows("SELECT id FROM voucher WHERE code = ?", code)
    try:
        with side.unit() as unit:
            if found:
                return vouchers.change(unit, found[0][0], code, "Pijat", draw.randint(5, 30))
            made = vouchers.issue(unit, code, "Pijat", draw.randint(8, 30))
            for (stream,) in unit.query("SELECT stream FROM branch"):
                vouchers.grant(unit, made, stream, 2)
            return made
    except BusinessError:
        return None


def voucher_granted(side: Side, draw: Random) -> object:
    """To a branch, more or fewer than are left."""
    voucher, streams = _some(side, draw), side.rows("SELECT stream FROM branch ORDER BY stream")
    if voucher is None:
        return voucher_issued(side, draw)
    try:
        with side.unit() as unit:
            return vouchers.grant(unit, voucher, draw.choice(streams)[0], draw.randint(1, 8))
    except (BusinessError, NotEnoughRights):
        return None


def voucher_withdrawn(side: Side, draw: Random) -> object:
    """Or given out again, which is likelier."""
    voucher = _some(side, draw)
    if voucher is None:
        return None
    with side.unit() as unit:
        return vouchers.withdraw(unit, voucher, draw.random() < 0.2)


def voucher_written_off(side: Side, draw: Random) -> object:
    """All that epochs still hold that are over."""
    done = 0
    for voucher, stream, epoch in side.rows(_EPOCHS):
        try:
            with side.unit() as unit:
                done += vouchers.write_off(unit, voucher, stream, epoch)
        except BusinessError:
            continue
    return done


def voucher_taken(side: Side, draw: Random) -> object:
    """Uses taken, asked for and given back."""
    voucher = _some(side, draw)
    if voucher is None:
        return None
    for step in draw.sample([vouchers.use, vouchers.use, vouchers.ask, vouchers.give_back], 4):
        try:
            with side.unit() as unit:
                step(unit, voucher, draw.choice((1, 1, 3)))
        except (BusinessError, NotEnoughRights):
            continue
    return voucher


HUB_DEEDS = {
    "voucher issued": voucher_issued,
    "voucher granted": voucher_granted,
    "voucher withdrawn": voucher_withdrawn,
    "voucher written off": voucher_written_off,
}
BRANCH_DEEDS = {"voucher": voucher_taken, "voucher again": voucher_taken}
