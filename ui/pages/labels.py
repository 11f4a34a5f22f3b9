"""Labels to print, at both nodes: of one product or of a category, on a roll of 58 mm or sheets of A4."""

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _

from crm import catalogue
from crm.catalogue import Item
from ui.access import requires
from ui.addresses import row_id
from ui.forms import Reading
from ui.labels import LABELS_MAX, PAPERS, labels


def hang(area: Blueprint, path: str) -> None:
    """The page as a route of a node's products' room."""
    area.add_url_rule(f"{path}/labels", view_func=show_labels)


@requires()
def show_labels() -> str:
    """The labels as they are printed; product or category, paper and copies stand in the address."""
    form = Reading(request.args)
    product, category = (row_id(request.args.get(name, "")) for name in ("product", "category"))
    copies = form.quantity("copies", most=LABELS_MAX) if "copies" in request.args else 1
    paper = request.args.get("paper", "")
    paper = paper if paper in PAPERS else PAPERS[0]
    made, without = labels(_items(product, category), copies)
    return render_template(
        "labels/page.html",
        labels=made,
        without=without,
        paper=paper,
        kept={"product": product.hex() if product else "", "category": category.hex() if category else ""},
        values={"copies": copies or request.args.get("copies", "")},
        errors=form.errors,
        categories=_categories(),
        papers=_paper_chips(paper, product, category, copies),
        most=LABELS_MAX,
    )


def _items(product: bytes | None, category: bytes | None) -> list[Item]:
    if product:
        found = catalogue.item(product)
        return [found] if found else []
    return catalogue.search(category=category, kind="goods", limit=LABELS_MAX) if category else []


def _categories() -> dict[str, str]:
    return {"": _("Choose a category"), **{one.id.hex(): one.name for one in catalogue.categories()}}


def _paper_chips(paper: str, product: bytes | None, category: bytes | None, copies: int) -> list[tuple[str, str, bool]]:
    words = {"58": _("Roll of 58 mm"), "a4": _("Sheet of A4")}
    kept: dict[str, Any] = {
        "product": product.hex() if product else None,
        "category": category.hex() if category else None,
        "copies": copies or None,
    }
    return [(words[one], url_for(".show_labels", paper=one, **kept), one == paper) for one in PAPERS]
