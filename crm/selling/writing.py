"""Writing a sale: the till's fast path.  Read on the unit's own connection, one insert, no query objects."""

from collections.abc import Sequence
from typing import NamedTuple

from crm import company
from crm.errors import BadChoice, UnknownCustomer, UnknownProduct, UnknownUser
from crm.selling import discounts
from crm.selling.models import SALE_KINDS, Payment, Sale, SaleLine
from crm.selling.rules import Line, Paid, settle, total_of
from sync.errors import N_, NoSuchRow, invariant
from sync.unit import Children, Unit

_TILL_MAX = 99
_UNKNOWN = {"product": UnknownProduct, "customer": UnknownCustomer, "user": UnknownUser}
_NEXT = "SELECT coalesce(max(number), 0) + 1 FROM sale WHERE stream = ? AND till = ?"
_IMPORTED = "SELECT id FROM sale WHERE external = ? AND source = ? AND stream = ?"


class Receipt(NamedTuple):
    """A sale just made; ``total`` and ``change`` in rupiah, ``number`` counts for its till."""

    id: bytes
    number: int
    total: int
    change: int


def record_sale(
    unit: Unit,
    *,
    lines: Sequence[Line],
    payments: Sequence[Paid],
    customer: bytes | None = None,
    till: int = 1,
    kind: str = "sale",
    at: int | None = None,
    source: str | None = None,
    external: str | None = None,
    discount: int = 0,
    approver: bytes | None = None,
) -> Receipt:
    """Writes a sale or return with its lines and payments, numbered next of this branch and *till*.

    *source* and *external* name what the sale was made of, so that ``imported_sale`` finds it again: the kind of file
    and the number there, or the till and the basket.  *at* (ms UTC) is the time of a sale made earlier, elsewhere.
    A sale made now has positive quantities and prices; a return or an earlier sale may have negative ones.
    *discount*: rupiah off a sale made now, beside what its lines give, spread over them.  *approver*: who lets the
    actor give more than the actor's role may; kept only when it was needed.  Cash is rounded as head office sets it.

    Raises UnknownProduct, UnknownCustomer, and what the rules of lines, payments and discounts raise; then nothing is
    written.
    """
    if kind not in SALE_KINDS:
        raise BadChoice(value=kind, what=N_("Kind"), choices=", ".join(SALE_KINDS))
    invariant(1 <= till <= _TILL_MAX, "a till's number is 1 to 99")
    free = kind == "return" or at is not None
    invariant(not (free and discount), "only a sale made now is given a discount as a whole")
    total = total_of(lines, free) - discount
    rules = None if free else company.read(unit.query)
    approver = discounts.approver_of(unit, rules, lines, discount, approver) if rules else None
    lines = discounts.with_discount(lines, discount) if discount else lines
    kept, change = settle(payments, total, rules.cash_step if rules else 0)
    ((number,),) = unit.query(_NEXT, (unit.stream, till))
    values = {
        "till": till,
        "number": number,
        "kind": kind,
        "customer": customer,
        "total": total,
        "at": at,
        "source": source,
        "external": external,
        "approver": approver,
    }
    children: Children = {SaleLine: [_row(line) for line in lines], Payment: [tuple(paid) for paid in kept]}
    try:
        sale = unit.insert(Sale, values, children=children)
    except NoSuchRow as error:
        raise _UNKNOWN.get(error.params["what"], NoSuchRow)(**error.params) from None
    return Receipt(sale, number, total, change)


def imported_sale(unit: Unit, source: str, external: str) -> bytes | None:
    """The sale this branch made of *external* in *source*, if it did."""
    return next((row[0] for row in unit.query(_IMPORTED, (external, source, unit.stream))), None)


def _row(line: Line) -> tuple[object, ...]:
    return (*line[:-1], int(line.goods))
