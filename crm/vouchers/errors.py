"""What can be wrong with vouchers, and what to do about it."""

from crm.errors import BusinessError
from sync.errors import N_


class UnknownVoucher(BusinessError):
    code = "unknown_voucher"
    happened = N_("This voucher is not known here.")
    todo = N_("Look for it in the list of vouchers.")


class VoucherWithdrawn(BusinessError):
    code = "voucher_withdrawn"
    happened = N_("Head office has withdrawn this voucher.")
    todo = N_("Ask head office what to tell the customer.")


class BadUses(BusinessError):
    code = "bad_uses"
    happened = N_("%(quantity)s cannot be a number of uses.")
    todo = N_("Give a whole number, like 1.")


class TooFewUses(BusinessError):
    code = "too_few_uses"
    happened = N_("Only %(left)s uses of %(name)s may be taken at this branch now.")
    todo = N_("Ask head office for more; it answers as soon as this branch is connected. Nothing was written.")


class TooFewLeft(BusinessError):
    code = "too_few_left"
    happened = N_("Only %(left)s uses of %(name)s are left to grant.")
    todo = N_("Grant fewer, or issue more of them.")


class VoucherCodeTaken(BusinessError):
    code = "voucher_code_taken"
    happened = N_("There is already a voucher with the code %(text)s.")
    todo = N_("Change that voucher, or choose another code.")


class FewerThanGranted(BusinessError):
    code = "fewer_than_granted"
    happened = N_("Branches have been granted %(count)s uses already.")
    todo = N_("Issue at least as many, or wait until branches give some back.")


class NothingToWriteOff(BusinessError):
    code = "nothing_to_write_off"
    happened = N_("There is nothing to write off here.")
    todo = N_("Withdraw the key of a lost computer first; what it holds can then be written off.")


class NotAtWork(BusinessError):
    code = "not_at_work"
    happened = N_("No computer works for this branch just now.")
    todo = N_("Uses can be granted once its computer has reported here.")
