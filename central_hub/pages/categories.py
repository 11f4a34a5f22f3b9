"""Kategori: the groups goods are sorted into; listing, making, renaming, archiving."""

from collections.abc import Callable
from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from central_hub.pages.areas import products_area
from crm.catalogue import category_list
from crm.errors import UnknownCategory
from sync.unit import Unit
from ui.access import requires
from ui.addresses import named_row
from ui.beside import Beside
from ui.forms import Reading
from ui.node import node
from ui.notices import say
from ui.render import form_page

NAME_MAX = 100


@products_area.get("/categories")
@requires()
def list_categories() -> str:
    """Every category with the number of its products; archived ones below."""
    rows = [
        {
            **one._asdict(),
            "href": url_for("products.show_all", category=one.id.hex()),
            "edit": url_for("products.edit_category", ident=one.id.hex()),
            "state": (_("Archived"), "quiet", "archive") if one.archived else None,
        }
        for one in category_list.listed()
    ]
    return render_template("categories/list.html", rows=rows)


@products_area.route("/categories/new", methods=["GET", "POST"])
@requires("catalogue.edit")
def add_category() -> Answer:
    """A new category."""
    form, back = Reading(request.form), url_for("products.list_categories")
    if request.method == "POST" and _written(form, category_list.add_category):
        say(_("Category saved. Every branch gets it."))
        return redirect(back)
    return form_page("categories/form.html", form, {}, title=_("New category"), back=back)


@products_area.route("/categories/<ident>/edit", methods=["GET", "POST"])
@requires("catalogue.edit")
def edit_category(ident: str) -> Answer:
    """Another name; the products stay in it."""
    one, form, back = _known(ident), Reading(request.form), url_for("products.list_categories")
    if request.method == "POST" and _written(
        form, lambda unit, name: category_list.rename_category(unit, one.id, name)
    ):
        say(_("Category saved. Every branch gets it."))
        return redirect(back)
    title = _("Change %(code)s", code=one.name)
    return form_page("categories/form.html", form, one._asdict(), title=title, back=back, one=one)


@products_area.post("/categories/<ident>/archive")
@requires("catalogue.edit")
def archive_category(ident: str) -> Answer:
    """Takes it off the lists; the notice takes that back."""
    one = _known(ident)
    _write(lambda unit: category_list.archive_category(unit, one.id))
    undo = url_for("products.restore_category", ident=ident)
    say(_("%(name)s is archived. Its products keep it.", name=one.name), undo=undo)
    return redirect(url_for("products.list_categories"))


@products_area.post("/categories/<ident>/restore")
@requires("catalogue.edit")
def restore_category(ident: str) -> Answer:
    """Puts it back."""
    one = _known(ident)
    _write(lambda unit: category_list.archive_category(unit, one.id, False))
    say(_("%(name)s is on the lists again.", name=one.name))
    return redirect(url_for("products.list_categories"))


def _known(ident: str) -> category_list.Listed:
    row = named_row(ident)
    found = next((one for one in category_list.listed() if one.id == row), None)
    if found is None:
        raise UnknownCategory
    return found


def _write(act: Callable[[Unit], Any]) -> None:
    with node().journal.unit(actor=current_user.id) as unit:
        act(unit)


def _written(form: Reading, write: Callable[[Unit, str], Any]) -> bool:
    """One unit with the name typed; False when it cannot be."""
    name = form.text("name", required=True, most=NAME_MAX)
    if not form.errors:
        with Beside(form, lambda _error: "name"):
            _write(lambda unit: write(unit, name))
    return not form.errors
