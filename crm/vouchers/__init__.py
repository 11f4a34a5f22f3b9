"""Vouchers: prepaid uses that branches take even when cut off, never more than head office issued."""

from crm.vouchers.lists import Here, Holding, Listed, find, here, holdings, listed
from crm.vouchers.sharing import return_surplus, share_out
from crm.vouchers.writing import (
    AT_ONCE_MAX,
    ask,
    change,
    give_back,
    grant,
    issue,
    use,
    withdraw,
    write_off,
    write_off_lost,
)

__all__ = [
    "AT_ONCE_MAX",
    "Here",
    "Holding",
    "Listed",
    "ask",
    "change",
    "find",
    "give_back",
    "grant",
    "here",
    "holdings",
    "issue",
    "listed",
    "return_surplus",
    "share_out",
    "use",
    "withdraw",
    "write_off",
    "write_off_lost",
]
