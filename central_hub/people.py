"""Who may manage whom: nobody gives or changes a role above the own."""

from flask_babel import gettext as _
from flask_login import current_user

from crm.branches import Branch
from crm.users import ROLES
from ui.status import ROLES as WORDS


def may_manage(role: str) -> bool:
    """Whether the person at the screen may give this role, and change those who have it."""
    return role in roles_to_give()


def roles_to_give() -> dict[str, str]:
    """The person's own role and those below, in words."""
    highest = ROLES.index(current_user.role)
    return {role: _(WORDS[role]) for role in ROLES[highest:]}


def workplaces(nowhere: str) -> dict[str, str]:
    """Branches in use by their id in hex, to choose from; no branch ("") is called *nowhere*."""
    branches = Branch.select().where(~Branch.archived).order_by(Branch.code)
    return {"": nowhere, **{branch.id.hex(): f"{branch.code} · {branch.name}" for branch in branches}}
