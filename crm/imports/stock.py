"""``cabang import stock``: what was counted at a branch.  The stock is corrected to it by a document of kind "count".

One file is taken once: a count is known by its file's name and contents.
"""

from collections.abc import Iterator
from hashlib import file_digest
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from crm import catalogue, stock
from crm.catalogue.edit import clean_code
from crm.errors import BusinessError
from crm.imports import cells
from crm.imports.report import Oddity, Report
from crm.imports.table import Columns, Row, Table, each
from crm.locations import shop_of
from sync import limits
from sync.errors import N_
from sync.handover_lines import Progress
from sync.model import natural_id
from sync.node import Node
from sync.unit import Unit

COLUMNS = Columns(needed=("code", "quantity"), optional=("name", "note"))
ODDITIES = {
    "unknown": Oddity(N_("a code nobody knows yet"), N_("made as a product head office must check")),
    "same": Oddity(N_("the count equals the stock"), N_("written down; nothing moves")),
}
COUNTING = N_("Writing the count")
_SOURCE = "stock"
_LINES_OF_A_DOCUMENT = 2_000
_HASH_DIGITS = 16
_ON_HAND = "SELECT quantity FROM on_hand WHERE location = ? AND product = ?"
_KIND = "SELECT kind FROM item WHERE id = ?"


class Counted(NamedTuple):
    """A row of the file: ``quantity`` is what lies there."""

    line: int
    code: str
    quantity: int
    name: str | None
    note: str | None


def take(node: Node, path: Path, progress: Progress) -> dict[str, Any]:
    """Corrects the stock of the branch's shop to the count.  All rows must be right, or none is taken."""
    with Table(path, COLUMNS) as table:
        counted = list(each(table, _Reader(node).counted))
        ignored = table.ignored
    report = Report(_SOURCE, path.name, ODDITIES)
    report.counts["rows"] = len(counted)
    with path.open("rb") as file:
        name = f"{path.name} {file_digest(file, 'sha256').hexdigest()[:_HASH_DIGITS]}"
    for part, lines in enumerate(_parts(counted), 1):
        _write(node, f"{name} {part}", lines, report)
        progress(COUNTING, min(part * _LINES_OF_A_DOCUMENT, len(counted)), len(counted))
    return report.result(ignored=ignored)


class _Reader:
    """Reads rows; remembers which codes were there."""

    def __init__(self, node: Node) -> None:
        self._connection = node.store.connection()
        self._lines: dict[str, int] = {}

    def counted(self, row: Row) -> Counted:
        """The row; raises WrongLine."""
        code = self._code(row)
        quantity = cells.whole(row.cell("quantity"))
        if quantity < 0:
            raise row.cell("quantity").wrong(N_("is below zero; nothing less than nothing can be counted"))
        name, _ = cells.readable(row.cell("name").text)
        note, _ = cells.readable(row.cell("note").text)
        return Counted(row.line, code, quantity, name or None, note or None)

    def _code(self, row: Row) -> str:
        cell = row.cell("code")
        try:
            code = clean_code(cell.text)
        except BusinessError as problem:
            raise cells.because(cell) from problem
        if self._lines.setdefault(code, row.line) != row.line:
            raise cell.wrong(N_("stands in an earlier line already; give each product one line"))
        kind = self._connection.execute(_KIND, (natural_id("product", code),)).fetchone()
        if kind and kind[0] != "goods":
            raise cell.wrong(N_("is a service or a charge, which has no stock"))
        return code


def _parts(counted: list[Counted]) -> Iterator[list[Counted]]:
    rows = iter(counted)
    while part := list(islice(rows, _LINES_OF_A_DOCUMENT)):
        yield part


def _write(node: Node, external: str, lines: list[Counted], report: Report) -> None:
    node.store.wait_for_people(limits.PEOPLE_WAIT_S_MAX)
    with node.journal.unit() as unit:
        if stock.imported_document(unit, _SOURCE, external):
            report.counts["repeated"] += 1
            return
        moved = [_moved(unit, line, report) for line in lines]
        stock.record_document(unit, "count", moved, source=_SOURCE, external=external)
    report.counts["made"] += 1


def _moved(unit: Unit, line: Counted, report: Report) -> stock.Moved:
    product = natural_id("product", line.code)
    if not unit.query(_KIND, (product,)):
        catalogue.make_provisional(unit, line.code, line.name)
        report.odd("unknown", line.line, line.code)
    found = unit.query(_ON_HAND, (shop_of(unit.stream), product))
    change = line.quantity - (found[0][0] if found else 0)
    if not change:
        report.odd("same", line.line, line.code)
    return stock.Moved(product, change, line.note)
