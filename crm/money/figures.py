"""What a shift took: sums over the sales of its span and the cash moved in it, straight from the facts."""

from typing import Any, NamedTuple

from crm.money.models import IN, OUT
from crm.money.spans import NO_END, Span
from sync.rights import Query

OWN_SALES = (
    "s.stream = ?1 AND s.till = ?2 AND s.number BETWEEN ?3 AND ?4 AND s.source IS NULL"  # imports filled no drawer
)
_COUNTS = (
    "SELECT count(*) FILTER (WHERE kind = 'sale'), count(*) FILTER (WHERE kind = 'return'),"
    " coalesce(sum(total) FILTER (WHERE kind = 'return'), 0), coalesce(sum(total), 0), min(number), max(number)"
    f" FROM sale s WHERE {OWN_SALES}"
)
_LINES = (
    "SELECT coalesce(sum(l.quantity * l.price), 0), coalesce(sum(l.discount), 0)"
    f" FROM sale s JOIN sale_line l ON l.sale = s.id WHERE {OWN_SALES}"
)
_METHODS = (
    f"SELECT p.method, sum(p.amount) FROM sale s JOIN payment p ON p.sale = s.id WHERE {OWN_SALES}"
    " GROUP BY p.method ORDER BY p.method"
)
_CASHIERS = (
    "SELECT coalesce(u.name, ''), count(*), sum(s.total) FROM sale s LEFT JOIN user u ON u.id = s.cashier"
    f" WHERE {OWN_SALES} GROUP BY s.cashier ORDER BY 1"
)
_CASH = (
    "SELECT coalesce(sum(p.amount), 0) FROM sale s JOIN payment p ON p.sale = s.id"
    f" WHERE {OWN_SALES} AND p.method = 'cash'"
)
_MOVED = "SELECT kind, sum(amount) FROM cash_move WHERE shift = ? GROUP BY kind"


class Sums(NamedTuple):
    """``gross`` before discounts, ``total`` after them and less returns; all in rupiah.

    ``returned`` is negative; ``first`` and ``last`` are receipt numbers, None without a sale.  ``cashiers``: name, how
    many receipts, rupiah.
    """

    sales: int
    returns: int
    returned: int
    total: int
    first: int | None
    last: int | None
    gross: int
    discount: int
    methods: dict[str, int]
    cashiers: list[tuple[str, int, int]]


def sums(query: Query, of: Span) -> Sums:
    """Everything sold in a shift."""
    counts = query(_COUNTS, of.place)[0]
    ((gross, discount),) = query(_LINES, of.place)
    methods: dict[str, int] = dict(query(_METHODS, of.place))
    cashiers: list[Any] = query(_CASHIERS, of.place)
    return Sums._make([*counts, gross, discount, methods, cashiers])


def expected(query: Query, of: Span) -> int:
    """What must lie in the drawer: the float, the cash of the sales, what was put in, less what was taken out."""
    ((cash,),) = query(_CASH, of.place)
    moved: dict[str, int] = dict(query(_MOVED, (of.id,)))
    return int(of.opening + cash + moved.get(IN, 0) - moved.get(OUT, 0))


def without_shift(query: Query, place: tuple[int, int, int, int]) -> tuple[int, int]:
    """How many receipts a till gave out in a run of numbers, and their rupiah."""
    found = query(_COUNTS, place)[0]
    return found[0] + found[1], found[3]


def sold_before(query: Query, of: Span) -> tuple[int, int]:
    """The same for what was sold without a shift, between the shift before and this one."""
    return without_shift(query, (of.stream, of.till, of.free_from, of.receipts_from - 1))


def sold_since(query: Query, of: Span) -> tuple[int, int]:
    """The same for what was sold after a shift was closed, when it is the newest."""
    return without_shift(query, (of.stream, of.till, of.receipts_to + 1, NO_END)) if of.closing else (0, 0)
