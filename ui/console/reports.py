"""``cabang report sales`` and ``movements``."""

import csv
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from sync.errors import N_
from sync.folder import BRANCH, Folder
from ui.console.errors import NeedsFile
from ui.console.language import LANGUAGE, _
from ui.console.lesson import lesson
from ui.console.saying import json_option, say, wants_json
from ui.console.work import folder_argument, reading

KEYS = ("product", "customer", "day", "branch", "cashier", "method")
MOVEMENT_KEYS = ("kind", "product")
FORMATS = ("csv", "xlsx", "pdf")
_KEY_WORDS = {
    "product": N_("Product"),
    "customer": N_("Customer"),
    "day": N_("Day"),
    "branch": N_("Branch"),
    "cashier": N_("Cashier"),
    "method": N_("Payment"),
    "kind": N_("Kind"),
}
_COLUMN_WORDS = {
    "quantity": N_("Quantity"),
    "rupiah": N_("Rupiah"),
    "lines": N_("Lines"),
    "payments": N_("Payments"),
    "came_in": N_("In"),
    "went_out": N_("Out"),
    "movements": N_("Movements"),
}
_BY = _("What one line stands for.")
_FILE = click.Path(path_type=Path, dir_okay=False)
Row = tuple[Any, ...]


def _days_and_file(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options all reports have."""
    for option in (
        click.option("--output", type=_FILE, help=_("Where to write the file, whatever stands there.")),
        click.option("--format", "kind", type=click.Choice(FORMATS), help=_("As a file; XLSX and PDF need --output.")),
        click.option("--csv", "kind", flag_value="csv", help=_("As CSV, with one line of headings.")),
        click.option("--to", "last", metavar="DAY", help=_("Last day, included.")),
        click.option("--from", "first", metavar="DAY", help=_("First day, like 2026-05-01.")),
    ):
        command = option(command)
    return command


@click.group("report", help=_("Figures out of a node's folder, while the node runs or not."))
def report() -> None:
    """Holds the reports."""


@report.command(
    "sales",
    help=lesson(
        _(
            "Sales by product, customer, day, branch, cashier or way of payment: key, quantity, rupiah, lines "
            "(by payment: key, payments, rupiah). Returns count negative; a day is the branch's own day. A branch's "
            "folder tells that branch's sales."
        ),
        "cabang report sales hub --by branch",
        "cabang report sales ptk --by product --from 2026-05-01 --to 2026-05-31 --csv > may.csv",
        "cabang report sales hub --by day --from 2026-05-01 --format pdf --output may.pdf",
    ),
)
@folder_argument
@click.option("--by", type=click.Choice(KEYS), required=True, help=_BY)
@_days_and_file
@json_option
def sales(folder: Folder, by: str, **asked: Any) -> None:
    """Reads, never writes there."""
    from crm import reports
    from ui import report_sheets

    _tell(folder, by, asked, reports.sales, reports.columns(by), report_sheets.sales)


@report.command(
    "movements",
    help=lesson(
        _("What came into the shops and what went out, by what moved it or by product: key, in, out, movements."),
        "cabang report movements hub --by kind --from 2026-05-01",
        "cabang report movements ptk --by product --format xlsx --output stock.xlsx",
    ),
)
@folder_argument
@click.option("--by", type=click.Choice(MOVEMENT_KEYS), required=True, help=_BY)
@_days_and_file
@json_option
def movements(folder: Folder, by: str, **asked: Any) -> None:
    """Reads, never writes there."""
    from crm import movement_report
    from ui import report_sheets

    _tell(folder, by, asked, movement_report.movements, movement_report.COLUMNS, report_sheets.movements)


def _tell(
    folder: Folder,
    by: str,
    asked: Mapping[str, Any],
    sums: Callable[..., Iterable[Row]],
    columns: tuple[str, ...],
    sheet: Callable[..., Any],
) -> None:
    """One report in the shape asked for; of a branch's folder that branch's own."""
    from crm import periods

    kind, output = asked["kind"], asked["output"]
    if kind and not wants_json() and not output and kind != "csv":
        raise NeedsFile(kind=kind.upper())
    days = periods.between(asked["first"], asked["last"])
    with reading(folder) as reader:
        here = int(reader.get("stream")) if folder.kind() == BRANCH else None
        rows = list(sums(by, days, here))
        if output:
            _keep(output, kind or "csv", by, sheet, rows, (days, here))
        elif kind and not wants_json():
            _write_csv(columns, rows)
        else:
            facts = [dict(zip(columns, row, strict=True)) for row in rows]
            texts = _for_people(by, columns, rows) if sys.stdout.isatty() else _plain(columns, rows)
            say({"by": by, "rows": facts}, _table(texts))


def _keep(
    output: Path, kind: str, by: str, sheet: Callable[..., Any], rows: list[Row], of: tuple[Any, int | None]
) -> None:
    """Writes the file; *of*: the days, and the branch's number."""
    from crm.branches import Branch
    from ui import report_file, report_sheets

    days, here = of
    branch = Branch.get_or_none(Branch.stream == here)
    zone = branch.zone if branch else "WIB"
    about = [report_sheets.place(branch, _), report_sheets.period(days, zone, _, LANGUAGE)]
    made = sheet(by, rows, report_sheets.Wanted(output.stem, about, _, LANGUAGE))
    output.write_bytes(report_file.content(made, kind))
    say({"by": by, "file": str(output)}, [_("Written: %(path)s", path=output)])


def _write_csv(columns: tuple[str, ...], rows: Iterable[Row]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)


def _plain(columns: tuple[str, ...], rows: list[Row]) -> list[list[str]]:
    """Headings and rows as programs read them."""
    return [list(columns), *([str(value) for value in row] for row in rows)]


def _for_people(by: str, columns: tuple[str, ...], rows: list[Row]) -> list[list[str]]:
    """The same in the language of the person, with grouped figures."""
    from ui.formats import number

    headings = [_(_KEY_WORDS[by]), *(_(_COLUMN_WORDS[name]) for name in columns[1:])]
    return [headings, *([key, *(number(figure, LANGUAGE) for figure in figures)] for key, *figures in rows)]


def _table(texts: list[list[str]]) -> Iterator[str]:
    """Aligned columns: the key at the left, figures at the right."""
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    for key, *figures in texts:
        right = (figure.rjust(width) for figure, width in zip(figures, widths[1:], strict=True))
        yield "  ".join([key.ljust(widths[0]), *right])
