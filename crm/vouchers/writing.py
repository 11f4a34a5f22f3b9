"""Writing what happens to vouchers: issuing, granting and writing off at head office, taking uses at a branch."""

from typing import Any

from crm.texts import NAME_MAX, one_line
from crm.vouchers.errors import (
    BadUses,
    FewerThanGranted,
    NotAtWork,
    NothingToWriteOff,
    TooFewLeft,
    TooFewUses,
    UnknownVoucher,
    VoucherCodeTaken,
    VoucherWithdrawn,
)
from crm.vouchers.models import Voucher, VoucherAsk, VoucherGrant, VoucherLoss, VoucherReturn, VoucherUse
from sync import limits, rights
from sync.errors import N_
from sync.escrow import NotEnoughRights
from sync.unit import Unit

VOUCHER = "voucher"
CODE_MAX = 32
AT_ONCE_MAX = 1_000  # uses in one step at a branch
_TAKEN = "SELECT 1 FROM voucher WHERE code = ? AND id IS NOT ?"
_WAITS = (
    "SELECT a.id FROM voucher_ask a WHERE a.voucher = ? AND a.stream = ? AND a.epoch = ? "
    "AND NOT EXISTS (SELECT 1 FROM voucher_grant g WHERE g.ask = a.id AND g.stream = a.stream)"
)


# --- head office -----------------------------------------------------------------------------------------------


def issue(unit: Unit, code: str, name: str, issued: int) -> bytes:
    """A new kind of voucher; its id.  Raises BadText, BadUses, VoucherCodeTaken, NotAllowedHere."""
    return unit.insert(Voucher, _values(unit, None, code, name, issued))


def change(unit: Unit, voucher: bytes, code: str, name: str, issued: int) -> bool:
    """Changes a voucher.  Raises UnknownVoucher, FewerThanGranted and what ``issue`` raises."""
    held = _voucher(unit, voucher)
    values = _values(unit, voucher, code, name, issued)
    granted = sum(account.out for account in rights.accounts(unit.query, VOUCHER, voucher).values())
    if issued < min(granted, held["issued"]):
        raise FewerThanGranted(count=granted)
    return unit.set(Voucher, voucher, values)


def withdraw(unit: Unit, voucher: bytes, is_withdrawn: bool = True) -> bool:
    """Nobody is granted any more of it, and branches that hear of it take none.  Raises UnknownVoucher."""
    _voucher(unit, voucher)
    return unit.set(Voucher, voucher, {"archived": is_withdrawn})


def grant(unit: Unit, voucher: bytes, stream: int, quantity: int) -> bytes:
    """Branch number *stream* may take so many more.

    Raises UnknownVoucher, VoucherWithdrawn, NotAtWork, BadUses, TooFewLeft.
    """
    name = _usable(unit, voucher)
    epoch = rights.working(unit.query, stream)
    if epoch is None:
        raise NotAtWork
    try:
        return unit.insert(VoucherGrant, {**step(voucher, epoch, quantity), "stream": stream})
    except NotEnoughRights as error:
        raise TooFewLeft(left=error.params["left"], name=name) from error


def write_off_lost(unit: Unit, voucher: bytes, stream: int) -> int:
    """As ``write_off``, everything that former computers of a branch have not reported."""
    at_work = rights.working(unit.query, stream)
    accounts = rights.accounts(unit.query, VOUCHER, voucher)
    lost = [place for place, one in accounts.items() if place[0] == stream and place[1] != at_work and one.held > 0]
    if not lost:
        raise NothingToWriteOff
    return sum(write_off(unit, voucher, *place) for place in lost)


def write_off(unit: Unit, voucher: bytes, stream: int, epoch: bytes) -> int:
    """Head office bears what an epoch that is over has not reported; how many uses.

    Raises UnknownVoucher, NothingToWriteOff.
    """
    _voucher(unit, voucher)
    held = rights.account(unit.query, VOUCHER, voucher, (stream, epoch)).held
    if held <= 0 or rights.working(unit.query, stream) == epoch:
        raise NothingToWriteOff
    unit.insert(VoucherLoss, step(voucher, epoch, held, stream=stream))
    return held


# --- branches --------------------------------------------------------------------------------------------------


def use(unit: Unit, voucher: bytes, quantity: int = 1) -> bytes:
    """A customer takes *quantity* uses here; when few are left for later, more are asked for by itself.

    Raises UnknownVoucher, VoucherWithdrawn, BadUses, TooFewUses.
    """
    name = _usable(unit, voucher)
    try:
        made = unit.insert(VoucherUse, step(voucher, unit.epoch, quantity))
    except NotEnoughRights as error:
        raise TooFewUses(left=error.params["left"], name=name) from error
    account = rights.account(unit.query, VOUCHER, voucher, (unit.stream, unit.epoch))
    if account.held < quantity + 1 and not _is_asking(unit, voucher):
        ask(unit, voucher, quantity)
    return made


def ask(unit: Unit, voucher: bytes, quantity: int = 1) -> bytes:
    """Asks head office for uses.  Raises UnknownVoucher, VoucherWithdrawn, BadUses."""
    _usable(unit, voucher)
    return unit.insert(VoucherAsk, step(voucher, unit.epoch, quantity))


def _is_asking(unit: Unit, voucher: bytes) -> bool:
    """Does this branch wait for an answer about the voucher?"""
    return bool(unit.query(_WAITS, (voucher, unit.stream, unit.epoch)))


def give_back(unit: Unit, voucher: bytes, quantity: int) -> bytes:
    """Gives uses back that will not be needed here.  Raises UnknownVoucher, BadUses, NotEnoughRights."""
    _voucher(unit, voucher)
    return unit.insert(VoucherReturn, step(voucher, unit.epoch, quantity))


# --- both ------------------------------------------------------------------------------------------------------


def _values(unit: Unit, voucher: bytes | None, code: str, name: str, issued: int) -> dict[str, Any]:
    upper = one_line(code, N_("Code"), CODE_MAX).upper()
    if unit.query(_TAKEN, (upper, voucher)):
        raise VoucherCodeTaken(text=upper)
    return {"code": upper, "name": one_line(name, N_("Name"), NAME_MAX), "issued": _quantity(issued, 0)}


def step(voucher: bytes, epoch: bytes, quantity: int, **more: int) -> dict[str, Any]:
    """The values of a step of any kind, with *more* of its own.  Raises BadUses."""
    return {"voucher": voucher, "epoch": epoch, "quantity": _quantity(quantity, 1), **more}


def _quantity(quantity: int, least: int) -> int:
    if type(quantity) is not int or not least <= quantity <= limits.QUANTITY_MAX:
        raise BadUses(quantity=quantity)
    return quantity


def _voucher(unit: Unit, voucher: bytes) -> dict[str, Any]:
    found = unit.get(Voucher, voucher)
    if found is None:
        raise UnknownVoucher
    return found


def _usable(unit: Unit, voucher: bytes) -> str:
    """The name of a voucher that is not withdrawn."""
    found = _voucher(unit, voucher)
    if found["archived"]:
        raise VoucherWithdrawn
    return str(found["name"])
