"""Head office's pages, one file each."""

from flask import Blueprint

from central_hub.pages import branches, conflicts, customers, home, products, reports, sales, stock, users
from central_hub.pages import customer_edit as _customer_edit  # noqa: F401  (its routes belong to ``customers``)
from central_hub.pages import product_edit as _product_edit  # noqa: F401
from central_hub.pages import user_edit as _user_edit  # noqa: F401
from sync.errors import N_
from ui.navigation import Entry

blueprints: tuple[Blueprint, ...] = (
    home.area,
    branches.area,
    sales.area,
    products.area,
    customers.area,
    stock.area,
    reports.area,
    conflicts.area,
    users.area,
)
ROOMS: tuple[Entry, ...] = (
    Entry("home.show", N_("Home"), "house", "sync.view"),
    Entry("branches.show_all", N_("Branches"), "shop", "sync.view"),
    Entry("sales.show_all", N_("Sales"), "receipt", "reports.view"),
    Entry("products.show_all", N_("Catalogue"), "tags"),
    Entry("customers.show_all", N_("Customers"), "people", "customers.edit"),
    Entry("stock.show_all", N_("Stock"), "box-seam"),
    Entry("reports.sales", N_("Reports"), "bar-chart", "reports.view"),
    Entry("conflicts.browse", N_("To decide"), "signpost-split", "conflicts.settle"),
    Entry("users.show_all", N_("Users"), "person-gear", "users.manage"),
)
LINE = "branches.show_all"
