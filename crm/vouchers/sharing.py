"""Sharing vouchers out: head office answers branches that ask, and branches give back what is more than their share."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from crm.reading import query_of
from crm.vouchers.models import VoucherGrant
from crm.vouchers.writing import VOUCHER, give_back, step
from sync import escrow, rights
from sync.escrow import Account, Need
from sync.journal import Journal
from sync.rights import Place, Query
from sync.unit import Unit

_ASKS = (
    "SELECT a.id, a.voucher, a.stream, a.quantity, a.at, a.epoch FROM voucher_ask a "
    "JOIN epoch p ON p.stream = a.stream AND p.name = a.epoch AND p.closed = 0 "
    "JOIN voucher v ON v.id = a.voucher AND NOT v.archived "
    "WHERE NOT EXISTS (SELECT 1 FROM voucher_grant g WHERE g.ask = a.id AND g.stream = a.stream) ORDER BY a.at, a.id"
)
_CONTACT = "SELECT coalesce(last_contact, 0) FROM stream WHERE stream = ?"
_TOLD = "SELECT 1 FROM voucher_grant WHERE ask = ? AND stream = ?"
_KEEP = (  # what the newest grant says
    "SELECT g.voucher, g.keep FROM voucher_grant g WHERE g.stream = ?1 AND g.epoch = ?2 AND g.keep IS NOT NULL "
    "AND NOT EXISTS (SELECT 1 FROM voucher_grant n WHERE n.voucher = g.voucher AND n.stream = ?1 AND n.epoch = ?2 "
    "AND (n.at, n.id) > (g.at, g.id))"
)


def share_out(journal: Journal) -> None:
    """At head office: answers the branches that ask, in one unit; where nothing is left, others are to give some back.

    Without a question, and without an answer, nothing is written.
    """
    if query_of(journal.store)(f"{_ASKS} LIMIT 1", ()):
        with journal.unit() as unit:
            waiting = [_Ask(*ask) for ask in unit.query(_ASKS, ())]
            for place, ask in enumerate(waiting):
                _answer(unit, ask, [one for one in waiting[place + 1 :] if one.voucher == ask.voucher])


class _Ask(NamedTuple):
    """``at``: when it was asked, ms UTC by the branch's clock."""

    id: bytes
    voucher: bytes
    stream: int
    quantity: int
    at: int
    epoch: bytes


def _answer(unit: Unit, ask: _Ask, others: Sequence[_Ask]) -> None:
    """*others*: those that wait for some of the same after this one."""
    voucher, stream, epoch = ask.voucher, ask.stream, ask.epoch
    if rights.working(unit.query, stream) != epoch or rights.is_frozen(unit.query, voucher):
        return
    accounts = rights.accounts(unit.query, VOUCHER, voucher)
    needs = _needs(unit, accounts, {one.stream: one.at for one in [*others, ask]})
    rest = escrow.left(rights.issued(unit.query, VOUCHER, voucher), accounts.values())
    answer = escrow.answer(stream, ask.quantity, rest, needs, sum(one.quantity for one in others))
    if answer.granted:
        unit.insert(VoucherGrant, {**step(voucher, epoch, answer.granted), "stream": stream, "ask": ask.id})
    for other, keep in answer.keep.items():
        if not unit.query(_TOLD, (ask.id, other)):
            place = {"voucher": voucher, "stream": other, "epoch": rights.working(unit.query, other)}
            unit.insert(VoucherGrant, {**place, "quantity": 0, "keep": keep, "ask": ask.id})


def _needs(unit: Unit, accounts: Mapping[Place, Account], asking: Mapping[int, int]) -> list[Need]:
    """Every branch at work that holds some, and those that ask; *asking*: since when (ms UTC)."""
    needs = []
    for stream in sorted({place[0] for place in accounts} | set(asking)):
        held = accounts.get((stream, rights.working(unit.query, stream) or b""), Account()).held
        if stream in asking or held > 0:
            spent = sum(account.spent for place, account in accounts.items() if place[0] == stream)
            since = asking[stream] if stream in asking else unit.query(_CONTACT, (stream,))[0][0]
            needs.append(Need(stream, held, spent, unit.stamp_ms - since))
    return needs


def return_surplus(journal: Journal) -> None:
    """At a branch: gives back what head office said is more than its share, in one unit; nothing is written without."""
    query = query_of(journal.store)
    place = (journal.stream, journal.epoch_name)
    if any(_surplus(query, place, *told) > 0 for told in query(_KEEP, place)):
        with journal.unit() as unit:
            for voucher, keep in unit.query(_KEEP, place):
                surplus = _surplus(unit.query, place, voucher, keep)
                if surplus > 0:
                    give_back(unit, voucher, surplus)


def _surplus(query: Query, place: Place, voucher: bytes, keep: int) -> int:
    return rights.account(query, VOUCHER, voucher, place).held - keep
