"""Stock on hand at this branch."""

from typing import Any

from flask import request, url_for

from branch_node.pages.areas import stock_area
from branch_node.pages.here import branch
from branch_node.pages.products import cursor
from crm import stock, transfers
from crm.locations import shop_of
from crm.stock import Stocked
from ui.access import requires
from ui.paging import PAGE_ROWS, paged
from ui.render import page


@stock_area.get("/stock")
@requires()
def browse() -> str:
    """What ever moved here, by name, with its quantity."""
    asked, after = request.args.get("q", "").strip(), cursor(2)
    found = stock.on_hand(asked, shop_of(branch().stream), PAGE_ROWS + 1, after)
    return page(
        "stock/page.html",
        "stock/rows.html",
        asked=asked,
        rows=[_row(one) for one in found[:PAGE_ROWS]],
        unequal=transfers.unequal(),
        **paged(found, after, q=asked or None),
    )


def _row(one: Stocked) -> dict[str, Any]:
    return {**one._asdict(), "link": url_for("products.show", ident=one.product.hex())}
