"""Verifying the books: balances are the sums they claim to be, and facts imply exactly the rows beside them."""

import sqlite3

from sync import rows
from sync.errors import LogDamaged
from sync.model import TABLES

_ON_HAND = """
SELECT hex(product), sum(quantity) FROM (
    SELECT location, product, quantity FROM on_hand
    UNION ALL SELECT location, product, -quantity FROM stock_movement
) GROUP BY location, product HAVING sum(quantity) != 0 LIMIT 1
"""
_SALES = """
SELECT hex(s.id) FROM sale s
LEFT JOIN (SELECT sale, sum(quantity * price - discount) AS amount FROM sale_line GROUP BY sale) l ON l.sale = s.id
LEFT JOIN (SELECT sale, sum(amount) AS amount FROM payment GROUP BY sale) p ON p.sale = s.id
WHERE s.total != coalesce(l.amount, 0) OR s.total != coalesce(p.amount, 0) LIMIT 1
"""


def verify(connection: sqlite3.Connection) -> dict[str, int]:
    """Counts of what was checked; raises LogDamaged naming the first balance that does not hold."""
    _none(connection, _ON_HAND, "the stock of a product is not the sum of its movements")
    _none(connection, _SALES, "a sale's total is not the sum of its lines and of its payments")
    facts = sum(_implied(connection, name) for name in ("sale", "stock_document"))
    return {
        "facts": facts,
        "movements": connection.execute("SELECT count(*) FROM stock_movement").fetchone()[0],
        "balances": connection.execute("SELECT count(*) FROM on_hand").fetchone()[0],
    }


def _none(connection: sqlite3.Connection, sql: str, why: str) -> None:
    found = connection.execute(sql).fetchone()
    if found is not None:
        raise LogDamaged(entry=found[0].lower(), why=why)


def _implied(connection: sqlite3.Connection, table: str) -> int:
    """Each fact's movements are those its lines imply."""
    spec = TABLES[table]
    version = max(spec.derive)
    count = 0
    for (row_id,) in connection.execute(f'SELECT id FROM "{table}"').fetchall():
        row = rows.read(connection, spec, row_id) or {}
        lines = rows.read_children(connection, spec, row_id)
        implied = [made for _, made in spec.derive[version](row, lines)]
        sql = rows.derived_statements("stock_movement").select + " ORDER BY line, event"
        if implied != connection.execute(sql, (row_id,)).fetchall():
            raise LogDamaged(entry=row_id.hex(), why="its stock movements are not those its lines imply")
        count += 1
    return count
