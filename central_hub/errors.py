"""What can be wrong with what head office asks for, and what to do about it."""

from crm.errors import BusinessError
from sync.errors import N_


class BranchHasComputer(BusinessError):
    """The hub holds this branch's log; another computer's log would not follow it."""

    code = "branch_has_computer"
    happened = N_("A computer of branch %(code)s has joined and is in use.")
    todo = N_(
        "Go on with that computer. If it is lost or stolen, or its data was put back from before a change of its "
        "key, withdraw its key first; then there is a new code."
    )
