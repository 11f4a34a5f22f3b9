"""What a branch hands back to a head office that was put back, made by hand: a price, a right to greet, new rows."""

from cabang_office import Office

from crm.branches import Branch
from crm.catalogue import Category
from crm.users import User
from sync import ids, wire
from sync.lost_records import MAKER, LostChange, LostOp
from sync.model import TABLES, Synced, natural_id

LATER = 1 << 61
_BRANCH = ("MKS", 77, "Makassar", "outlet", "WITA", None, None, False)


def hand_back(office: Office) -> None:
    """PTK hands back five rows; head office says of itself that it was put back at the beginning."""
    node, oil = office.branches["PTK"], office.product("OLI-1")
    price, category, branch, user, right = (ids.pack(0, b"gone..", n, 0) for n in range(1, 6))
    with node.journal.unit() as unit:
        for table, row, said, ops in [
            ("product", oil, [[7, 51_000, 0], [1, "Oli mesin"]], [(7, price, LATER), (1, price, LATER)]),
            ("category", category, [[0, "Ban"], [1, False]], _made(Category, category)),
            ("branch", natural_id("branch", "MKS"), list(map(list, enumerate(_BRANCH))), _made(Branch, branch)),
            ("user", user, [[0, "tono"], [1, "Tono"], [2, "cashier"], [3, None], [4, False]], _made(User, user)),
            ("greeting_right", right, [[MAKER, node.stream, b"former..", 0, bytes(16)]], [(MAKER, right, 0)]),
        ]:
            unit.insert(LostChange, {"table": table, "row": row, "said": wire.encode(said)}, {LostOp: ops})
    with office.hub.store.write():
        office.hub.store.put("feed_epochs", wire.encode([[b"former..", 1]]))
    office.sync("PTK")


def _made(model: type[Synced], op: bytes) -> list[tuple[int, bytes, int]]:
    groups = TABLES[model._meta.table_name].groups
    return [*((group.number, op, LATER) for group in groups), (MAKER, op, LATER)]
