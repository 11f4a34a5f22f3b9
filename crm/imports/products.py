"""``cabang import products``: a price list, at head office.  A code that is known gets what the list says."""

from pathlib import Path
from typing import Any

from crm import catalogue
from crm.catalogue.edit import clean_code
from crm.imports import cells, headings
from crm.imports.by_row import CHANGED, MADE, REPEATED, ByRow, Done
from crm.imports.report import Report
from crm.imports.table import Cell, Columns, Row, Table
from sync.errors import NotAllowedHere
from sync.handover_lines import Progress
from sync.model import natural_id
from sync.node import Node
from sync.unit import Unit

COLUMNS = Columns(
    needed=("code", "name", "price"),
    optional=("barcode", "category", "kind", "unit", "type", "tax", "description"),
)
_MONEY = ("price", "tax")
_SOURCE = "products"


def take(node: Node, path: Path, progress: Progress) -> dict[str, Any]:
    """Makes and changes the products of the list.  Raises NotAllowedHere at a branch."""
    if node.stream:
        raise NotAllowedHere(what="product", owner="head office")
    with Table(path, COLUMNS) as table:
        report = Report(_SOURCE, path.name, {})
        ByRow(node, table, report, _take_row, _name).run(progress)
        return report.result(ignored=table.ignored)


def _name(row: Row) -> tuple[Cell, str]:
    return row.cell("code"), catalogue.product_key(row.cell("code").text)


def _take_row(unit: Unit, row: Row) -> Done:
    values = _values(unit, row)
    code = clean_code(row.cell("code").text)
    product = natural_id("product", code)
    if unit.get(catalogue.Product, product) is None:
        catalogue.create_product(unit, {"code": code, **values})
        return Done(MADE)
    return Done(CHANGED if catalogue.change_product(unit, product, values) else REPEATED)


def _values(unit: Unit, row: Row) -> dict[str, Any]:
    """What the row says; an empty cell says nothing, but for the name and the price."""
    texts = (name for name in COLUMNS.optional if name not in _MONEY)
    told: dict[str, Any] = {name: row.cell(name).text for name in texts if row.cell(name).text}
    money = {name: cells.rupiah(row.cell(name)) for name in _MONEY if row.cell(name).text}
    if "price" not in money:
        raise row.cell("price").wrong(cells.EMPTY)
    if "kind" in told:
        told["kind"] = headings.kind(told["kind"])
    if "category" in told:
        told["category"] = catalogue.make_category(unit, told["category"])
    return {**told, **money, "name": row.cell("name").text}
