"""Reading shifts for the pages: the one that is open, the list of past ones, and everything about one."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from crm.money import figures, postings, spans
from crm.money.errors import UnknownShift
from crm.money.figures import Sums
from crm.money.spans import SPANS, Span
from crm.reading import dicts, query

_MOVES = (
    "SELECT m.kind, iif(m.kind = 'in', m.amount, -m.amount) AS amount, m.reason, m.at, u.name AS by"
    " FROM cash_move m LEFT JOIN user u ON u.id = m.actor WHERE m.shift = ? ORDER BY m.at, m.id"
)
_AGAIN = (
    "SELECT c.counted, c.at, u.name AS by FROM shift_close c LEFT JOIN user u ON u.id = c.actor"
    " WHERE c.shift = ? AND c.id != ? ORDER BY c.at, c.id"
)
_NEWEST_FIRST = " AND (s.at, s.id) < (:at, :id) ORDER BY s.at DESC, s.id DESC LIMIT :limit"
_AFTER_ALL = (2**62, b"")


class Report(NamedTuple):
    """Everything about one shift: the X report while it is open, the Z report once it is closed.

    ``moves``: as the function of that name tells them.  ``expected``: what the books say now.  ``again``: closings that
    do not count, of copies of the branch's database.
    """

    span: Span
    sums: Sums
    moves: list[dict[str, Any]]
    expected: int
    again: list[dict[str, Any]]
    accounts: dict[str, int]

    @property
    def difference(self) -> int | None:
        """Counted less expected; None while the shift is open."""
        return None if self.span.counted is None else self.span.counted - self.expected

    @property
    def late(self) -> int:
        """Rupiah that the books learned of after the closing, from another computer of the branch."""
        return 0 if self.span.told is None else self.expected - self.span.told

    def moved(self, kind: str) -> int:
        """All that was put in ("in"), or taken out ("out": negative)."""
        return sum(one["amount"] for one in self.moves if one["kind"] == kind)


class Listed(NamedTuple):
    """A shift in the list; ``before``: receipts and rupiah sold without a shift since the one before."""

    span: Span
    expected: int
    before: tuple[int, int]

    @property
    def difference(self) -> int | None:
        """Counted less expected; None while the shift is open."""
        return None if self.span.counted is None else self.span.counted - self.expected


def current(stream: int, till: int) -> Span | None:
    """The shift that is open at a till of branch number *stream*."""
    found = spans.current(query, stream, till)
    return spans.span(query, found) if found else None


def is_open(stream: int, till: int) -> bool:
    """Is a shift open at this till?"""
    return spans.current(query, stream, till) is not None


def last(stream: int, till: int) -> bytes | None:
    """The shift that was opened last at a till."""
    return spans.newest(query, stream, till)


def sold_since(stream: int, till: int) -> tuple[int, int]:
    """Receipts and rupiah sold at a till since its last shift was closed; none before its first one."""
    shift = last(stream, till)
    of = spans.span(query, shift) if shift else None
    return figures.sold_since(query, of) if of else (0, 0)


def find(shift: bytes) -> Span:
    """One shift; raises UnknownShift."""
    found = spans.span(query, shift)
    if found is None:
        raise UnknownShift
    return found


def moves(shift: bytes) -> list[dict[str, Any]]:
    """Cash moved in a shift without a sale, in order: kind, amount (what was taken out is negative), reason, at, by."""
    return dicts(_MOVES, (shift,))


def report(shift: bytes) -> Report:
    """One shift in full; raises UnknownShift."""
    found = find(shift)
    again = dicts(_AGAIN, (shift, found.closing)) if found.closing else []
    sums, expected = figures.sums(query, found), figures.expected(query, found)
    return Report(found, sums, moves(shift), expected, again, postings.of_shift(query, found))


def listed(
    where: str, params: Mapping[str, Any], after: tuple[int, bytes] | None = None, limit: int = -1
) -> list[Listed]:
    """Shifts that fit *where* (over ``s``, the shift, and ``b``, its branch), the newest first.

    *after*: when one was opened (ms UTC) and its id: those behind it; *limit*: at most so many, -1 for all.
    """
    at, ident = after or _AFTER_ALL
    given = {**params, "at": at, "id": ident, "limit": limit}
    found = [Span(*row) for row in query(f"{SPANS} WHERE {where}{_NEWEST_FIRST}", given)]
    return [Listed(one, figures.expected(query, one), figures.sold_before(query, one)) for one in found]
