"""Products: all of them, found by words and filters; one in full with price, stock here and how it moved."""

from typing import Any

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _

from branch_node.pages.areas import products_area
from branch_node.pages.baskets import stock_here
from branch_node.pages.here import branch
from crm import catalogue, stock, transfers
from crm.catalogue import Item, barcodes, prices
from crm.locations import shop_of
from crm.stock import Movement, StockDocument
from ui.access import requires
from ui.addresses import named_row, row_id
from ui.movement_words import MOVEMENT_WORDS
from ui.pages import conflicts, labels
from ui.paging import PAGE_ROWS, paged
from ui.render import page
from ui.value_words import PRODUCT_KINDS

labels.hang(products_area, "/products")
MOVEMENTS = 50


def cursor(parts: int) -> str | None:
    """The place in a list that the address names (*parts* ids); None when nobody gave it out."""
    text = request.args.get("after", "")
    ids = text.split(".")
    return text if len(ids) == parts and all(map(row_id, ids)) else None


@products_area.get("/products")
@requires()
def browse() -> str:
    """The catalogue, by name; filters stand in the address."""
    asked = request.args.get("q", "").strip()
    category, kind = row_id(request.args.get("category", "")), request.args.get("kind", "")
    kind = kind if kind in PRODUCT_KINDS else ""
    after = cursor(1)
    found = catalogue.search(asked, category, kind or None, PAGE_ROWS + 1, after)
    kept: dict[str, Any] = {"q": asked or None, "category": category.hex() if category else None, "kind": kind or None}
    return page(
        "products/page.html",
        "products/rows.html",
        asked=asked,
        rows=_rows(found[:PAGE_ROWS]),
        kinds=_kind_chips(kept),
        categories=_category_chips(kept),
        kept=kept,
        **paged(found, after, **kept),
    )


def _rows(items: list[Item]) -> list[dict[str, Any]]:
    quantities = stock_here([item.id for item in items])
    return [
        {
            **item._asdict(),
            "link": url_for("products.show", ident=item.id.hex()),
            "stock": quantities.get(item.id, 0) if item.kind == "goods" else None,
            "state": (_("New code"), "quiet") if item.provisional else None,
        }
        for item in items
    ]


def _kind_chips(kept: dict[str, Any]) -> list[tuple[str, str, bool]]:
    chosen = kept["kind"]
    every = (_("All"), url_for(".browse", **{**kept, "kind": None}), chosen is None)
    return [every, *((_(words), url_for(".browse", **{**kept, "kind": kind}), chosen == kind)
                     for kind, words in PRODUCT_KINDS.items())]  # fmt: skip


def _category_chips(kept: dict[str, Any]) -> list[tuple[str, str, bool]]:
    """Each category; the chosen one leads back to all."""
    chips = []
    for category in catalogue.categories():
        ident = bytes(category.id).hex()
        chosen = kept["category"] == ident
        chips.append((category.name, url_for(".browse", **{**kept, "category": None if chosen else ident}), chosen))
    return chips


@products_area.get("/products/<ident>")
@requires()
def show(ident: str) -> str:
    """Everything about one product."""
    item = catalogue.item(named_row(ident))
    if item is None:
        abort(404)
    moved = stock.movements(item.id, shop_of(branch().stream), MOVEMENTS)
    return render_template(
        "products/detail.html",
        item=item,
        category=catalogue.category_name(item.category),
        barcodes=barcodes.told(item.id, item.barcode),
        prices=prices.listed(item.id),
        kind=_(PRODUCT_KINDS[item.kind]),
        on_hand=stock_here([item.id]).get(item.id, 0),
        movements=[_movement(one) for one in moved],
        two_values=conflicts.about_code(item.id),
    )


def _movement(one: Movement) -> dict[str, Any]:
    document = StockDocument.get_or_none(StockDocument.id == one.document)
    transfer = transfers.of_event(one.document)
    return {
        "at": one.at,
        "what": _(MOVEMENT_WORDS.get(one.kind, one.kind)),
        "note": document.note if document else None,
        "quantity": one.quantity,
        "link": "" if document else _document(one.document, transfer),
    }


def _document(document: bytes, transfer: bytes | None) -> str:
    """The page of the sale or the transfer that moved the stock."""
    if transfer:
        return url_for("stock.transfer", ident=transfer.hex())
    return url_for("sales.receipt", sale=document.hex())
