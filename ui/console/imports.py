"""``cabang import …``: files of other systems."""

from collections.abc import Callable, Iterator
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
NAMES_ITS_LINE = "wrong_line"  # the code of the error whose sentence begins with the line
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


def _add(kind: str, help_text: str, *options: Callable[[Any], Any]) -> None:
    """Each kind has the same arguments and the same report; *options* are its own."""

    @folder_argument
    @click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
    @json_option
    @click.pass_context
    def take(context: click.Context, folder: Folder, file: Path, **more: str | bool | None) -> None:
        result = handed(folder, "import", {"kind": kind, "file": str(file.absolute()), **more})
        result["refused_rows"] = [_in_words(row) for row in result["refused_rows"]]
        say(result, _lines(result))
        context.exit(FAILED if result.get("refused") else 0)

    for option in options:
        take = option(take)
    imports.command(kind, help=help_text)(take)


_INDONESIAN = _(
    "Indonesian headings do as well (Kode;Nama Barang;Harga Jual), with commas, semicolons or tabs between the columns."
)
_CURRENCY = click.option(
    "--currency",
    type=click.Choice(["rupiah", "pounds"]),
    help=_(
        "The money of the prices. Left out, a heading like Harga or Harga Satuan means rupiah; UnitPrice means pounds "
        "if one price has a fraction or is below 100, otherwise the file is refused before anything is written."
    ),
)
_PREVIEW = click.option(
    "--preview",
    is_flag=True,
    help=_("Take nothing in yet: say what would be new or changed, and name each wrong cell."),
)

_add(
    "products",
    lesson(
        _(
            "A price list, at head office: columns code, name, price; barcode, barcodes (further ones, with | between "
            "them), category, kind, unit, type, tax, description, member_price and corporate_price if you have them. "
            "Prices are whole rupiah: 17500, 17.500 or Rp 17.500."
        )
        + f"\n\n{_INDONESIAN}",
        "cabang import products hub prices.csv --preview",
        "cabang import products hub prices.csv",
    ),
    _PREVIEW,
)
_add(
    "customers",
    lesson(
        _(
            "A customer list: column name, and number or phone; kind, street, city, birth_date (20/11/1990 or "
            "1990-11-20) and caution if you have them."
        )
        + f"\n\n{_INDONESIAN}",
        "cabang import customers ptk customers.csv",
    ),
)
_add(
    "stock",
    lesson(
        _("A stock count, at a branch: columns code and quantity; name and note if you have them.")
        + f"\n\n{_INDONESIAN}",
        "cabang import stock ptk count.csv",
    ),
)
_add(
    "sales",
    lesson(
        _(
            "Sales of another system, at a branch: columns InvoiceNo, StockCode, Description, Quantity,"
            " InvoiceDate, UnitPrice, CustomerID; one line for each line of an invoice, in any order. Unknown codes"
            " become provisional products. Days are written 20/11/2026 or 2026-11-20. Pounds are counted at 20,000"
            " rupiah."
        )
        + f"\n\n{_INDONESIAN}\n\n"
        + _(
            "There is no undo: sales that are in are never deleted. Try the file in a branch made for trying first. "
            "What went in wrong is balanced by a second file: the same lines with C before the invoice number and a "
            "minus before the quantity; then the right lines, under other invoice numbers."
        ),
        "cabang import sales ptk sales.csv",
        "cabang import sales ptk penjualan.csv --currency rupiah",
    ),
    _CURRENCY,
)


def _lines(result: dict[str, Any]) -> Iterator[str]:
    """The report for a person: which money, counts, what was odd and what was done, what was refused and why."""
    yield from _money(result)
    for name, words in _COUNTED.items():
        if name in result:
            yield f"{_(words)}: {result[name]}"
    if result.get("ignored"):
        yield _("Columns that were not read: %(columns)s", columns=", ".join(result["ignored"]))
    for kind, what, done, count in (oddity.values() for oddity in result["oddities"]):
        lines = _some([odd["line"] for odd in result["odd"] if odd["kind"] == kind])
        places = {"count": count, "what": _(what), "done": _(done), "lines": lines}
        yield _("%(count)s × %(what)s: %(done)s (lines %(lines)s)", **places)
    yield from _refusals(result)


def _money(result: dict[str, Any]) -> Iterator[str]:
    """What was decided about a file of sales."""
    from ui.formats import number  # only now: it knows zones and languages, which most commands do without

    if "rupiah_per_pound" in result:
        rate = number(result["rupiah_per_pound"], LANGUAGE)
        yield _("Prices were in pounds: counted at %(rate)s rupiah a pound, half rupiah up.", rate=rate)
    elif "currency" in result:
        yield _("Prices were in rupiah.")
    if result.get("days"):
        first, last = result["days"]
        yield _("Sales from %(first)s to %(last)s (year-month-day).", first=first, last=last)


def _refusals(result: dict[str, Any]) -> Iterator[str]:
    """Each refused line once, in order; then what to do, each advice once."""
    rows = result["refused_rows"]
    for row in rows[:REFUSED_NAMED_MAX]:
        yield _refusal(row)
    if len(rows) > REFUSED_NAMED_MAX:
        yield _("And %(count)s more.", count=len(rows) - REFUSED_NAMED_MAX)
    advice = result.get("advice")
    if advice:
        own = [row["todo"] for row in rows if row["code"] != NAMES_ITS_LINE]
        yield from dict.fromkeys([*own, _(advice)])


def _refusal(row: dict[str, Any]) -> str:
    if row["code"] == NAMES_ITS_LINE:
        return str(row["happened"])
    places = {"line": row["line"], "why": row["happened"]}
    if "column" in row:
        return _("Line %(line)s, column %(column)s: %(why)s", column=row["column"], **places)
    return _("Line %(line)s was refused: %(why)s", **places)


def _in_words(row: dict[str, Any]) -> dict[str, Any]:
    """A refused row, its two sentences said in the language of the person."""
    error = Relayed(row["code"], row["happened"], row["todo"], False, row["params"])
    happened, todo = translate_error(error, LANGUAGE)
    return {**row, "happened": happened, "todo": todo}


def _some(lines: list[int]) -> str:
    shown = ", ".join(str(line) for line in lines[:LINES_NAMED_MAX])
    return f"{shown}, …" if len(lines) > LINES_NAMED_MAX else shown
