"""Reading vouchers: how many uses there are, where they are, and what may be taken at this branch."""

from collections.abc import Mapping
from typing import NamedTuple

from crm.reading import query
from crm.vouchers.errors import UnknownVoucher
from crm.vouchers.writing import VOUCHER
from sync import rights

Beyond = Mapping[bytes, Mapping[rights.Place, int]]

_ALL = "SELECT id, code, name, issued, archived FROM voucher ORDER BY archived, name, id"
_ONE = "SELECT id, code, name, issued, archived FROM voucher WHERE id = ?"
_HERE = "SELECT id, code, name FROM voucher WHERE NOT archived ORDER BY name, id"
_BRANCHES = "SELECT stream, code, name FROM branch ORDER BY code"
_ASKED = (
    "SELECT coalesce(sum(a.quantity), 0) FROM voucher_ask a WHERE a.voucher = ? AND a.stream = ? AND a.epoch = ? "
    "AND NOT EXISTS (SELECT 1 FROM voucher_grant g WHERE g.ask = a.id AND g.stream = a.stream)"
)


class Listed(NamedTuple):
    """A voucher at head office; ``held``: by branches, those of computers that are gone among them.

    ``twice``: uses a copied computer took that had been taken before; in no other number, and head office bears them.
    ``frozen``: head office was put back to an older state since, and grants no more of it.
    """

    id: bytes
    code: str
    name: str
    issued: int
    archived: bool
    held: int
    used: int
    lost: int
    twice: int
    left: int
    frozen: bool


class Holding(NamedTuple):
    """A branch's part in a voucher; ``gone``: what former computers of it have not reported; ``asked``: it waits."""

    stream: int
    code: str
    name: str
    held: int
    used: int
    gone: int
    lost: int
    twice: int
    asked: int
    at_work: bool


class Here(NamedTuple):
    """A voucher at a branch; ``asked``: so many more it waits for."""

    id: bytes
    code: str
    name: str
    held: int
    asked: int


def listed() -> list[Listed]:
    """Every voucher, those that are withdrawn last."""
    beyond = rights.beyond(query, VOUCHER)
    return [_told(beyond, *row) for row in query(_ALL, ())]


def find(voucher: bytes) -> Listed:
    """One of them; raises UnknownVoucher."""
    found = query(_ONE, (voucher,))
    if not found:
        raise UnknownVoucher
    return _told(rights.beyond(query, VOUCHER), *found[0])


def _told(beyond: Beyond, voucher: bytes, code: str, name: str, issued: int, archived: int) -> Listed:
    accounts = rights.accounts(query, VOUCHER, voucher).values()
    sums = (sum(one.held for one in accounts), sum(one.spent for one in accounts))
    losses = (sum(one.written_off for one in accounts), sum(beyond.get(voucher, {}).values()))
    left = max(0, rights.rest(query, VOUCHER, voucher))
    frozen = rights.is_frozen(query, voucher)
    return Listed(voucher, code, name, issued, bool(archived), *sums, *losses, left, frozen)


def holdings(voucher: bytes) -> list[Holding]:
    """The part of each branch, at head office."""
    accounts = rights.accounts(query, VOUCHER, voucher)
    beyond = rights.beyond(query, VOUCHER).get(voucher, {})
    found = []
    for stream, code, name in query(_BRANCHES, ()):
        at_work = rights.working(query, stream)
        own = {epoch: one for (of, epoch), one in accounts.items() if of == stream}
        held = own[at_work].held if at_work in own else 0
        gone = sum(one.held for epoch, one in own.items() if epoch != at_work)
        asked = query(_ASKED, (voucher, stream, at_work))[0][0] if at_work else 0
        used, lost = sum(one.spent for one in own.values()), sum(one.written_off for one in own.values())
        twice = sum(uses for (of, _), uses in beyond.items() if of == stream)
        found.append(Holding(stream, code, name, held, used, gone, lost, twice, asked, at_work is not None))
    return found


def here(stream: int) -> list[Here]:
    """What branch number *stream*, this one, may take of each voucher."""
    epoch = rights.working(query, stream) or b""
    return [
        Here(
            voucher,
            code,
            name,
            rights.account(query, VOUCHER, voucher, (stream, epoch)).held,
            query(_ASKED, (voucher, stream, epoch))[0][0],
        )
        for voucher, code, name in query(_HERE, ())
    ]
