"""Penjualan: the sales of all branches, and one of them with its lines and payments."""

from flask import render_template, request, url_for
from flask_babel import gettext as _

from central_hub import filter_chips, sales_list
from central_hub.forms import row_id
from central_hub.pages.areas import sales_area
from central_hub.periods import read_period
from crm.selling import load_receipt
from sync.errors import N_
from ui import formats
from ui.access import requires
from ui.preferences import language

PAGE = 50
METHODS = {"cash": N_("Cash"), "transfer": N_("Transfer"), "qris": "QRIS", "card": N_("Card")}


@sales_area.get("")
@requires("reports.view")
def show_all() -> str:
    """One page of sales, newest first; branch and period stand in the address."""
    period, branch = read_period(request.args, "today"), filter_chips.chosen_branch()
    stream = branch.stream if branch else None
    after = request.args.get("after", "")
    found = sales_list.page(period, stream, PAGE + 1, after)
    for row in found:
        row["href"] = url_for("sales.show", ident=row["id"].hex())
        row["state"] = (_("Return"), "warn", "arrow-return-left") if row["kind"] == "return" else None
    return render_template(
        "sales/list.html",
        sales=found[:PAGE],
        sums=sales_list.sums(period, stream),
        next_after=found[PAGE - 1]["cursor"] if len(found) > PAGE else "",
        after=after,
        **filter_chips.all_chips("sales.show_all", period, branch),
    )


@sales_area.get("/<ident>")
@requires("reports.view")
def show(ident: str) -> str:
    """One sale as it was made."""
    sale = load_receipt(row_id(ident))
    for payment in sale["payments"]:
        payment["label"] = _(METHODS.get(payment["method"], payment["method"]))
    for line in sale["lines"]:
        line["href"] = url_for("products.show", ident=line["product"].hex())
    at = formats.full(sale["at"], sale["zone"], language())
    return render_template("sales/page.html", sale=sale, at=at)
