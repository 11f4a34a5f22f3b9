"""Verifying the books of a node: a balance that is not the sum it claims to be is found."""

import pytest

from crm import balances
from crm.selling.rules import Line, Paid
from crm.selling.writing import record_sale
from crm.stock import Moved, record_document
from sync.errors import LogDamaged
from sync.model import natural_id
from sync.store import WIDE

PRODUCT = natural_id("product", "OLI-1")
DAMAGE = {
    "a stock that is too high": "UPDATE on_hand SET quantity = quantity + 1",
    "a stock that is gone": "DELETE FROM on_hand",
    "a stock of nothing": "INSERT INTO on_hand VALUES (x'01', x'02', 5)",
    "a movement too many": "INSERT INTO stock_movement SELECT product, location, at, document, line, 9, 1, kind "
    "FROM stock_movement LIMIT 1",
    "a movement of no document": "INSERT INTO stock_movement SELECT product, location, at, x'06', line, event, 0, kind "
    "FROM stock_movement LIMIT 1",
    "a movement missing": "DELETE FROM stock_movement WHERE kind = 'sale'",
    "a movement changed": "UPDATE stock_movement SET quantity = quantity - 1 WHERE kind = 'sale'",
    "a movement of another product": "UPDATE stock_movement SET product = x'05' WHERE kind = 'receive'",
    "a total changed": "UPDATE sale SET total = total + 1",
    "a line changed": "UPDATE sale_line SET price = price + 1",
    "a line missing": "DELETE FROM sale_line",
    "a payment changed": "UPDATE payment SET amount = amount - 1",
    "a payment missing": "DELETE FROM payment",
}


@pytest.fixture
def books(branch):
    """A branch that received ten and sold two."""
    with branch.unit() as unit:
        record_document(unit, "receive", [Moved(PRODUCT, 10)])
    with branch.unit() as unit:
        record_sale(unit, lines=[Line(PRODUCT, 2, 45_000)], payments=[Paid("cash", 90_000)])
    return branch


def test_sound_books_are_counted(books) -> None:
    """Goal: nothing false is said of sound books. Method: verify; the counts."""
    assert {"facts": 2, "movements": 2, "documents": 1, "shifts": 0, "balances": 1} == balances.verify(
        books.store.connection()
    )
    assert [(8,)] == books.rows("SELECT quantity FROM on_hand")


def test_sqlite_finds_sound_books_whole(books) -> None:
    """Goal: no false alarm. Method: its own check; of each table kept in key order, the key's columns come first."""
    assert [("ok",)] == books.rows("PRAGMA quick_check(1)")
    tables = [
        name for name, sql in books.rows("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
        if sql and sql.upper().endswith("WITHOUT ROWID")
    ]  # fmt: skip
    assert "stock_movement" in tables
    for table in tables:
        key = [place for (place,) in books.rows(f"SELECT pk FROM pragma_table_info('{table}')")]
        assert sorted(filter(None, key)) == key[: max(key)], table


@pytest.mark.parametrize("name", DAMAGE)
def test_a_wrong_balance_is_found(books, name) -> None:
    """Goal: no wrong sum stands. Method: one damage planted past the guards."""
    with books.store.write(gate=WIDE) as connection:
        connection.execute(DAMAGE[name])
    with pytest.raises(LogDamaged):
        balances.verify(books.store.connection())
