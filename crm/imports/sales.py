"""``cabang import sales``: the sales of a shop's file, one unit of work for each invoice.

The whole file is read and checked first; a wrong line refuses it before anything is written.  An invoice that is in
already, by its number, is not taken twice, so a run that was stopped is simply run again.
"""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from crm.branches import OFFSETS_MS
from crm.imports import money, sales_file, sales_plan
from crm.imports.cells import RUPIAH_PER_POUND
from crm.imports.errors import InvoiceTooLarge
from crm.imports.report import Report
from crm.imports.sales_plan import Plan
from crm.imports.sales_writing import METHOD, SOURCE, SalesWriter
from crm.imports.spool import Spool
from crm.imports.table import Table, each
from crm.periods import day_at
from sync import limits
from sync.errors import N_
from sync.handover_lines import TO_KNOW, Progress
from sync.node import Node

READING = N_("Reading the file")
WRITING = N_("Writing invoices")
_TOLD_LINES = 1_000
_TOLD_INVOICES = 20


def take(node: Node, zone: str, path: Path, currency: str | None, progress: Progress) -> dict[str, Any]:
    """Imports the file at *path*; its times are local times of *zone*, its prices in *currency* (None: see ``money``).

    Raises FileUnreadable, WrongColumns, WrongLine, UnclearMoney, InvoiceTooLarge before anything is written.
    """
    report = Report(SOURCE, path.name, sales_plan.ODDITIES)
    chosen = currency or money.decide(path, sales_file.COLUMNS, "UnitPrice")
    with closing(Spool()) as spool, Table(path, sales_file.COLUMNS) as table:
        spool.fill(_checked(table, OFFSETS_MS[zone], chosen, progress))
        _check_sizes(spool)
        for line in table.lines.converted:
            report.odd("windows", line)
        progress(money.TAKEN[chosen], 0, TO_KNOW)
        _write(node, spool, report, progress)
        return report.result(
            rows=spool.rows,
            invoices=spool.invoice_count,
            currency=chosen,
            **({"rupiah_per_pound": RUPIAH_PER_POUND} if chosen == money.POUNDS else {}),
            days=[day_at(at, zone).isoformat() for at in spool.period() or ()],
            zone=zone,
            payment=METHOD,
            ignored=table.ignored,
        )


def _checked(table: Table, offset_ms: int, currency: str, progress: Progress) -> Iterator[Any]:
    for count, line in enumerate(each(table, lambda row: sales_file.line_of(row, offset_ms, currency))):
        if count % _TOLD_LINES == 0:
            progress(READING, table.lines.bytes_read, table.size)
        yield line
    progress(READING, table.size, table.size)


def _check_sizes(spool: Spool) -> None:
    found = spool.too_large(limits.OP_ROWS_MAX, limits.RUPIAH_MAX)
    if found:
        raise InvoiceTooLarge(invoice=found[0], line=found[1])


def _write(node: Node, spool: Spool, report: Report, progress: Progress) -> None:
    writer, total = SalesWriter(node), spool.invoice_count
    for count, lines in enumerate(spool.invoices(), 1):
        planned = sales_plan.plan(lines)
        if not writer.is_in(planned):
            _take_one(writer, planned, report)
            for kind, line, value in sales_plan.oddities(lines, planned):
                report.odd(kind, line, value)
        else:
            report.counts["repeated"] += 1
            if not writer.is_same(planned):
                report.odd("changed", planned.first, planned.invoice)
        if count % _TOLD_INVOICES == 0 or count == total:
            progress(WRITING, count, total)
    report.counts.update(writer.made)


def _take_one(writer: SalesWriter, planned: Plan, report: Report) -> None:
    if planned.sold or planned.written_off:
        writer.write(planned)
        report.counts["made"] += 1
