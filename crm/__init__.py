"""The business that branch and hub share: models with their policy and audience, and the rules as plain functions."""

from crm import (
    branches,
    catalogue,
    company,
    customers,
    greeting_rights,
    messages,
    money,
    revocations,
    selling,
    stock,
    transfers,
    users,
    vouchers,
)

__all__ = [
    "branches",
    "catalogue",
    "company",
    "customers",
    "greeting_rights",
    "messages",
    "money",
    "revocations",
    "selling",
    "stock",
    "transfers",
    "users",
    "vouchers",
]
