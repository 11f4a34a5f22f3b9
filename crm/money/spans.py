"""A shift's span: from when to when, and which of its till's receipts are its own."""

from typing import NamedTuple

from sync.rights import Query

NO_END = 2**62  # of a shift that is still open, and the newest
COUNTS = "(SELECT f.id FROM shift_close f WHERE f.shift = s.id ORDER BY f.at, f.id LIMIT 1)"
_ORDER = "n.receipts_from, n.number, n.at, n.id"  # as opened: a clock set back stands, and ids of a process are random
_THIS = "s.receipts_from, s.number, s.at, s.id"
_NEXT = (
    "SELECT n.receipts_from - 1 FROM shift n WHERE n.stream = s.stream AND n.till = s.till AND n.receipts_from >="
    f" s.receipts_from AND ({_ORDER}) > ({_THIS}) ORDER BY {_ORDER} LIMIT 1"
)
_BEFORE = (
    "SELECT coalesce((SELECT c.receipts_to FROM shift_close c WHERE c.shift = n.id ORDER BY c.at, c.id LIMIT 1) + 1,"
    " s.receipts_from) FROM shift n WHERE n.stream = s.stream AND n.till = s.till AND n.receipts_from <="
    f" s.receipts_from AND ({_ORDER}) < ({_THIS})"
    " ORDER BY n.receipts_from DESC, n.number DESC, n.at DESC, n.id DESC LIMIT 1"
)
SPANS = (
    "SELECT s.id, s.stream, s.till, s.number, s.opening, s.at AS opened_at, ou.name AS opened_by, c.id AS closing,"
    " c.at AS closed_at, cu.name AS closed_by, c.counted, c.expected AS told, s.receipts_from,"
    f" min(coalesce(c.receipts_to, {NO_END}), coalesce(({_NEXT}), {NO_END})) AS receipts_to,"
    f" coalesce(({_BEFORE}), s.receipts_from) AS free_from"
    f" FROM shift s LEFT JOIN shift_close c ON c.id = {COUNTS}"
    " LEFT JOIN branch b ON b.stream = s.stream LEFT JOIN user ou ON ou.id = s.actor"
    " LEFT JOIN user cu ON cu.id = c.actor"
)
_NEWEST = (
    "SELECT s.id, EXISTS (SELECT 1 FROM shift_close c WHERE c.shift = s.id) FROM shift s"
    " WHERE s.stream = ? AND s.till = ? ORDER BY s.receipts_from DESC, s.number DESC, s.at DESC, s.id DESC LIMIT 1"
)


class Span(NamedTuple):
    """A shift as the tables tell it; times in ms UTC, money in rupiah.

    ``closing`` None: it is open.  ``told``: what the books said when it was closed.  ``receipts_to`` is NO_END while
    it may still grow; ``free_from`` to ``receipts_from`` - 1 were sold before it without a shift.
    """

    id: bytes
    stream: int
    till: int
    number: int
    opening: int
    opened_at: int
    opened_by: str | None
    closing: bytes | None
    closed_at: int | None
    closed_by: str | None
    counted: int | None
    told: int | None
    receipts_from: int
    receipts_to: int
    free_from: int

    @property
    def place(self) -> tuple[int, int, int, int]:
        """Where its sales lie: stream, till, first and last number."""
        return self.stream, self.till, self.receipts_from, self.receipts_to


def span(query: Query, shift: bytes) -> Span | None:
    """One shift; None when it is not held here."""
    found = query(f"{SPANS} WHERE s.id = ?", (shift,))
    return Span(*found[0]) if found else None


def every(query: Query) -> list[Span]:
    """All shifts that are held here."""
    return [Span(*found) for found in query(SPANS, ())]


def current(query: Query, stream: int, till: int) -> bytes | None:
    """The shift that is open at a till now."""
    found = query(_NEWEST, (stream, till))
    return found[0][0] if found and not found[0][1] else None


def newest(query: Query, stream: int, till: int) -> bytes | None:
    """The shift opened last at a till."""
    found = query(_NEWEST, (stream, till))
    return found[0][0] if found else None
