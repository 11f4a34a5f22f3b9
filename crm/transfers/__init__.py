"""Transfers: goods asked for, sent and received between branches, and what on the way does not tally."""

from crm.transfers.errors import UnknownTransfer
from crm.transfers.lists import Said, Shown, Side, find, listed, of_event, unequal
from crm.transfers.models import CANCEL, PUT_BACK, RECEIVE, SEND, WRITE_OFF, Transfer, TransferEvent
from crm.transfers.rules import CANCELLED, RECEIVED, REQUESTED, SENT, Account, Moved
from crm.transfers.writing import cancel, receive, request, send, send_new, settle

__all__ = [
    "CANCEL",
    "CANCELLED",
    "PUT_BACK",
    "RECEIVE",
    "RECEIVED",
    "REQUESTED",
    "SEND",
    "SENT",
    "WRITE_OFF",
    "Account",
    "Moved",
    "Said",
    "Shown",
    "Side",
    "Transfer",
    "TransferEvent",
    "UnknownTransfer",
    "cancel",
    "find",
    "listed",
    "of_event",
    "receive",
    "request",
    "send",
    "send_new",
    "settle",
    "unequal",
]
