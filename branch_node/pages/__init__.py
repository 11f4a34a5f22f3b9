"""The branch's pages: which files hang their routes on which room."""

from types import ModuleType

from flask import Blueprint

from branch_node.pages import (
    approvals,
    areas,
    count_sheet,
    customer_card,
    customer_forms,
    customers,
    holding,
    home,
    pickers,
    products,
    sales,
    settings,
    shift,
    shifts,
    sms,
    sms_compose,
    status,
    stock,
    stock_documents,
    till,
    till_lines,
    till_prices,
    transfer_new,
    transfer_steps,
    transfers,
    vouchers,
)
from sync.errors import N_
from ui.navigation import Entry
from ui.pages import conflicts, interests, labels, movements, reports
from ui.pages.areas import reports_area

PAGES: dict[Blueprint, tuple[ModuleType, ...]] = {
    areas.home_area: (home,),
    areas.till_area: (till, till_lines, till_prices, approvals, holding, pickers),
    areas.customers_area: (customers, customer_card, customer_forms, interests),
    areas.stock_area: (
        stock,
        stock_documents,
        count_sheet,
        pickers,
        till_lines,
        transfers,
        transfer_new,
        transfer_steps,
    ),
    areas.sales_area: (sales,),
    areas.shifts_area: (shift, shifts),
    areas.products_area: (products, labels),
    areas.vouchers_area: (vouchers,),
    reports_area: (reports, movements),
    conflicts.room("sync.view"): (conflicts,),
    areas.status_area: (status,),
    areas.settings_area: (settings,),
    areas.sms_area: (sms, sms_compose),
}
ROOMS: tuple[Entry, ...] = (
    Entry("till.show", N_("Till"), "cart3", "sell", "F2"),
    Entry("customers.browse", N_("Customers"), "people", "customers.edit"),
    Entry("stock.browse", N_("On hand"), "box-seam"),
    Entry("products.browse", N_("Products"), "tags"),
    Entry("sales.browse", N_("Sales"), "receipt", "sell"),
    Entry("shifts.show", N_("Shift"), "cash-stack", "sell"),
    Entry("vouchers.show", N_("Vouchers"), "ticket-perforated", "sell"),
    Entry("reports.sales", N_("Reports"), "bar-chart", "reports.view"),
    conflicts.entry("sync.view"),
)
BEHIND_NAME = (
    Entry("settings.show", N_("Settings"), "gear", "settings.edit"),
    Entry("sms.show", "SMS", "chat-left-text", "sms.send"),
)
LINE = "status.show"
