"""``cabang report sales``."""

import csv
import sys
from collections.abc import Iterable, Iterator

import click

from sync.errors import N_
from sync.folder import Folder
from ui.console.language import LANGUAGE, _
from ui.console.lesson import lesson
from ui.console.saying import json_option, say, wants_json
from ui.console.work import folder_argument, reading

COLUMNS = ("key", "quantity", "rupiah", "lines")
KEYS = ("product", "customer", "day", "branch")
_KEY_WORDS = {"product": N_("Product"), "customer": N_("Customer"), "day": N_("Day"), "branch": N_("Branch")}
Row = tuple[str, int, int, int]


@click.group("report", help=_("Figures out of a node's folder, while the node runs or not."))
def report() -> None:
    """Holds the reports."""


@report.command(
    "sales",
    help=lesson(
        _(
            "Sales by product, customer, day or branch: key, quantity, rupiah, lines. Returns count "
            "negative; a day is the branch's own day."
        ),
        "cabang report sales hub --by branch",
        "cabang report sales ptk --by product --from 2026-05-01 --to 2026-05-31 --csv > may.csv",
    ),
)
@folder_argument
@click.option("--by", type=click.Choice(KEYS), required=True, help=_("What one line stands for."))
@click.option("--from", "first", metavar="DAY", help=_("First day, like 2026-05-01."))
@click.option("--to", "last", metavar="DAY", help=_("Last day, included."))
@click.option("--csv", "as_csv", is_flag=True, help=_("As CSV, with one line of headings."))
@json_option
def sales(folder: Folder, by: str, first: str | None, last: str | None, as_csv: bool) -> None:
    """Reads, never writes."""
    from crm import periods, reports

    with reading(folder):
        rows = reports.sales(by, periods.between(first, last))
        if as_csv and not wants_json():
            _write_csv(rows)
        else:
            listed = list(rows)
            facts = [dict(zip(COLUMNS, row, strict=True)) for row in listed]
            say({"by": by, "rows": facts}, _table(_for_people(by, listed) if sys.stdout.isatty() else _plain(listed)))


def _write_csv(rows: Iterable[Row]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows)


def _plain(rows: list[Row]) -> list[list[str]]:
    """Headings and rows as programs read them."""
    return [list(COLUMNS), *([str(value) for value in row] for row in rows)]


def _for_people(by: str, rows: list[Row]) -> list[list[str]]:
    """The same in the language of the person, with grouped figures."""
    from ui.formats import number

    headings = [_(_KEY_WORDS[by]), _("Quantity"), _("Rupiah"), _("Lines")]
    return [headings, *([key, *(number(figure, LANGUAGE) for figure in figures)] for key, *figures in rows)]


def _table(texts: list[list[str]]) -> Iterator[str]:
    """Aligned columns: the key at the left, figures at the right."""
    widths = [max(len(row[place]) for row in texts) for place in range(len(COLUMNS))]
    for key, *figures in texts:
        right = (figure.rjust(width) for figure, width in zip(figures, widths[1:], strict=True))
        yield "  ".join([key.ljust(widths[0]), *right])
