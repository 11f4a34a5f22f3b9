"""``cabang import …``: files of other systems."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import click

from sync.errors import N_
from sync.folder import Folder
from sync.handover_lines import Relayed
from ui.console.language import LANGUAGE, _
from ui.console.lesson import lesson
from ui.console.program import FAILED
from ui.console.saying import json_option, say
from ui.console.work import folder_argument, handed
from ui.translate import translate_error

LINES_NAMED_MAX = 10
REFUSED_NAMED_MAX = 50
_COUNTED = {
    "rows": N_("Rows"),
    "invoices": N_("Invoices"),
    "made": N_("New"),
    "changed": N_("Changed"),
    "repeated": N_("Known already"),
    "refused": N_("Refused"),
}


@click.group("import", help=_("Takes files of other systems: CSV, TSV or JSON. The same file twice changes nothing."))
def imports() -> None:
    """Holds one command for each kind of file."""


def _add(kind: str, help_text: str) -> None:
    """Each kind has the same arguments and the same report."""

    @imports.command(kind, help=help_text)
    @folder_argument
    @click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
    @json_option
    @click.pass_context
    def take(context: click.Context, folder: Folder, file: Path) -> None:
        result = handed(folder, "import", {"kind": kind, "file": str(file.absolute())})
        result["refused_rows"] = [_in_words(row) for row in result["refused_rows"]]
        say(result, _lines(result))
        context.exit(FAILED if result.get("refused") else 0)


_add(
    "products",
    lesson(
        _(
            "A price list, at head office: columns code, name, price; barcode, category, kind, unit, "
            "type, tax and description if you have them."
        ),
        "cabang import products hub prices.csv",
    ),
)
_add(
    "customers",
    lesson(
        _(
            "A customer list: column name, and number or phone; kind, street, city, birth_date and caution if you"
            " have them."
        ),
        "cabang import customers ptk customers.csv",
    ),
)
_add(
    "stock",
    lesson(
        _("A stock count, at a branch: columns code and quantity; name and note if you have them."),
        "cabang import stock ptk count.csv",
    ),
)
_add(
    "sales",
    lesson(
        _(
            "Sales of another system, at a branch: columns InvoiceNo, StockCode, Description, Quantity,"
            " InvoiceDate, UnitPrice, CustomerID; one line for each line of an invoice, in any order. Unknown codes"
            " become provisional products."
        ),
        "cabang import sales ptk sales.csv",
    ),
)


def _lines(result: dict[str, Any]) -> Iterator[str]:
    """The report for a person: counts, what was odd and what was done with it, what was refused and why."""
    for name, words in _COUNTED.items():
        if name in result:
            yield f"{_(words)}: {result[name]}"
    if "rupiah_per_pound" in result:
        rate = result["rupiah_per_pound"]
        yield _("Prices were in pounds: counted at %(rate)s rupiah a pound, half rupiah up.", rate=rate)
    for kind, what, done, count in (oddity.values() for oddity in result["oddities"]):
        lines = _some([odd["line"] for odd in result["odd"] if odd["kind"] == kind])
        places = {"count": count, "what": _(what), "done": _(done), "lines": lines}
        yield _("%(count)s × %(what)s: %(done)s (lines %(lines)s)", **places)
    for row in islice(result["refused_rows"], REFUSED_NAMED_MAX):
        yield _("Line %(line)s was refused: %(why)s", line=row["line"], why=f"{row['happened']} {row['todo']}")


def _in_words(row: dict[str, Any]) -> dict[str, Any]:
    """A refused row, its two sentences said in the language of the person."""
    error = Relayed(row["code"], row["happened"], row["todo"], False, row["params"])
    happened, todo = translate_error(error, LANGUAGE)
    return {**row, "happened": happened, "todo": todo}


def _some(lines: list[int]) -> str:
    shown = ", ".join(str(line) for line in lines[:LINES_NAMED_MAX])
    return f"{shown}, …" if len(lines) > LINES_NAMED_MAX else shown
