"""Stok: what lies at which branch, and how old each branch's word is."""

from flask import request, url_for
from flask_babel import gettext as _

from central_hub import branch_health, stock_table
from central_hub.branch_health import Health
from central_hub.pages.areas import stock_area
from crm import transfers
from ui import formats
from ui.access import requires
from ui.clock import now_ms
from ui.paging import PAGE_ROWS, paged
from ui.preferences import language
from ui.render import page


@stock_area.get("")
@requires()
def show_all() -> str:
    """Products by branches; search as you type."""
    text, after = request.args.get("q", ""), request.args.get("after", "")
    known = branch_health.branches(now_ms())
    found = stock_table.table(text, PAGE_ROWS + 1, after)
    for row in found:
        row["href"] = url_for("products.show", ident=row["id"].hex())
        row.update({f"at_{branch.stream}": row["stock"].get(branch.stream) for branch in known})
    return page(
        "stock/list.html",
        "stock/rows.html",
        branches=known,
        ages=_ages(known),
        unequal=transfers.unequal(),
        rows=found[:PAGE_ROWS],
        asked=text,
        **paged(found, after, lambda row: row["id"].hex(), q=text or None),
    )


def _ages(known: list[Health]) -> str:
    """*PTK two minutes ago · BJM yesterday*."""
    heard = [branch for branch in known if branch.last_contact]
    said = [f"{branch.code} {formats.age(branch.last_contact or 0, now_ms(), language())}" for branch in heard]
    return _("As the branches told us: %(ages)s.", ages=" · ".join(said)) if said else ""
