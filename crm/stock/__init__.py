"""Stock: documents that move goods, the movements derived from them, and what is on hand."""

from crm.stock import counting, sheets
from crm.stock.lists import Movement, Stocked, movements, on_hand
from crm.stock.models import DOCUMENT_KINDS, OnHand, StockDocument, StockDocumentLine, StockMovement
from crm.stock.writing import Moved, imported_document, record_document

__all__ = [
    "DOCUMENT_KINDS",
    "Moved",
    "Movement",
    "OnHand",
    "StockDocument",
    "StockDocumentLine",
    "StockMovement",
    "Stocked",
    "counting",
    "imported_document",
    "movements",
    "on_hand",
    "record_document",
    "sheets",
]
