"""What can be wrong with a shift, and what to do about it."""

from crm.errors import BusinessError
from sync.errors import N_


class ShiftIsOpen(BusinessError):
    code = "shift_is_open"
    happened = N_("A shift is open at this till already.")
    todo = N_("Go on with it, or close it first.")


class NoOpenShift(BusinessError):
    code = "no_open_shift"
    happened = N_("This shift is not open any more.")
    todo = N_("Look at the list of shifts; open a new one if money is to be put in or taken out.")


class BadCash(BusinessError):
    code = "bad_cash"
    happened = N_("%(amount)s cannot be an amount of cash here.")
    todo = N_("Give whole rupiah, like 200000.")


class UnknownShift(BusinessError):
    code = "unknown_shift"
    happened = N_("This shift is not known here.")
    todo = N_("Look for it in the list of shifts.")
