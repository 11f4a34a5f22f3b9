"""Customers: the card every branch holds, how to reach them, what they agreed to, what was noted."""

from crm.customers import duplicates, links, tags
from crm.customers.cards import card
from crm.customers.edit import (
    NOTE_KINDS,
    add_note,
    agree,
    change_customer,
    create_customer,
    customer_numbered,
    set_consent,
)
from crm.customers.holders import Holder, holders
from crm.customers.lookup import Found, search
from crm.customers.models import CHANNELS, CONTACT_KINDS, KINDS, PURPOSES, Consent, ContactPoint, Customer, CustomerNote

__all__ = [
    "CHANNELS",
    "CONTACT_KINDS",
    "KINDS",
    "NOTE_KINDS",
    "PURPOSES",
    "Consent",
    "ContactPoint",
    "Customer",
    "CustomerNote",
    "Found",
    "Holder",
    "add_note",
    "agree",
    "card",
    "change_customer",
    "create_customer",
    "customer_numbered",
    "duplicates",
    "holders",
    "links",
    "search",
    "set_consent",
    "tags",
]
