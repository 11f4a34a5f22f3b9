"""Count sheets: a shelf counted blind, product by product, at the ledger position of each line.

A counted line is a fact of its own in the branch's log.  ``expected`` is what the books said at this very entry: goods
sold before it are off the shelf and off the books, goods sold after it are on both.  So the difference of a line stays
right however long the count goes on, and nobody who counts is shown what should lie there.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from peewee import BlobField, IntegerField, TextField

from sync import limits
from sync.database import database
from sync.errors import N_, BadValue
from sync.ids import stream_of
from sync.model import IdField, Look, RefField, Synced, fact, lww, making_branch, synced
from sync.unit import Unit

OPEN, SUBMITTED, GIVEN_UP = "open", "submitted", "given_up"
_SHEETS = (
    "SELECT s.id, s.state, s.opened_at, u.name, (SELECT count(DISTINCT l.product) FROM counted_line l"
    " WHERE l.sheet = s.id AND l.quantity IS NOT NULL) FROM count_sheet s LEFT JOIN user u ON u.id = s.opened_by"
    " WHERE s.stream = ?"
)
_LINES = (
    "SELECT l.product, i.code, i.name, l.quantity, l.expected FROM counted_line l JOIN item i ON i.id = l.product"
    " WHERE l.sheet = ? ORDER BY l.number DESC"
)


def _own(row: Mapping[str, Any], look: Look) -> Iterable[int]:
    return (row["stream"],)


@synced
class CountSheet(Synced):
    """A count under way (``state`` "open"), submitted, or given up; a branch has one open at a time."""

    id = IdField(primary_key=True)
    stream = lww(IntegerField())
    state = lww(TextField(default=OPEN))
    opened_at = lww(IntegerField())
    opened_by = lww(RefField("user", null=True))
    stamps = BlobField()

    class Sync:
        code = 38
        audience = staticmethod(_own)
        writers = staticmethod(_own)
        owner = "the branch itself"


def _of_sheet(row: Mapping[str, Any], look: Look) -> Iterable[int]:
    sheet = look("count_sheet", row["sheet"])
    return (sheet["stream"] if sheet else stream_of(row["id"]),)


def _check_quantity(row: Mapping[str, Any]) -> None:
    if row["quantity"] is not None and not 0 <= row["quantity"] <= limits.QUANTITY_MAX:
        raise BadValue(what=N_("nothing less than nothing can be counted"))


@synced
class CountedLine(Synced):
    """So much of a product lay there (None: the line is taken off the sheet); the last ``number`` counts."""

    id = IdField(primary_key=True)
    sheet = fact(RefField("count_sheet", index=True))
    product = fact(RefField("product"))
    number = fact(IntegerField())
    quantity = fact(IntegerField(null=True))
    expected = fact(IntegerField())
    at = fact(IntegerField(), implied="at")
    actor = fact(RefField("user", null=True), implied="actor")

    class Sync:
        code = 39
        audience = staticmethod(making_branch)
        writers = staticmethod(_of_sheet)
        owner = "the branch that counts"
        check = staticmethod(_check_quantity)


class Sheet(NamedTuple):
    """A sheet as a list shows it; ``products`` counted so far, ``at`` in ms UTC."""

    id: bytes
    state: str
    at: int
    by: str | None
    products: int


class Counted(NamedTuple):
    """A product on a sheet; ``expected`` is not for those who count."""

    product: bytes
    code: str
    name: str
    quantity: int
    expected: int

    @property
    def difference(self) -> int:
        """Counted less expected."""
        return self.quantity - self.expected


def open_sheet(stream: int) -> Sheet | None:
    """The sheet that the branch is counting on."""
    found = database.connection().execute(f"{_SHEETS} AND s.state = ?", (stream, OPEN)).fetchone()
    return Sheet(*found) if found else None


def sheet(ident: bytes, stream: int) -> Sheet | None:
    """One sheet of the branch."""
    found = database.connection().execute(f"{_SHEETS} AND s.id = ?", (stream, ident)).fetchone()
    return Sheet(*found) if found else None


def submitted(stream: int, limit: int) -> list[Sheet]:
    """The newest *limit* sheets that were submitted, newest first."""
    sql = f"{_SHEETS} AND s.state = ? ORDER BY s.opened_at DESC, s.id DESC LIMIT ?"
    return [Sheet(*row) for row in database.connection().execute(sql, (stream, SUBMITTED, limit))]


def counted(sheet: bytes) -> list[Counted]:
    """What stands on a sheet, the line written last first."""
    return _standing(database.connection().execute(_LINES, (sheet,)).fetchall())


def counted_in(unit: Unit, sheet: bytes) -> list[Counted]:
    """The same inside a unit of work."""
    return _standing(unit.query(_LINES, (sheet,)))


def _standing(rows: Sequence[tuple[Any, ...]]) -> list[Counted]:
    """Of each product the line written last, unless it takes the product off the sheet; *rows* newest first."""
    last: dict[bytes, tuple[Any, ...]] = {}
    for row in rows:
        last.setdefault(row[0], row)
    return [Counted(*row) for row in last.values() if row[3] is not None]
