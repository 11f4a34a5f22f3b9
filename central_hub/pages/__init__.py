"""Head office's pages: which files hang their routes on which room."""

from types import ModuleType
from typing import Any

from flask import Blueprint

from central_hub import copy_tasks as tasks_of_copies
from central_hub import duplicates as duplicate_cards
from central_hub import held
from central_hub.pages import (
    areas,
    branches,
    categories,
    copy_tasks,
    customer_edit,
    customers,
    duplicates,
    held_entries,
    home,
    lost,
    product_edit,
    products,
    sales,
    settings,
    shifts,
    stock,
    transfers,
    user_edit,
    users,
    vouchers,
)
from sync.errors import N_
from ui.navigation import Entry
from ui.node import node
from ui.pages import conflicts, interests, labels, movements, reports
from ui.pages.areas import reports_area


def _to_decide() -> dict[str, Any]:
    """What stands on that page besides two versions of one thing."""
    return {**held.told(), **tasks_of_copies.told(), "duplicates": duplicate_cards.waiting(node().store)}


PAGES: dict[Blueprint, tuple[ModuleType, ...]] = {
    areas.home_area: (home, copy_tasks, held_entries, lost),
    areas.branches_area: (branches,),
    areas.sales_area: (sales,),
    areas.shifts_area: (shifts,),
    areas.products_area: (categories, products, product_edit, labels),
    areas.vouchers_area: (vouchers,),
    areas.customers_area: (customers, customer_edit, interests, duplicates),
    areas.stock_area: (stock, transfers),
    reports_area: (reports, movements),
    conflicts.room("conflicts.settle", "conflicts/office.html", _to_decide): (conflicts,),
    areas.users_area: (users, user_edit),
    areas.settings_area: (settings,),
}
ROOMS: tuple[Entry, ...] = (
    Entry("home.show", N_("Home"), "house", "sync.view"),
    Entry("branches.show_all", N_("Branches"), "shop", "sync.view"),
    Entry("sales.show_all", N_("Sales"), "receipt", "reports.view"),
    Entry("shifts.show_all", N_("Shifts"), "cash-stack", "reports.view"),
    Entry("products.show_all", N_("Catalogue"), "tags"),
    Entry("vouchers.show_all", N_("Vouchers"), "ticket-perforated", "catalogue.edit"),
    Entry("customers.show_all", N_("Customers"), "people", "customers.edit"),
    Entry("stock.show_all", N_("Stock"), "box-seam"),
    Entry("reports.sales", N_("Reports"), "bar-chart", "reports.view"),
    conflicts.entry("conflicts.settle"),
    Entry("users.show_all", N_("Users"), "person-gear", "users.manage"),
)
BEHIND_NAME = (Entry("settings.show", N_("Settings"), "gear", "branches.manage"),)
LINE = "branches.show_all"
