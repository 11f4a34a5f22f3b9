"""Katalog: browse, search, and everything about one product."""

from functools import partial
from typing import Any

from flask import Response, render_template, request, url_for
from flask_babel import gettext as _

from central_hub import branch_health, provisional, stock_table
from central_hub.pages.areas import products_area
from crm import catalogue
from crm.catalogue import Item, Product, barcodes, exporting, prices
from crm.errors import UnknownProduct
from sync.errors import N_
from ui import csv_file
from ui.access import requires
from ui.addresses import named_row
from ui.clock import now_ms
from ui.pages import conflicts, labels
from ui.paging import PAGE_ROWS, paged
from ui.render import page
from ui.value_words import PRODUCT_KINDS

labels.hang(products_area, "")
SHELVES = {
    "": N_("All"),
    "goods": N_("Goods"),
    "service": N_("Service"),
    "new": N_("New code"),
    "archived": N_("Archived"),
}


@products_area.get("")
@requires()
def show_all() -> str:
    """The catalogue by name; chips lead to one kind, one category, new codes, the archive."""
    text, shelf, after = (request.args.get(name, "") for name in ("q", "show", "after"))
    shelf = shelf if shelf in SHELVES else ""
    category = request.args.get("category", "")
    found = _found(text, shelf, after)
    names = {one.id: one.name for one in catalogue.categories()}
    for row in found:
        row["category_name"] = names.get(row.get("category"))
        row["href"] = url_for("products.show", ident=row["id"].hex())
        row["kind_words"] = _(PRODUCT_KINDS.get(row["kind"], row["kind"]))
    return page(
        "products/list.html",
        "products/rows.html",
        rows=found[:PAGE_ROWS],
        asked=text,
        shelf=shelf,
        shelf_chips=_shelf_chips(shelf, text, category),
        category_chips=_category_chips(shelf, text),
        **paged(found, after, partial(_cursor, shelf), q=text or None, show=shelf or None, category=category or None),
    )


@products_area.get("/all.csv")
@requires()
def all_csv() -> Response:
    """Every product in use, as ``cabang import products`` reads it."""
    return csv_file.answer("products.csv", exporting.COLUMNS, exporting.rows())


def _found(text: str, shelf: str, after: str) -> list[dict[str, Any]]:
    if shelf == "new":
        return provisional.page(PAGE_ROWS + 1, after)
    if shelf == "archived":
        archived = Product.select().where(Product.archived & (Product.code > after)).order_by(Product.code)
        return [_row(product) for product in archived.limit(PAGE_ROWS + 1)]
    category = request.args.get("category", "")
    kind = shelf or None
    last = named_row(after).hex() if after else None
    items = catalogue.search(text, named_row(category) if category else None, kind, PAGE_ROWS + 1, last)
    return [{**item._asdict(), "state": _state(item)} for item in items]


def _row(product: Product) -> dict[str, Any]:
    return {name: getattr(product, name) for name in ("id", "code", "name", "category", "kind", "price", "unit")}


def _state(item: Item) -> tuple[str, str] | None:
    return (_("New code"), "warn") if item.provisional else None


def _cursor(shelf: str, row: dict[str, Any]) -> str:
    return str(row["code"]) if shelf in ("new", "archived") else row["id"].hex()


def _shelf_chips(shelf: str, text: str, category: str) -> list[tuple[str, str, bool]]:
    kept: dict[str, Any] = {"q": text or None, "category": category or None}
    return [
        (_(words), url_for("products.show_all", show=name or None, **kept), name == shelf)
        for name, words in SHELVES.items()
    ]


def _category_chips(shelf: str, text: str) -> list[tuple[str, str, bool]]:
    """Each category in use; the chosen one leads back to all."""
    chosen = request.args.get("category", "")
    kept: dict[str, Any] = {"q": text or None, "show": shelf or None}
    found = [(category.name, category.id.hex()) for category in catalogue.categories()]
    return [
        (name, url_for("products.show_all", category=None if key == chosen else key, **kept), key == chosen)
        for name, key in found
    ]


def known(ident: str) -> Item:
    """The product an address names; 404 when there is none."""
    found = catalogue.item(named_row(ident))
    if found is None:
        raise UnknownProduct
    return found


@products_area.get("/<ident>")
@requires()
def show(ident: str) -> str:
    """Full description, price, and what lies where (row H-21)."""
    item = known(ident)
    held = stock_table.quantities([item.id]).get(item.id, {})
    stock = [
        {"branch": f"{b.code} · {b.name}", "quantity": held[b.stream], "seen": b.last_contact}
        for b in branch_health.branches(now_ms())
        if b.stream in held
    ]
    return render_template(
        "products/page.html",
        item=item,
        ident=ident,
        kind=_(PRODUCT_KINDS.get(item.kind, item.kind)),
        category=catalogue.category_name(item.category),
        barcodes=barcodes.told(item.id, item.barcode),
        prices=prices.listed(item.id),
        stock=stock,
        total=sum(row["quantity"] for row in stock),
        two_values=conflicts.about_code(item.id),
    )
