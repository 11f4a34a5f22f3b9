"""Katalog: making, changing, archiving a product, and adopting a code that a branch met first."""

from typing import Any

from flask import redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from central_hub.pages.areas import products_area
from central_hub.pages.products import known
from crm import catalogue
from crm.catalogue import Item, barcodes, prices
from crm.errors import BadBarcode, BarcodeTaken, BusinessError, PriceAboveRetail
from sync.unit import Unit
from ui.access import requires
from ui.beside import Beside, field_of
from ui.forms import Reading
from ui.node import node
from ui.notices import say
from ui.render import form_page
from ui.value_words import PRODUCT_KINDS, told

TEXTS = ("unit", "barcode", "type")
DESCRIPTION_MAX = 2_000
SHORT_MAX = 20


def _page(form: Reading, values: dict[str, Any], title: str, **more: Any) -> Response:
    choices = {
        "kinds": told(PRODUCT_KINDS),
        "categories": [category.name for category in catalogue.categories()],
        "units": catalogue.units(),
    }
    return form_page("products/form.html", form, values, title=title, **choices, **more)


@products_area.route("/new", methods=["GET", "POST"])
@requires("catalogue.edit")
def add() -> Response:
    """A new product."""
    form = Reading(request.form)
    made = _made(form, form.text("code", required=True)) if request.method == "POST" else None
    if made:
        say(_("Product saved."))
        return redirect(url_for("products.show", ident=made.hex()))
    return _page(form, {"kind": "goods", "unit": "pcs"}, _("New product"), back=url_for("products.show_all"))


@products_area.route("/<ident>/adopt", methods=["GET", "POST"])
@requires("catalogue.edit")
def adopt(ident: str) -> Response:
    """Takes a new code into the catalogue: the product keeps the id under which branches sold it."""
    item = known(ident)
    if not item.provisional:
        return redirect(url_for("products.edit", ident=ident))
    form = Reading(request.form)
    if request.method == "POST" and _made(form, item.code):
        say(_("%(code)s is in the catalogue now; every branch gets it.", code=item.code))
        return redirect(url_for("products.show", ident=ident))
    title = _("Adopt %(code)s", code=item.code)
    return _page(form, _values(item), title, item=item, back=url_for("products.show", ident=ident))


@products_area.route("/<ident>/edit", methods=["GET", "POST"])
@requires("catalogue.edit")
def edit(ident: str) -> Response:
    """Price, name and the rest; the code stays."""
    item = known(ident)
    if item.provisional:
        return redirect(url_for("products.adopt", ident=ident))
    form = Reading(request.form)
    if request.method == "POST" and _changed(form, item):
        say(_("Product saved. Every branch gets the change."))
        return redirect(url_for("products.show", ident=ident))
    title = _("Change %(code)s", code=item.code)
    return _page(form, _values(item), title, item=item, back=url_for("products.show", ident=ident))


@products_area.post("/<ident>/archive")
@requires("catalogue.edit")
def archive(ident: str) -> Response:
    """Takes it out of the catalogue; the notice takes that back."""
    item = known(ident)
    with node().journal.unit(actor=current_user.id) as unit:
        catalogue.archive_product(unit, item.id)
    undo = url_for("products.restore", ident=ident)
    say(_("%(name)s is archived. Sales that name it stay readable.", name=item.name), undo=undo)
    return redirect(url_for("products.show", ident=ident))


@products_area.post("/<ident>/restore")
@requires("catalogue.edit")
def restore(ident: str) -> Response:
    """Puts it back."""
    item = known(ident)
    with node().journal.unit(actor=current_user.id) as unit:
        catalogue.change_product(unit, item.id, {"archived": False})
    say(_("%(name)s is in the catalogue again.", name=item.name))
    return redirect(url_for("products.show", ident=ident))


def _values(item: Item) -> dict[str, Any]:
    further = "\n".join(barcodes.further(item.id))
    listed = {f"{name}_price": price for name, price in prices.listed(item.id).items()}
    return {**item._asdict(), **listed, "category": catalogue.category_name(item.category), "barcodes": further}


def _read(form: Reading) -> dict[str, Any]:
    values: dict[str, Any] = {"name": form.text("name", required=True), "price": form.rupiah("price")}
    values |= {name: form.text(name) for name in TEXTS}
    values["unit"] = form.text("unit", most=SHORT_MAX) or "pcs"
    values["kind"] = form.choice("kind", PRODUCT_KINDS)
    values["description"] = form.text("description", most=DESCRIPTION_MAX)
    values["category"] = form.text("category", most=100)
    return values


def _further(form: Reading) -> list[str]:
    """The barcodes beside the first, one a line."""
    return form.text("barcodes", most=DESCRIPTION_MAX).splitlines()


def _prices(form: Reading) -> dict[str, int | None]:
    """The price of each list; an empty field is none."""
    return {
        name: form.rupiah(f"{name}_price", least=1) if form.text(f"{name}_price") else None for name in prices.LISTS
    }


def _place(error: BusinessError) -> str:
    """A barcode that cannot be is told beside the field it stands in."""
    if isinstance(error, BadBarcode | BarcodeTaken):
        first = request.form.get("barcode", "").strip()
        return "barcode" if first and first.startswith(error.params["barcode"]) else "barcodes"
    if isinstance(error, PriceAboveRetail):
        return f"{error.params['price_list']}_price"
    return field_of(error)


def _with_category(unit: Unit, values: dict[str, Any], item: Item | None = None) -> dict[str, Any]:
    """*values* with the category's id; one that *item* has already stays as it is, archived or not."""
    name = values["category"]
    if item and name == catalogue.category_name(item.category):
        return {**values, "category": item.category}
    return {**values, "category": catalogue.make_category(unit, name) if name else None}


def _made(form: Reading, code: str) -> bytes | None:
    values, further, listed = _read(form), _further(form), _prices(form)
    if form.errors:
        return None
    with Beside(form, _place), node().journal.unit(actor=current_user.id) as unit:
        product = catalogue.create_product(unit, {"code": code, **_with_category(unit, values)})
        barcodes.set_further(unit, product, further)
        prices.set_prices(unit, product, listed)
        return product
    return None


def _changed(form: Reading, item: Item) -> bool:
    values, further, listed = _read(form), _further(form), _prices(form)
    if form.errors:
        return False
    with Beside(form, _place), node().journal.unit(actor=current_user.id) as unit:
        catalogue.change_product(unit, item.id, _with_category(unit, values, item))
        barcodes.set_further(unit, item.id, further)
        prices.set_prices(unit, item.id, listed)
    return not form.errors
