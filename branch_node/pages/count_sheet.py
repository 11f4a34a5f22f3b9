"""Counting the shelf: an article, how many lie there, the next one; what the books say is shown at the end alone."""

from typing import Any

from flask import Response, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from branch_node.pages.areas import stock_area
from branch_node.pages.here import branch, me
from crm import catalogue
from crm.catalogue import Item
from crm.stock import counting, sheets
from crm.stock.sheets import SUBMITTED
from sync.limits import QUANTITY_MAX
from ui import formats
from ui.access import requires
from ui.addresses import named_row, row_id
from ui.beside import Beside
from ui.forms import Reading
from ui.notices import say
from ui.preferences import language
from ui.render import form_page, is_fragment

HITS = 8
LAST_COUNTS = 5
NAMED = 3  # products that the notice of a finished count names


def _page(form: Reading, item: Item | None = None, hits: list[Item] | None = None) -> Response:
    """The sheet; *item*: the article whose number is asked for now; *hits*: those that fit what was typed."""
    sheet = sheets.open_sheet(branch().stream)
    return form_page(
        "stock/sheet.html" if is_fragment() else "stock/count.html",
        form,
        sheet=sheet,
        counted=sheets.counted(sheet.id) if sheet else [],
        item=item,
        hits=hits or [],
        last=[] if sheet else [_past(one) for one in sheets.submitted(branch().stream, LAST_COUNTS)],
    )


def _back() -> Answer:
    return redirect(url_for("stock.count"), 303)


@stock_area.get("/stock/count")
@requires("stock.move")
def count() -> Response:
    """The sheet as far as it is filled; without one, how a count begins and the last ones."""
    return _page(Reading({}))


@stock_area.post("/stock/count/begin")
@requires("stock.move")
def begin_count() -> Answer:
    """Opens a sheet for the whole branch; who comes second counts on the same one."""
    with branch().journal.unit(actor=me()) as unit:
        counting.open_sheet(unit)
    return _back()


@stock_area.post("/stock/count/lines")
@requires("stock.move")
def add_line() -> Answer:
    """An article by code, barcode or name, or chosen from a list; then its number, which writes the line."""
    form = Reading(request.form)
    sheet = sheets.open_sheet(branch().stream)
    if sheet is None:
        return _back()
    item = _chosen(form)
    if item is None:
        return _search(form)
    if not form.text("quantity"):
        return _page(Reading({}), item)
    quantity = form.quantity("quantity", least=0, most=QUANTITY_MAX)
    if not form.errors:
        with Beside(form, lambda error: "quantity"), branch().journal.unit(actor=me()) as unit:
            counting.count(unit, sheet.id, item.id, quantity)
    return _page(form if form.errors else Reading({}), item if form.errors else None)


def _chosen(form: Reading) -> Item | None:
    """The article the form names; goods in use alone."""
    ident = row_id(form.values.get("product", ""))
    found = catalogue.item(ident) if ident else catalogue.find(form.text("code"))
    return found if found and found.kind == "goods" and not found.archived else None


def _search(form: Reading) -> Response:
    asked = form.text("code", required=True)
    hits = catalogue.search(asked, kind="goods", limit=HITS) if asked else []
    if asked and not hits:
        form.errors["code"] = _("Nothing found for “%(text)s”.", text=asked)
    return _page(form, hits=hits)


@stock_area.post("/stock/count/lines/remove")
@requires("stock.move")
def remove_line() -> Answer:
    """Takes an article off the sheet."""
    sheet, product = sheets.open_sheet(branch().stream), named_row(request.form.get("product", ""))
    if sheet:
        with branch().journal.unit(actor=me()) as unit:
            counting.count(unit, sheet.id, product, None)
    return _page(Reading({})) if is_fragment() else _back()


@stock_area.post("/stock/count/submit")
@requires("stock.move")
def submit_count() -> Answer:
    """Corrects the stock; shows what differed."""
    sheet, form = sheets.open_sheet(branch().stream), Reading(request.form)
    if sheet is None:
        return _back()
    with Beside(form, lambda error: "form"), branch().journal.unit(actor=me()) as unit:
        counting.submit(unit, sheet.id)
    if form.errors:
        return _page(form)
    say(_done(sheets.counted(sheet.id)))
    return redirect(url_for("stock.counted", ident=sheet.id.hex()), 303)


def _done(lines: list[sheets.Counted]) -> str:
    """What was corrected, by name; a long list stands on the page that follows."""
    differing = [line for line in lines if line.difference]
    if not differing:
        return _("The count is done: everything was right.")
    named = [_differs(line) for line in differing[:NAMED]]
    left = len(differing) - len(named)
    if left:
        named.append(_("%(count)s more", count=left))
    return _("The count is done. Corrected: %(lines)s.", lines=", ".join(named))


def _differs(line: sheets.Counted) -> str:
    count = formats.number(abs(line.difference), language())
    if line.difference < 0:
        return _("%(name)s %(count)s too few", name=line.name, count=count)
    return _("%(name)s %(count)s too many", name=line.name, count=count)


@stock_area.post("/stock/count/leave")
@requires("stock.move")
def leave_count() -> Answer:
    """Nothing is corrected."""
    sheet = sheets.open_sheet(branch().stream)
    if sheet:
        with branch().journal.unit(actor=me()) as unit:
            counting.give_up(unit, sheet.id)
        say(_("The count is given up; nothing was corrected."), "info")
    return redirect(url_for("stock.browse"), 303)


@stock_area.get("/stock/counts/<ident>")
@requires("stock.move")
def counted(ident: str) -> str:
    """What a submitted sheet found: counted, expected, difference; the differences first."""
    sheet = sheets.sheet(named_row(ident), branch().stream)
    if sheet is None or sheet.state != SUBMITTED:
        abort(404)
    lines = sorted(sheets.counted(sheet.id), key=lambda line: (not line.difference, line.name))
    differing = sum(bool(line.difference) for line in lines)
    return render_template("stock/counted.html", sheet=sheet, lines=[_row(line) for line in lines], differing=differing)


def _row(line: sheets.Counted) -> dict[str, Any]:
    return {**line._asdict(), "difference": line.difference}


def _past(sheet: sheets.Sheet) -> dict[str, Any]:
    return {**sheet._asdict(), "href": url_for("stock.counted", ident=sheet.id.hex())}
