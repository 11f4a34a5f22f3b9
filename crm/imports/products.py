"""``cabang import products``: a price list, at head office.  A code that is known gets what the list says."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from crm import catalogue
from crm.catalogue import barcodes, exporting, prices
from crm.catalogue.edit import clean_code, clean_field
from crm.errors import BadPrice, BarcodeTaken, BusinessError, PriceAboveRetail
from crm.imports import cells, headings
from crm.imports.by_row import CHANGED, MADE, REPEATED, ByRow, Done
from crm.imports.errors import WrongLine
from crm.imports.report import Report
from crm.imports.table import Cell, Columns, Row, Table
from sync import limits
from sync.errors import N_, NotAllowedHere
from sync.handover_lines import Progress
from sync.model import natural_id
from sync.node import Node
from sync.unit import Unit

_LISTS = {f"{name}_price": name for name in prices.LISTS}
COLUMNS = Columns(
    needed=("code", "name", "price"),
    optional=("barcode", "barcodes", "category", "kind", "unit", "type", "tax", "description", *_LISTS),
)
PREVIEWED = N_("This was a preview: nothing of the file is in yet.")
_TWICE = N_("stands in an earlier line already")
_SOURCE = "products"
_SIGNED = ("'=", "'+", "'-", "'@")  # how our own files write a text that a spreadsheet would compute


class Fault(NamedTuple):
    """A cell that cannot be, and why."""

    cell: Cell
    error: BusinessError


class _Undone(Exception):
    """Ends a unit that was only tried."""


def take(node: Node, path: Path, progress: Progress, preview: bool = False) -> dict[str, Any]:
    """Makes and changes the products of the list.  Raises NotAllowedHere at a branch.

    With *preview* nothing is taken, and every cell that cannot be is told.
    """
    if node.stream:
        raise NotAllowedHere(what="product", owner="head office")
    with Table(path, COLUMNS) as table:
        report = Report(_SOURCE, path.name, {})
        if preview:
            _preview(node, table, report)
            return {**report.result(ignored=table.ignored, preview=True), "advice": PREVIEWED}
        ByRow(node, table, report, _take_row, _name).run(progress)
        return report.result(ignored=table.ignored)


def _name(row: Row) -> tuple[Cell, str]:
    return row.cell("code"), catalogue.product_key(row.cell("code").text)


def _take_row(unit: Unit, row: Row) -> Done:
    values, faults = _read(row)
    for fault in faults:
        raise fault.error
    return _write(unit, values)


def _read(row: Row) -> tuple[dict[str, Any], list[Fault]]:
    """What the row says, and each cell of it that cannot be; an empty cell says nothing, but code, name and price."""
    values: dict[str, Any] = {}
    faults = []
    for name, read in _READ.items():
        cell = row.cell(name)
        if cell.text.startswith(_SIGNED):
            cell = cell._replace(text=cell.text[1:])
        if cell.text or name in COLUMNS.needed:
            try:
                values[name] = read(cell)
            except BusinessError as error:
                faults.append(Fault(cell, error))
    return values, faults


def _write(unit: Unit, told: Mapping[str, Any]) -> Done:
    values = dict(told)
    code, further = values.pop("code"), values.pop("barcodes", None)
    listed = {name: values.pop(column) for column, name in _LISTS.items() if column in values}
    if "category" in values:
        values["category"] = catalogue.make_category(unit, values["category"])
    product = natural_id("product", code)
    is_new = unit.get(catalogue.Product, product) is None
    if is_new:
        catalogue.create_product(unit, {"code": code, **values})
    changed = not is_new and catalogue.change_product(unit, product, values)
    changed |= further is not None and barcodes.set_further(unit, product, further)
    changed |= prices.set_prices(unit, product, listed)
    return Done(MADE if is_new else CHANGED if changed else REPEATED)


def _preview(node: Node, table: Table, report: Report) -> None:
    """Tries each row, takes it back, and notes every cell that cannot be."""
    seen: dict[tuple[str, str], int] = {}
    refused = set()
    for row in table:
        report.counts["rows"] += 1
        for fault in [Fault(_place(row), row)] if isinstance(row, WrongLine) else _faults(node, row, seen, report):
            report.refuse(fault.cell.line, fault.error, fault.cell.column)
            refused.add(fault.cell.line)
    report.counts["refused"] = len(refused)


def _place(wrong: WrongLine) -> Cell:
    return Cell(wrong.params["line"], wrong.params["column"], wrong.params["value"])


def _faults(node: Node, row: Row, seen: dict[tuple[str, str], int], report: Report) -> Iterator[Fault]:
    """Every cell of *row* that cannot be; *seen*: the codes and barcodes of earlier lines."""
    values, faults = _read(row)
    faults += [
        Fault(row.cell(column), row.cell(column).wrong(_TWICE))
        for column in ("code", "barcode", "barcodes")
        for text in _names(values.get(column))
        if seen.setdefault(("code" if column == "code" else "barcode", text), row.line) != row.line
    ]
    if not faults:
        try:
            report.counts[_tried(node, values).what] += 1
        except (BarcodeTaken, PriceAboveRetail) as error:
            faults.append(Fault(row.cell(_column_of(error, values)), error))
    yield from faults


def _names(value: str | list[str] | None) -> list[str]:
    return [value] if isinstance(value, str) else value or []


def _column_of(error: BusinessError, values: Mapping[str, Any]) -> str:
    if isinstance(error, PriceAboveRetail):
        return f"{error.params['price_list']}_price"
    return "barcode" if values.get("barcode") == error.params["barcode"] else "barcodes"


def _tried(node: Node, values: Mapping[str, Any]) -> Done:
    """What would become of the row: it is written and taken back."""
    done: list[Done] = []
    try:
        with node.journal.unit() as unit:
            done.append(_write(unit, values))
            raise _Undone
    except _Undone:
        return done[0]


def _field(name: str) -> Callable[[Cell], Any]:
    return lambda cell: clean_field(name, cell.text)


def _money(cell: Cell) -> int:
    if not cell.text:
        raise cell.wrong(cells.EMPTY)
    return int(clean_field("price", cells.rupiah(cell)))


def _list_price(cell: Cell) -> int:
    price = _money(cell)
    if not price:
        raise BadPrice(price=price, limit=limits.RUPIAH_MAX)
    return price


def _further(cell: Cell) -> list[str]:
    return [barcodes.clean(text) for text in cell.text.split(exporting.BETWEEN) if text.strip()]


_READ: dict[str, Callable[[Cell], Any]] = {
    "code": lambda cell: clean_code(cell.text),
    **{name: _field(name) for name in ("name", "barcode", "unit", "type", "description")},
    "kind": lambda cell: clean_field("kind", headings.kind(cell.text)),
    "category": lambda cell: catalogue.clean_category(cell.text),
    "barcodes": _further,
    **dict.fromkeys(("price", "tax"), _money),
    **dict.fromkeys(_LISTS, _list_price),
}
