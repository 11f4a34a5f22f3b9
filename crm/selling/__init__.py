"""Selling: a sale with its lines and payments is one fact, made in one unit of work."""

from crm.selling import held
from crm.selling.models import METHODS, ROUNDING, SALE_KINDS, Payment, Sale, SaleLine
from crm.selling.receipts import last_receipts, load_receipt, receipt_number
from crm.selling.rules import Line, Paid
from crm.selling.writing import Receipt, imported_sale, record_sale

__all__ = [
    "METHODS",
    "ROUNDING",
    "SALE_KINDS",
    "Line",
    "Paid",
    "Payment",
    "Receipt",
    "Sale",
    "SaleLine",
    "held",
    "imported_sale",
    "last_receipts",
    "load_receipt",
    "receipt_number",
    "record_sale",
]
