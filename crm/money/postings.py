"""Double entry: what each document moves from account to account.  A document's postings sum to zero.

They are derived when they are asked for, so that they cost a sale nothing.  A positive amount comes into an account, a
negative one leaves it: cash into the drawer, against it what was sold.  Of two closings of one shift the first counts.
"""

from collections.abc import Iterable

from crm.money.figures import OWN_SALES, expected
from crm.money.spans import COUNTS, Span
from sync.rights import Query

DRAWER = "drawer"
_PAID = "FROM sale s JOIN payment p ON p.sale = s.id"
_MOVED = "FROM shift s JOIN cash_move m ON m.shift = s.id"
_SALES = (
    f"SELECT s.id AS document, iif(p.method = 'cash', '{DRAWER}', p.method) AS account, p.amount AS amount {_PAID}",
    "SELECT s.id, 'sales', -l.quantity * l.price FROM sale s JOIN sale_line l ON l.sale = s.id",
    "SELECT s.id, 'discount', l.discount FROM sale s JOIN sale_line l ON l.sale = s.id",
)
_CLOSED = f"FROM shift s JOIN shift_close c ON c.id = {COUNTS}"
_SHIFTS = (
    f"SELECT s.id, '{DRAWER}', s.opening FROM shift s",
    "SELECT s.id, 'float', -s.opening FROM shift s",
    f"SELECT m.id, '{DRAWER}', iif(m.kind = 'in', m.amount, -m.amount) {_MOVED}",
    f"SELECT m.id, iif(m.kind = 'in', 'pay_in', 'pay_out'), iif(m.kind = 'in', -m.amount, m.amount) {_MOVED}",
    f"SELECT c.id, '{DRAWER}', -c.expected {_CLOSED}",
    f"SELECT c.id, 'float', c.counted {_CLOSED}",
    f"SELECT c.id, 'difference', c.expected - c.counted {_CLOSED}",
)


def _joined(sales: str = "", shifts: str = "") -> str:
    """The postings of the sales and of the shifts that fit: (document, account, amount)."""
    return " UNION ALL ".join([*(part + sales for part in _SALES), *(part + shifts for part in _SHIFTS)])


_EVERY = (
    "SELECT count(*), max(iif(total, document, NULL)) FROM"
    f" (SELECT document, sum(amount) AS total FROM ({_joined()}) GROUP BY document)"
)
_OF_A_SHIFT = (
    f"SELECT account, sum(amount) FROM ({_joined(f' WHERE {OWN_SALES}', ' WHERE s.id = ?5')})"
    " GROUP BY account ORDER BY account"
)


def documents(query: Query) -> tuple[int, bytes | None]:
    """How many documents move anything, and one whose postings do not sum to zero, if there is such a one."""
    ((count, uneven),) = query(_EVERY, ())
    return count, uneven


def of_shift(query: Query, of: Span) -> dict[str, int]:
    """The balance of each account, of the documents of one shift alone; together they are zero."""
    return dict(query(_OF_A_SHIFT, (*of.place, of.id)))


def in_drawer(query: Query, of: Span) -> int:
    """What the facts leave in a shift's drawer: all that is expected, less what its closing took out of it."""
    return expected(query, of) - (of.told or 0)


def unlike(query: Query, spans: Iterable[Span]) -> Span | None:
    """The first of these shifts whose drawer is not the sum of its postings."""
    return next((one for one in spans if of_shift(query, one).get(DRAWER, 0) != in_drawer(query, one)), None)
