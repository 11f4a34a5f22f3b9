"""The branch's pages, one file each."""

from flask import Blueprint

from branch_node.pages import (
    customer_card,
    customer_forms,
    customers,
    home,
    pickers,
    products,
    sales,
    settings,
    sms,
    sms_compose,
    status,
    stock,
    stock_documents,
    till,
)
from branch_node.pages.areas import (
    customers_area,
    home_area,
    products_area,
    sales_area,
    settings_area,
    sms_area,
    status_area,
    stock_area,
    till_area,
)
from sync.errors import N_
from ui.navigation import Entry
from ui.pages import conflicts

blueprints: tuple[Blueprint, ...] = (
    home_area,
    till_area,
    customers_area,
    stock_area,
    sales_area,
    products_area,
    conflicts.room("sync.view"),
    status_area,
    settings_area,
    sms_area,
)
ROOMS: tuple[Entry, ...] = (
    Entry("till.show", N_("Till"), "cart3", "sell", "F2"),
    Entry("customers.browse", N_("Customers"), "people", "customers.edit"),
    Entry("stock.browse", N_("On hand"), "box-seam"),
    Entry("products.browse", N_("Products"), "tags"),
    Entry("sales.browse", N_("Sales"), "receipt", "sell"),
    Entry("conflicts.browse", N_("Two versions"), "arrow-left-right", "sync.view"),
)
BEHIND_NAME = (
    Entry("settings.show", N_("Settings"), "gear", "settings.edit"),
    Entry("sms.show", "SMS", "chat-left-text", "sms.send"),
)
LINE = "status.show"

__all__ = [
    "BEHIND_NAME",
    "LINE",
    "ROOMS",
    "blueprints",
    "customer_card",
    "customer_forms",
    "customers",
    "home",
    "pickers",
    "products",
    "sales",
    "settings",
    "sms",
    "sms_compose",
    "status",
    "stock",
    "stock_documents",
    "till",
]
