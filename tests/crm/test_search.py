"""The search tables and balances as SQLite keeps them."""

import sqlite3
from pathlib import Path
from typing import Any

from cabang_crm_nodes import crowd

from crm import catalogue, customers, selling, stock
from crm.search import BATCH
from crm.selling import Line


def test_the_index_survives_a_copy(branch: Any, sari: bytes, tmp_path: Path) -> None:
    """Goal: rowids in the index stay right in a backup. Method: VACUUM INTO; integrity check; search in the copy."""
    crowd(branch)
    branch.store.connection().execute("VACUUM INTO ?", (str(tmp_path / "copy.db"),))
    copy = sqlite3.connect(tmp_path / "copy.db")
    copy.create_function("cabang_gate", 0, lambda: 1)
    for table in ("customer_search", "customer_phone", "product_search"):
        copy.execute(f"INSERT INTO {table} ({table}) VALUES ('integrity-check')")
    sql = "SELECT c.number FROM {0} JOIN customer c ON c.rowno = {0}.rowid WHERE {0} MATCH ?"
    assert [("PTK-000001",)] == copy.execute(sql.format("customer_search"), ('"000001"',)).fetchall()
    assert [("PTK-000001",)] == copy.execute(sql.format("customer_phone"), ('"8123456"',)).fetchall()
    copy.close()


def test_every_customer_is_indexed_once(branch: Any) -> None:
    """Goal: batches leave no gap and no double. Method: two batches and a half, units of different sizes; count."""
    made = 0
    for size in (1, BATCH - 2, 1, 1, BATCH, BATCH // 2):
        with branch.unit() as unit:
            for _ in range(size):
                made += 1
                customer = unit.insert(customers.Customer, {"number": f"C{made}", "name": f"Orang{made}"})
                unit.insert(customers.ContactPoint, {"customer": customer, "value": f"+62812{made:07d}"})
    read = branch.store.connection().execute
    everyone = [(number,) for number in range(1, 2 * BATCH + 1)]
    assert everyone == read("SELECT id FROM customer_search_docsize ORDER BY id").fetchall()
    assert everyone == read("SELECT rowid FROM customer_phone ORDER BY rowid").fetchall()
    for place in (1, BATCH - 1, BATCH, BATCH + 1, 2 * BATCH, 2 * BATCH + 1, made):
        found = [customers.search(text)[:1] for text in (f"orang{place}", f"0812{place:07d}")]
        assert [[f"C{place}"], [f"C{place}"]] == [[customer.number for customer in page] for page in found]


def test_a_name_that_goes_leaves_the_index(branch: Any, sari: bytes) -> None:
    """Goal: an erased name cannot be searched. Method: empty name and phone; look the words up in the index."""
    with branch.unit() as unit:
        for place in range(BATCH):
            unit.insert(customers.Customer, {"number": f"Z{place}"})
    with branch.unit() as unit:
        unit.set(customers.Customer, sari, {"name": None})
        for point in customers.ContactPoint.select():
            unit.set(customers.ContactPoint, point.id, {"value": None})
    read = branch.store.connection().execute
    assert [] == read("SELECT rowid FROM customer_search WHERE customer_search MATCH 'sari'").fetchall()
    assert [] == read("SELECT rowid FROM customer_phone").fetchall()


def test_a_product_of_head_office_hides_the_provisional_one(branch: Any) -> None:
    """Goal: one thing for one code. Method: a provisional product, then head office's under the same id arrives."""
    with branch.unit() as unit:
        made = catalogue.make_provisional(unit, "BARU-7", "Barang baru", 1_000)
    assert ["Barang baru"] == [item.name for item in catalogue.search("bar")]
    with branch.store.write() as connection:
        connection.execute(
            "INSERT INTO product (id, code, name, kind, unit, price, tax, archived, stamps)"
            " VALUES (?, 'BARU-7', 'Knalpot', 'goods', 'pcs', 2000, 0, 0, x'')",
            (made,),
        )
    assert [[], ["Knalpot"]] == [[item.name for item in catalogue.search(text)] for text in ("barang", "knal")]
    item = catalogue.item(made)
    assert item
    assert (2_000, False) == (item.price, item.provisional)


def test_what_is_on_hand_is_the_sum_of_movements(branch: Any, oil: bytes) -> None:
    """Goal: the balance the trigger keeps is the sum. Method: documents, sales, and a sale that leaves this node."""
    with branch.unit() as unit:
        stock.record_document(unit, "receive", [stock.Moved(oil, 10)])
    with branch.unit() as unit:
        sale = selling.record_sale(unit, lines=[Line(oil, 3, 0)], payments=[])
    sums = "SELECT location, product, sum(quantity) FROM stock_movement GROUP BY 1, 2"
    read = branch.store.connection().execute
    assert 7 == read("SELECT quantity FROM on_hand").fetchone()[0]
    assert read(sums).fetchall() == read("SELECT * FROM on_hand").fetchall()
    with branch.store.write(gate=2) as connection:
        connection.execute("DELETE FROM stock_movement WHERE document = ?", (sale.id,))
    assert read(sums).fetchall() == read("SELECT * FROM on_hand").fetchall()


def test_nobody_writes_the_balance_by_hand(branch: Any) -> None:
    """Goal: the balance is guarded like the rows it sums. Method: write to it outside a unit."""
    other = sqlite3.connect(branch.store.path)
    try:
        other.execute("INSERT INTO on_hand VALUES (x'01', x'02', 3)")
        refused = False
    except sqlite3.OperationalError:
        refused = True
    other.close()
    assert refused
