"""Every way round the journal is refused by the database itself, and changes nothing."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import peewee
import pytest
import sqlite_utils
from cabang_testing import command_environment

from crm.catalogue import Product
from crm.customers import Customer
from crm.selling.rules import Line, Paid
from crm.selling.writing import record_sale
from sync import schema
from sync.connection import Connection
from sync.database import using
from sync.errors import GuardsMissing
from sync.store import CLOSED, OPEN, Store

ROW = bytes(14)
PROGRAM = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
for sql in sys.argv[2:]:
    try:
        connection.execute(sql)
        print("done")
    except sqlite3.Error as error:
        print(error)
"""
ROUND = {
    "insert": "INSERT INTO customer (id, number, stamps) VALUES (x'01', 'X', x'')",
    "insert or replace": "INSERT OR REPLACE INTO customer (id, number, stamps) VALUES (x'01', 'X', x'')",
    "replace a fact": "REPLACE INTO sale (id, till, number, total) VALUES (x'01', 1, 1, 1)",
    "replace an entry": "REPLACE INTO entry VALUES (1, 1, 1, 1, x'', 1, x'', x'', 1, 1)",
    "update": "UPDATE product SET price = 1",
    "update with a replacement": "UPDATE OR REPLACE product SET id = x'01'",
    "upsert": "INSERT INTO node VALUES ('stream', 7) ON CONFLICT (name) DO UPDATE SET value = 7",
    "delete": "DELETE FROM product",
    "the log": "UPDATE entry SET payload = x''",
    "the log's end": "DELETE FROM entry WHERE seq = (SELECT max(seq) FROM entry)",
    "a seal": "UPDATE segment SET signature = x''",
    "an acknowledgement": "DELETE FROM acknowledgement",
    "a balance": "INSERT INTO on_hand VALUES (x'01', x'01', 5)",
    "an epoch": "DELETE FROM epoch",
}


def content(connection: Connection) -> list[Any]:
    """Every row of every guarded table."""
    tables = schema.guarded_tables(connection)
    return [(name, connection.execute(f'SELECT * FROM "{name}"').fetchall()) for name in tables]


@pytest.fixture
def sealed(branch):
    """A branch with a customer, a sealed log and an acknowledgement."""
    with branch.unit() as unit:
        unit.insert(Customer, {"number": "X1", "name": "Sari"})
    branch.journal.seal()
    return branch


@pytest.fixture
def unchanged(sealed, company):
    """The branch; afterwards it holds what it held."""
    company.heal()
    before = content(sealed.store.connection())
    yield sealed
    assert before == content(sealed.store.connection())


def test_another_program_is_refused(unchanged) -> None:
    """Goal: the sqlite3 shell cannot write. Method: each way of writing, in a process of its own."""
    words = [sys.executable, "-c", PROGRAM, str(unchanged.path), *ROUND.values()]
    said = subprocess.run(words, capture_output=True, text=True, check=True, env=command_environment()).stdout
    assert ["no such function: cabang_gate"] * len(ROUND) == said.splitlines()


UTILS: dict[str, Callable[[sqlite_utils.Database], object]] = {
    "insert": lambda db: db.table("customer").insert({"id": ROW, "number": "X", "stamps": b""}),
    "replace": lambda db: db.table("product").insert(
        {"id": ROW, "code": "X", "name": "x", "stamps": b""}, replace=True
    ),
    "upsert": lambda db: db.table("product").upsert({"id": ROW, "code": "X", "name": "x", "stamps": b""}, pk="id"),
    "update": lambda db: db.table("product").update(next(db.table("product").pks_and_rows_where())[0], {"price": 1}),
    "delete": lambda db: db.table("product").delete_where(),
}


@pytest.mark.parametrize("way", UTILS)
def test_sqlite_utils_is_refused(unchanged, way) -> None:
    """Goal: the admin's tool cannot write. Method: each of its ways on a connection of its own."""
    with closing(sqlite3.connect(unchanged.path)) as own, pytest.raises(sqlite3.OperationalError, match="cabang_gate"):
        UTILS[way](sqlite_utils.Database(own, recursive_triggers=False))


PEEWEE: dict[str, Callable[[], object]] = {
    "create": lambda: Customer.create(id=ROW, number="X", stamps=b""),
    "update": lambda: Product.update(price=1).execute(),
    "delete": lambda: Product.delete().execute(),
    "replace": lambda: Product.replace(id=ROW, code="X", name="x", stamps=b"").execute(),
}


@pytest.mark.parametrize("way", PEEWEE)
def test_peewee_outside_a_unit_only_reads(unchanged, way) -> None:
    """Goal: a model cannot write by itself. Method: each of its ways outside a unit."""
    with using(unchanged.store), pytest.raises(peewee.OperationalError, match="cabang_gate"):
        PEEWEE[way]()


def test_a_reading_connection_changes_nothing_at_all(unchanged) -> None:
    """Goal: what no guard stands on is safe too. Method: make and drop tables on a reading connection."""
    for sql in ("CREATE TABLE mine (a)", "DROP TABLE customer", "DROP TRIGGER guard_entry_delete"):
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            unchanged.store.connection().execute(sql)


@pytest.mark.parametrize("way", PEEWEE)
def test_peewee_at_a_closed_gate_is_refused(unchanged, way) -> None:
    """Goal: not even the writer's connection writes unless the gate is open. Method: each way inside write()."""
    with (
        using(unchanged.store),
        pytest.raises(peewee.IntegrityError, match="only through the journal"),
        unchanged.store.write(gate=CLOSED),
    ):
        PEEWEE[way]()


@pytest.mark.parametrize("way", ROUND)
def test_the_writer_at_a_closed_gate_is_refused(unchanged, way) -> None:
    """Goal: every table is guarded against every verb. Method: each way on the writer's connection, gate closed."""
    with pytest.raises(sqlite3.IntegrityError, match="only through the journal"), unchanged.store.write(gate=CLOSED):
        unchanged.store.connection().execute(ROUND[way])


IN_UNIT = ("replace a fact", "replace an entry", "the log", "the log's end", "a seal", "an acknowledgement")
MORE_IN_UNIT = {
    "delete a fact": "DELETE FROM sale",
    "update a fact": "UPDATE sale SET total = 1",
    "update a line": "UPDATE sale_line SET price = 1",
    "delete a movement": "DELETE FROM stock_movement",
    "an entry's stamp": "UPDATE entry SET stamp = 1",
    "a process start": "DELETE FROM process_start",
}


@pytest.fixture
def sold(sealed, company):
    """The branch with a sale and a movement."""
    connection = sealed.store.connection()
    product = connection.execute("SELECT id FROM product WHERE kind = 'goods'").fetchone()[0]
    with sealed.unit() as unit:
        record_sale(unit, lines=[Line(product, 1, 100)], payments=[Paid("cash", 100)])
    sealed.journal.seal()
    return sealed


@pytest.mark.parametrize("sql", [*(ROUND[way] for way in IN_UNIT[2:]), *MORE_IN_UNIT.values()])
def test_inside_a_unit_the_log_and_facts_only_grow(sold, company, sql) -> None:
    """Goal: even our own code inside a unit cannot rewrite the past. Method: each way at an open gate."""
    company.heal()
    before = content(sold.store.connection())
    with pytest.raises(sqlite3.IntegrityError, match="only through the journal"), sold.store.write() as connection:
        connection.execute(sql)
    assert before == content(sold.store.connection())


@pytest.mark.parametrize("table", ["entry", "sale", "segment"])
def test_replacing_inside_a_unit_is_a_deletion(sold, company, table) -> None:
    """Goal: REPLACE does not slip past the delete guard. Method: each grow-only row replaced by itself, gate open."""
    company.heal()
    before = content(sold.store.connection())
    with pytest.raises(sqlite3.IntegrityError, match="only through the journal"), sold.store.write() as connection:
        connection.execute(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")
    assert before == content(sold.store.connection())


def _rebuild(path: Path) -> None:
    with closing(sqlite3.connect(path)) as own:
        own.executescript("ALTER TABLE consent RENAME TO old; DROP TABLE old; CREATE TABLE consent (id BLOB)")


def _transform(path: Path) -> None:
    with closing(sqlite3.connect(path)) as own:
        sqlite_utils.Database(own, recursive_triggers=False).table("consent").transform(types={"channel": str})


@pytest.mark.parametrize("migrate", [_rebuild, _transform])
def test_a_migration_that_drops_the_guards(sealed, migrate) -> None:
    """Goal: guards a schema change drops are noticed and come back. Method: rebuild a table, count, open, count."""
    wanted = schema.check_guards(sealed.store.connection())
    migrate(sealed.path)
    with pytest.raises(GuardsMissing, match="consent"):
        schema.check_guards(sealed.store.connection())
    sealed.store.close()
    sealed.store = Store.open(sealed.path)
    assert wanted == schema.check_guards(sealed.store.connection())


def test_a_guard_that_was_made_harmless_is_noticed(sealed) -> None:
    """Goal: a guard of the right name and another text does not count. Method: a trigger of no effect."""
    with sealed.store.write() as connection:
        connection.execute("DROP TRIGGER guard_entry_delete")
        connection.execute("CREATE TRIGGER guard_entry_delete BEFORE DELETE ON entry BEGIN SELECT 1; END")
    with pytest.raises(GuardsMissing, match="entry_delete"):
        schema.check_guards(sealed.store.connection())


def test_every_table_is_guarded_against_every_verb(sealed) -> None:
    """Goal: no table is forgotten. Method: count the tables of the file and the guards on each."""
    connection = sealed.store.connection()
    tables = schema.guarded_tables(connection)
    found = dict(connection.execute("SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'"))
    guards = {(found[name], name.rsplit("_", 1)[1]) for name in found if name.startswith("guard_")}
    assert {(table, verb) for table in tables for verb in ("insert", "update", "delete")} == guards
    assert {"entry", "segment", "sale", "customer", "on_hand", "feed", "request", "overlay"} <= set(tables)


def test_the_gate_is_closed_after_an_exception(sealed) -> None:
    """Goal: a failed unit leaves the gate shut. Method: an exception inside, then a write by the writer."""
    with suppress(ZeroDivisionError), sealed.unit() as unit:
        unit.insert(Customer, {"number": "X2"})
        raise ZeroDivisionError
    writer = sealed.store._writer
    with pytest.raises(sqlite3.IntegrityError, match="only through the journal"):
        writer.execute("UPDATE product SET price = 1")
    assert (False, CLOSED) == (writer.in_transaction, sealed.store._gate)


def test_a_gate_opened_wider_is_narrow_again(sealed) -> None:
    """Goal: removing rows is possible only where it is meant. Method: wide() with and without an error, then delete."""
    with sealed.store.write() as connection:
        with suppress(ZeroDivisionError), sealed.store.wide():
            raise ZeroDivisionError
        assert OPEN == sealed.store._gate
        with pytest.raises(sqlite3.IntegrityError, match="only through the journal"):
            connection.execute("DELETE FROM acknowledgement")
