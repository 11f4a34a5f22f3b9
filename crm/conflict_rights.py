"""Who decides between two versions: whoever may edit the thing they are about."""

from crm.conflicts import Pair, row_of
from crm.users import ROLES, User, may

EDITED_BY = {
    "customer": "customers.edit",
    "contact_point": "customers.edit",
    "consent": "customers.edit",
    "customer_tag": "customers.edit",
    "branch_setting": "settings.edit",
    "count_sheet": "stock.move",
    "user": "users.manage",
    "credential": "users.manage",
}
_ELSE = "conflicts.settle"
_WHOM_TO_ASK = ("supervisor", "manager", "admin", "owner")  # the nearest first


def permission(table: str) -> str:
    """What a person needs to decide about a row of *table*."""
    return EDITED_BY.get(table, _ELSE)


def may_decide(role: str, pair: Pair) -> bool:
    """May somebody of this role decide it?  About staff only those who stand no lower, whichever version wins."""
    about = _roles(pair)
    return may(role, permission(pair.table)) and all(ROLES.index(role) <= ROLES.index(other) for other in about)


def whom_to_ask(pair: Pair) -> str:
    """The lowest role that may decide it."""
    return next(role for role in _WHOM_TO_ASK if may_decide(role, pair))


def _roles(pair: Pair) -> list[str]:
    """The roles of the member of staff it is about: the one that stands, and those of the two versions."""
    if permission(pair.table) != EDITED_BY["user"]:
        return []
    row = row_of(pair.table, pair.row) or {}
    ident = row.get("user") if pair.table == "credential" else pair.row
    user = User.get_or_none(User.id == ident)
    said = [side.values.get("role") for side in (pair.kept, pair.lost)]
    return [role for role in (user.role if user else None, *said) if role in ROLES]
