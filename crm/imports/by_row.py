"""Files whose rows stand alone: good ones go in, many to a unit of work; a bad one is refused with the reason."""

from collections import deque
from collections.abc import Callable, Iterator
from itertools import islice
from typing import NamedTuple

from crm.errors import BusinessError
from crm.imports.cells import EMPTY
from crm.imports.errors import WrongLine
from crm.imports.report import Report
from crm.imports.table import Cell, Row, Table
from sync import limits
from sync.errors import N_
from sync.handover_lines import Progress
from sync.node import Node
from sync.unit import Unit

READING = N_("Taking rows")
MADE, CHANGED, REPEATED = "made", "changed", "repeated"
_ROWS_OF_A_UNIT = 50


class Done(NamedTuple):
    """What became of a row: MADE, CHANGED or REPEATED, and the kind of oddity met, if any, with its *value*."""

    what: str
    odd: str = ""
    value: str = ""


Take = Callable[[Unit, Row], Done]


class ByRow(NamedTuple):
    """Takes the rows of *table* with *take*, which raises a BusinessError for one it refuses.

    *name* gives the cell that names a row and the name's normal form; a second row of one name is refused.
    """

    node: Node
    table: Table
    report: Report
    take: Take
    name: Callable[[Row], tuple[Cell, str]]

    def run(self, progress: Progress) -> None:
        """Takes every row; one that cannot be read at all refuses the file before anything of it is taken."""
        with Table(self.table.path, self.table.columns) as beforehand:
            deque(beforehand, maxlen=0)
        rows = self._good()
        while batch := list(islice(rows, _ROWS_OF_A_UNIT)):
            self.node.store.wait_for_people(limits.PEOPLE_WAIT_S_MAX)
            self._take_batch(batch)
            progress(READING, self.table.lines.bytes_read, self.table.size)

    def _good(self) -> Iterator[Row]:
        """Rows that can be read and were not there before."""
        lines: dict[str, int] = {}
        for row in self.table:
            self.report.counts["rows"] += 1
            problem = row if isinstance(row, WrongLine) else self._fault(row, lines)
            if problem is not None:
                self.report.refuse(problem.params["line"], problem)
            elif not isinstance(row, WrongLine):
                yield row

    def _fault(self, row: Row, lines: dict[str, int]) -> WrongLine | None:
        cell, name = self.name(row)
        if not cell.text:
            return cell.wrong(EMPTY)
        first = lines.setdefault(name, row.line)
        return cell.wrong(N_("stands in an earlier line already; that line counts")) if first != row.line else None

    def _take_batch(self, batch: list[Row]) -> None:
        """All in one unit; if one is refused, each in its own, so that only the refused one is left out."""
        try:
            done = self._in_one(batch)
        except BusinessError:
            for row in batch:
                self._take_alone(row)
        else:
            self._tell(done)

    def _in_one(self, batch: list[Row]) -> list[tuple[Row, Done]]:
        with self.node.journal.unit() as unit:
            return [(row, self.take(unit, row)) for row in batch]

    def _tell(self, done: list[tuple[Row, Done]]) -> None:
        for row, (what, odd, value) in done:
            self.report.counts[what] += 1
            if odd:
                self.report.odd(odd, row.line, value)

    def _take_alone(self, row: Row) -> None:
        try:
            self._tell(self._in_one([row]))
        except BusinessError as problem:
            self.report.refuse(row.line, problem)
