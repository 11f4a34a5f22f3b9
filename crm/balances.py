"""Verifying the books: balances are sums, documents come out even, and facts imply exactly the rows beside them."""

from collections.abc import Sequence
from typing import Any

from crm.money import postings, spans
from sync import rows
from sync.connection import Connection
from sync.errors import N_, InvariantBroken, LogDamaged
from sync.model import TABLES, TableSpec

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
_NOT_IMPLIED = N_("its stock movements are not those its lines imply")


def verify(connection: Connection) -> dict[str, int]:
    """Counts of what was checked; raises LogDamaged naming the first balance that does not hold."""
    verify_sums(connection)
    posted = _postings(connection)
    checked = [_implied(connection, name) for name in _documents()]
    movements = connection.execute("SELECT count(*) FROM stock_movement").fetchone()[0]
    if movements != sum(implied for _, implied in checked):
        raise LogDamaged(entry=_unimplied(connection).hex(), why=_NOT_IMPLIED)
    return {
        "facts": sum(facts for facts, _ in checked),
        "movements": movements,
        **posted,
        "balances": connection.execute("SELECT count(*) FROM on_hand").fetchone()[0],
    }


def verify_sums(connection: Connection) -> None:
    """The part of ``verify`` that is quick: what is on hand, and what was paid; raises LogDamaged."""
    _none(connection, _ON_HAND, N_("the stock of a product is not the sum of its movements"))
    _none(connection, _SALES, N_("a sale's total is not the sum of its lines and of its payments"))


def _documents() -> list[str]:
    """The tables whose facts imply movements."""
    return [spec.name for spec in TABLES.values() if spec.derive]


def _none(connection: Connection, sql: str, why: str) -> None:
    found = connection.execute(sql).fetchone()
    if found is not None:
        raise LogDamaged(entry=found[0].lower(), why=why)


def _postings(connection: Connection) -> dict[str, int]:
    """Each document's postings sum to zero, and each shift's drawer is the sum of its own."""

    def query(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
        return connection.execute(sql, params).fetchall()

    documents, uneven = postings.documents(query)
    if uneven is not None:
        raise LogDamaged(entry=uneven.hex(), why=N_("the postings of a document do not sum to zero"))
    shifts = spans.every(query)
    wrong = postings.unlike(query, shifts)
    if wrong is not None:
        raise LogDamaged(entry=wrong.id.hex(), why=N_("the drawer of a shift is not the sum of its postings"))
    return {"documents": documents, "shifts": len(shifts)}


def _implied(connection: Connection, table: str) -> tuple[int, int]:
    """How many facts there are and movements they imply; raises LogDamaged where one is not there as implied."""
    spec = TABLES[table]
    facts = movements = 0
    for (row_id,) in connection.execute(f'SELECT id FROM "{table}"'):
        implied, held = _movements(connection, spec, row_id)
        if implied != held:
            raise LogDamaged(entry=row_id.hex(), why=_NOT_IMPLIED)
        facts, movements = facts + 1, movements + len(implied)
    return facts, movements


def _movements(
    connection: Connection, spec: TableSpec, row_id: bytes
) -> tuple[list[tuple[str, rows.Row]], list[tuple[str, rows.Row]]]:
    """What a fact implies, and what is held of that; both empty without the fact."""
    row = rows.read(connection, spec, row_id)
    if row is None:
        return [], []
    lines = rows.read_children(connection, spec, row_id)
    return list(spec.derive[max(spec.derive)](row, lines)), rows.read_derived(connection, spec, row, lines)


def _unimplied(connection: Connection) -> bytes:
    """The document of the first movement that no document implies."""
    columns = ", ".join(rows.derived_statements("stock_movement").columns)
    for movement in connection.execute(f"SELECT {columns} FROM stock_movement"):
        all_implied = (_movements(connection, TABLES[name], movement[0])[0] for name in _documents())
        if not any(("stock_movement", movement) in implied for implied in all_implied):
            return bytes(movement[0])
    raise InvariantBroken(fact="a movement that nothing implies is among the movements")
