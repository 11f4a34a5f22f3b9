"""What can be wrong with a step of a transfer, and what to do about it."""

from crm.errors import BusinessError
from sync.errors import N_


class UnknownTransfer(BusinessError):
    code = "unknown_transfer"
    happened = N_("This transfer is not known here.")
    todo = N_("Look for it in the list of transfers.")


class UnknownPartner(BusinessError):
    code = "unknown_partner"
    happened = N_("Goods cannot go between this branch and the one chosen.")
    todo = N_("Choose another branch.")


class NotYourStep(BusinessError):
    code = "not_your_step"
    happened = N_("Only the other branch can write this down: the goods are in its hands.")
    todo = N_("Ask the other branch.")


class StepPassed(BusinessError):
    code = "step_passed"
    happened = N_("This transfer has gone on meanwhile; nothing was written.")
    todo = N_("Look at how it stands now.")


class MoreThanLeft(BusinessError):
    code = "more_than_left"
    happened = N_("There are not %(quantity)s pieces left to account for in line %(line)s.")
    todo = N_("Look at how the transfer stands now, and write down what is left.")
