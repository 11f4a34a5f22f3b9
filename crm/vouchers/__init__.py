"""Vouchers: prepaid uses that branches take even when cut off, never more than head office issued."""

from crm.vouchers.errors import UnknownVoucher
from crm.vouchers.sharing import return_surplus, share_out
from crm.vouchers.writing import ask, change, give_back, grant, issue, use, withdraw, write_off

__all__ = [
    "UnknownVoucher",
    "ask",
    "change",
    "give_back",
    "grant",
    "issue",
    "return_surplus",
    "share_out",
    "use",
    "withdraw",
    "write_off",
]
