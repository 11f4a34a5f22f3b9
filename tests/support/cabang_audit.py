"""A company in which every table of the log has rows, and ways to change one value of it behind its back."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from cabang_forge import flipped
from cabang_pair import COMPANY_KEY, BranchSide, Company, Side

from crm import balances, customers, messages, money, transfers, vouchers
from crm.catalogue import ProvisionalProduct
from crm.customers import Customer
from crm.greeting_rights import GreetingRelease, GreetingRight
from crm.selling.rules import Line, Paid
from crm.selling.writing import record_sale
from crm.stock import Moved, record_document
from crm.vouchers.models import VoucherLoss
from sync import audit, model, ops, rights, rows, schema, stamps, wire
from sync.connection import Connection
from sync.database import using
from sync.errors import LogDamaged
from sync.model import TABLES, natural_id

HUB, BRANCH = "hub", "branch"
OIL = natural_id("product", "OLI-1")
NO_SALTS = (  # of a segment: no personal ops, or no seal yet
    "signature IS NULL OR NOT EXISTS (SELECT 1 FROM entry e WHERE e.epoch = segment.epoch "
    "AND seq BETWEEN first AND last AND is_personal(payload))"
)
# (node, table, column): SQL of the rows in which nothing signed, and nothing kept twice, says what must stand.
UNSIGNED = {
    (HUB, "stream", "last_contact"): "TRUE",  # what a branch last said of itself
    (HUB, "stream", "reported_waiting"): "TRUE",
    (HUB, "stream", "reported_oldest"): "TRUE",
    (HUB, "stream", "clock_error"): "TRUE",
    (HUB, "segment", "secret"): NO_SALTS,
    (BRANCH, "segment", "secret"): NO_SALTS,
    (HUB, "held_entry", "reason"): "released",  # why an entry was held that no longer is
    (HUB, "held_entry", "detail"): "released",
    (HUB, "held_entry", "stamps"): "NOT released",
    (BRANCH, "certificate", "withdrawn"): "TRUE",  # the hub says so by not answering
    (BRANCH, "overlay", "stamp"): "seq = 0",  # what the hub says, below what waits
    (BRANCH, "overlay", "vals"): "seq = 0",
    (BRANCH, "entry", "payload"): "seq > (SELECT seq FROM epoch)",  # not sealed yet; most of it the rows tell
    (BRANCH, "event_stamp", "effective"): "TRUE",  # only the hub gives events their time
}
TOLD = (
    "conflict",
    "held_entry",
    "branch",
    "product",
    "category",
    "stock_location",
    "customer_link",
    "voucher",
    "voucher_grant",
    "greeting_right",
)  # to a branch, by the hub alone


def fill(company: Company) -> None:
    """Makes everything happen once, and leaves work at its start: unsealed, unsent, held for review."""
    first, second = company.branches[:2]
    card = sell(first)
    company.heal()
    with using(first.store), first.unit() as unit:
        transfers.send_new(unit, second.id, [transfers.Moved(OIL, 3)])
    company.heal()
    _voucher(company)
    _greeting(company)
    _shift(first)
    _meet(company, card)
    first.restart()
    with company.hub.unit() as unit:
        unit.set(Customer, card, {"home_branch": second.id})
        customers.links.say(unit, card, customers.customer_numbered(unit, "17850"), customers.links.FAMILY)
    company.heal()
    hold(company, "LATER")
    company.hub.exchange.retry_held()
    company.heal()
    hold(company, "NEVER")
    with first.unit() as unit:
        unit.set(Customer, card, {"street": "Jl. Melati 1", "caution": "Kacang"})
        made = unit.insert(ProvisionalProduct, {"code": "NEW", "name": "Baru"}, key=("NEW",))
        unit.set(ProvisionalProduct, made, {"price": 700})
    with company.hub.unit() as unit:
        unit.set(Customer, card, {"birth_date": "1990-05-31"})


def sell(branch: BranchSide) -> bytes:
    """A customer with a note buys two of ten bottles of oil that came in, and is thanked; the customer's id."""
    with using(branch.store), branch.unit() as unit:
        phones = ["0812-3456-7890"]
        card = customers.create_customer(unit, name="Sari", phones=phones, hash_key=COMPANY_KEY, home_branch=branch.id)
        customers.add_note(unit, card, "remark", "suka oli encer")
    with using(branch.store), branch.unit() as unit:
        record_document(unit, "receive", [Moved(OIL, 10)])
        record_sale(unit, lines=[Line(OIL, 2, 45_000)], payments=[Paid("cash", 90_000)], customer=card)
        messages.queue(unit, kind="receipt", cause="sale 1", recipient="0812-3456-7890", text="Terima kasih")
    return card


def _greeting(company: Company) -> None:
    """Two rights to greet, one of which is given up."""
    first = company.branches[0]
    place = {"stream": first.stream, "feed": company.hub.store.get("feed_epoch")}
    with company.hub.unit() as unit:
        rights_made = [unit.insert(GreetingRight, {**place, "number": bytes([n]) * 16, "greeted": n}) for n in (1, 2)]
    company.heal()
    with first.unit() as unit:
        row = {"ceded": rights_made[0], "by": first.stream}
        unit.insert(GreetingRelease, row, key=tuple(row.values()))
    company.heal()


def _voucher(company: Company) -> None:
    """Uses granted, taken, given back, asked for and, against the rule that its epoch must be over, written off."""
    first, second = company.branches[:2]
    with using(company.hub.store), company.hub.unit() as unit:
        voucher = vouchers.issue(unit, "PIJAT10", "Pijat bayi", 10)
        for branch in (first, second):
            vouchers.grant(unit, voucher, branch.stream, 3)
    company.heal()
    for branch in (first, second):
        with branch.unit() as unit:
            vouchers.use(unit, voucher)
            vouchers.give_back(unit, voucher, 1)
            vouchers.ask(unit, voucher)
    with pytest.MonkeyPatch.context() as careless, company.hub.unit() as unit:
        careless.setattr(rights, "is_own_time", lambda *args: True)
        place = {"voucher": voucher, "stream": second.stream, "epoch": second.journal.epoch_name}
        unit.insert(VoucherLoss, {**place, "quantity": 1})
    company.heal()


def _shift(branch: BranchSide) -> None:
    """A till opened, cash taken out, the drawer counted."""
    with using(branch.store), branch.unit() as unit:
        shift = money.open_shift(unit, 100_000)
        money.move_cash(unit, shift, money.OUT, 20_000, "galon air")
        money.close_shift(unit, shift, 79_500)


def _meet(company: Company, card: bytes) -> None:
    """Both branches change the customer without seeing each other, the second one last."""
    for branch, name, given in zip(company.branches[:2], ("Dewi", "Sari B"), (True, False), strict=True):
        branch.now += 1_000 * branch.stream
        with using(branch.store), branch.unit() as unit:
            unit.set(Customer, card, {"name": name})
            customers.set_consent(unit, card, "receipt", given)
    company.heal()


def hold(company: Company, code: str) -> None:
    """The first branch sends what the hub does not know yet."""
    branch = company.branches[0]
    with pytest.MonkeyPatch.context() as older:
        older.delitem(model.BY_CODE, TABLES["provisional_product"].code)
        older.setattr(ops, "BY_CODE", model.BY_CODE)
        with branch.unit() as unit:
            unit.insert(ProvisionalProduct, {"code": code, "name": "Aneh"}, key=(code,))
        company.heal()


# --- verifying -------------------------------------------------------------------------------------------------


def verify(company: Company, side: Side, connection: Connection) -> audit.Audited:
    """Audit and balances of the file of *side* that *connection* reads."""
    own, hub = side.keyring.sign_public, company.hub.keyring.sign_public
    found = audit.verify(connection, own, hub, lambda done, total: None)
    balances.verify(connection)
    return found


def damage(company: Company, side: Side, connection: Connection) -> str:
    """The entry that is named as the first bad one; "" when all is sound."""
    try:
        verify(company, side, connection)
    except LogDamaged as error:
        return str(error.params["entry"])
    return ""


def raw(path: Path) -> Connection:
    """A connection of another program that has found out how to open the guards; it leaves nothing behind."""
    connection = sqlite3.connect(path, isolation_level=None, factory=Connection)
    connection.create_function("cabang_gate", 0, lambda: 2)
    connection.create_function("is_personal", 1, _is_personal)
    return connection


def _is_personal(payload: bytes) -> bool:
    return any(type(item) is list and len(item) == 1 for item in wire.decode_array(payload, "entry"))


@contextmanager
def changed(connection: Connection, sql: str, *params: Any) -> Iterator[None]:
    """Inside, what *sql* does is done."""
    connection.execute("BEGIN")
    try:
        connection.execute(sql, params)
        yield
    finally:
        connection.execute("ROLLBACK")


def other(value: Any) -> Any:
    """Another value than *value*, of its kind."""
    if value is None:
        return 1
    if isinstance(value, int):
        return value + 40
    if isinstance(value, str):
        return f"{value}x"
    return flipped(value, len(value) // 2) if value else b"x"


# --- columns ---------------------------------------------------------------------------------------------------


def log_columns() -> list[tuple[str, str]]:
    """(table, column) of every table of the log, as the schema makes them."""
    plain = sqlite3.connect(":memory:")
    plain.executescript(schema.TABLES_SQL)
    tables = [name for (name,) in plain.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    local = ("node", "request", "enrolment", "task_done")  # of this node alone
    return [(t, c[1]) for t in tables if t not in local for c in plain.execute(f"PRAGMA table_info({t})")]


def row_columns() -> list[tuple[str, str]]:
    """(table, column) of every table of records that comes from the log, and of the hub's own."""
    found = []
    for spec in TABLES.values():
        found += [(spec.name, column) for column in rows.statements(spec.name).columns]
        for child in spec.children:
            found += [(child.name, column) for column in rows.child_statements(spec.name, child.name).columns]
    return found


def rows_that_tell(connection: Connection, where: str, table: str, column: str) -> list[tuple[Any, ...]]:
    """The first and the last row in which a change of *column* must be found."""
    names = [name for _, name, *_ in connection.execute(f"PRAGMA table_info({table})")]
    found = connection.execute(f'SELECT *, {UNSIGNED.get((where, table, column), "FALSE")} FROM "{table}"').fetchall()
    good = [
        row
        for row in found
        if not row[-1] and (where == HUB or _own(table, column, dict(zip(names, row, strict=False))))
    ]
    return [row[:-1] for row in (good[:1] + good[-1:])]


def _own(table: str, column: str, row: dict[str, Any]) -> bool:
    """Whether a branch wrote itself what stands in *column*: of what it was told it holds no entries."""
    if table not in TABLES and table not in model._CHILDREN:
        return True
    if table in TOLD or column == "stamps":
        return False
    spec = TABLES.get(table)
    if spec is None or spec.is_fact:
        return table == "greeting_release" or bool(row.get("id", next(iter(row.values())))[:2] == b"\0\1")
    group = next((g for g in spec.groups if column in [field.column for field in g.fields]), spec.groups[0])
    return stamps.standing(row["stamps"], group.number).op.startswith(b"\0\1")
