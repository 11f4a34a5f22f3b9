"""Who decides between two versions: for every role and table, the same people who may edit it."""

from crm import users
from crm.conflict_rights import EDITED_BY, may_decide, permission, whom_to_ask
from crm.conflicts import Pair, Side
from crm.users import ROLES
from sync.model import TABLES

ALL, LEADERS, MANAGERS = set(ROLES), {"owner", "admin", "manager", "supervisor"}, {"owner", "admin", "manager"}
DECIDE = {
    "customer": ALL,
    "contact_point": ALL,
    "consent": ALL,
    "customer_tag": ALL,
    "provisional_product": LEADERS,
    "branch_setting": LEADERS,
    "count_sheet": LEADERS,
    "product": LEADERS,
    "user": MANAGERS,
    "credential": MANAGERS,
}


def pair(table: str, row: bytes = bytes(14), **values: str) -> Pair:
    """A conflict about a row; *values* gave way."""
    group = TABLES[table].groups[0]
    return Pair(bytes(16), table, row, group, 0, b"", Side({}, 0, None, 0), Side(dict(values), 1, None, 0), True)


def test_every_role_and_table(hub) -> None:
    """Goal: who may edit a thing decides about it, nobody else. Method: the whole table of rights."""
    assert set(EDITED_BY) <= set(DECIDE)
    assert DECIDE == {table: {role for role in ROLES if may_decide(role, pair(table))} for table in DECIDE}


def test_nobody_is_raised_above_oneself(hub) -> None:
    """Goal: choosing an old version gives nobody more than one may give. Method: managers, administrators, owners."""
    with hub.unit() as unit:
        admin = users.create_user(unit, username="bu.admin", name="Admin", role="admin", password="kata sandi satu")
        cashier = users.create_user(unit, username="kasir", name="Kasir", role="cashier")
    (credential,) = hub.store.connection().execute("SELECT id FROM credential WHERE user = ?", (admin,)).fetchone()
    for about in (pair("user", admin), pair("credential", credential), pair("user", cashier, role="admin")):
        assert [False, True, True] == [may_decide(role, about) for role in ("manager", "admin", "owner")]
        assert "admin" == whom_to_ask(about)
    assert may_decide("manager", pair("user", cashier, role="supervisor"))


def test_whom_to_ask() -> None:
    """Goal: the nearest colleague is named. Method: codes, and a table nobody thought of."""
    assert "supervisor" == whom_to_ask(pair("provisional_product"))
    assert "conflicts.settle" == permission("something newer")
