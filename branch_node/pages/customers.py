"""Customers: search as one types, everybody with an equal name listed."""

from typing import Any

from flask import request, url_for

from branch_node.pages.areas import customers_area
from crm import customers
from crm.customers import Found
from sync.database import database
from ui.access import requires
from ui.paging import PAGE_ROWS, paged
from ui.render import page


@customers_area.get("/customers")
@requires("customers.edit")
def browse() -> str:
    """Everybody who fits ``q``, most likely first; without it all, by name."""
    asked = request.args.get("q", "").strip()
    after = request.args.get("after")
    found = customers.search(asked, limit=PAGE_ROWS + 1, after=after)
    return page(
        "customers/page.html",
        "customers/rows.html",
        asked=asked,
        rows=rows_of(found[:PAGE_ROWS]),
        **paged(found, after, q=asked or None),
    )


def rows_of(found: list[Found]) -> list[dict[str, Any]]:
    """*found* as rows of a table, each person once, each with its last visit (ms UTC or None)."""
    visits = last_visits([one.id for one in found])
    return [
        {
            **one._asdict(),
            "number": ", ".join((one.number, *one.also)),
            "title": one.name or one.number,
            "link": url_for("customers.show", ident=one.id.hex()),
            "phone": one.phones[0] if one.phones else None,
            "visit": visits.get(one.id),
        }
        for one in customers.links.once_each(found)
    ]


def last_visits(ids: list[bytes]) -> dict[bytes, int]:
    """When each of the customers bought last, as far as this branch knows."""
    places = ",".join("?" * len(ids))
    sql = f"SELECT customer, max(at) FROM sale WHERE customer IN ({places}) GROUP BY customer"
    return {bytes(customer): at for customer, at in database.connection().execute(sql, ids)}
