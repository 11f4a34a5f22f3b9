"""Penjualan: the sales of all branches, and one of them with its lines and payments."""

from flask import render_template, request, url_for
from flask_babel import gettext as _

from central_hub.pages.areas import sales_area
from crm import sales_list
from crm.selling import load_receipt
from ui import filter_chips, formats
from ui.access import requires
from ui.addresses import named_row
from ui.paging import PAGE_ROWS, cursor_in_time, paged, place_of
from ui.periods import read_period
from ui.preferences import language
from ui.value_words import PAYMENT_METHODS


@sales_area.get("")
@requires("reports.view")
def show_all() -> str:
    """One page of sales, newest first; branch and period stand in the address."""
    period, branch = read_period(request.args, "today"), filter_chips.chosen_branch()
    stream = branch.stream if branch else None
    after = request.args.get("after", "")
    found = sales_list.page(period.days, stream, PAGE_ROWS + 1, place_of(after))
    for row in found:
        row["href"] = url_for("sales.show", ident=row["id"].hex())
        row["state"] = (_("Return"), "warn", "arrow-return-left") if row["kind"] == "return" else None
    filters = filter_chips.all_chips("sales.show_all", period, branch)
    return render_template(
        "sales/list.html",
        rows=found[:PAGE_ROWS],
        sums=sales_list.sums(period.days, stream),
        **paged(found, after, cursor_in_time, **filters["query"]),
        **filters,
    )


@sales_area.get("/<ident>")
@requires("reports.view")
def show(ident: str) -> str:
    """One sale as it was made."""
    sale = load_receipt(named_row(ident))
    for payment in sale["payments"]:
        payment["label"] = _(PAYMENT_METHODS.get(payment["method"], payment["method"]))
    for line in sale["lines"]:
        line["href"] = url_for("products.show", ident=line["product"].hex())
    at = formats.full(sale["at"], sale["zone"], language())
    return render_template("sales/page.html", sale=sale, at=at)
