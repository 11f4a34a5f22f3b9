"""The lines of a sales file by invoice, on disk: a private SQLite file without a name, gone with its connection.

However long the file, memory holds SQLite's cache and one invoice.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from sqlite_utils import Database

COLUMNS = {
    "n": int,  # the line of the file
    "invoice": str,
    "code": str,  # in its normal form
    "spelt": str,  # as the file has it
    "name": str,
    "quantity": int,
    "at": int,
    "price": int,
    "customer": str,
    "off": int,  # 1: written off, not sold
    "rounded": int,
    "cleaned": int,
    "timed": int,  # 1: with a time of day
}
_BATCH = 1_000
_BEHIND = 1 << 40  # more than any file has lines
_PRODUCTS = (
    "CREATE TABLE product AS SELECT c.code, n.name, p.price FROM (SELECT DISTINCT code FROM line) c"
    f" LEFT JOIN (SELECT code, name, min(n + off * {_BEHIND}) FROM line WHERE name <> '' GROUP BY code) n"
    " ON n.code = c.code LEFT JOIN (SELECT code, price, min(n) FROM line WHERE price > 0 GROUP BY code) p"
    " ON p.code = c.code"
)
_INVOICES = "SELECT invoice FROM (SELECT invoice, min(n) AS first FROM line GROUP BY invoice) ORDER BY first"
_LINES = (
    "SELECT l.*, p.name AS first_name, p.price AS first_price FROM line l JOIN product p ON p.code = l.code"
    " WHERE l.invoice = ? ORDER BY l.n"
)
_LARGEST = (
    "SELECT invoice, min(n), count(*) AS lines, abs(sum(price * quantity)) AS total FROM line GROUP BY invoice"
    " HAVING lines > ? OR total > ? ORDER BY min(n) LIMIT 1"
)


class SoldLine(NamedTuple):
    """A line as the file has it, beside the first name (None: none) and price above zero met for its code."""

    n: int
    invoice: str
    code: str
    spelt: str
    name: str
    quantity: int
    at: int
    price: int
    customer: str | None
    off: int
    rounded: int
    cleaned: int
    timed: int
    first_name: str | None
    first_price: int | None


class Spool:
    """Filled once with ``fill``, then read invoice by invoice, in the order of their first lines."""

    def __init__(self) -> None:
        self._connection = sqlite3.connect("")
        self._connection.execute("PRAGMA journal_mode = OFF")
        self._database = Database(self._connection)
        self._database.table("line").create(COLUMNS, pk="n")

    def close(self) -> None:
        """Removes it."""
        self._connection.close()

    def fill(self, lines: Iterable[Mapping[str, Any]]) -> None:
        """Takes every line.  ``COLUMNS`` says what they hold; types are not guessed."""
        self._database.table("line").insert_all((dict(line) for line in lines), batch_size=_BATCH)
        self._database.table("line").create_index(["invoice"])
        self._connection.execute(_PRODUCTS)
        self._database.table("product").create_index(["code"])

    @property
    def rows(self) -> int:
        """How many lines."""
        return self._database.table("line").count

    @property
    def invoice_count(self) -> int:
        """How many invoices."""
        return int(self._connection.execute("SELECT count(DISTINCT invoice) FROM line").fetchone()[0])

    def period(self) -> tuple[int, int] | None:
        """The earliest and the latest time, in ms UTC; None without a line."""
        first, last = self._connection.execute("SELECT min(at), max(at) FROM line").fetchone()
        return None if first is None else (first, last)

    def too_large(self, lines: int, total: int) -> tuple[str, int] | None:
        """(invoice, its first line) of one with more *lines* or a larger *total* in rupiah, if there is one."""
        found = self._connection.execute(_LARGEST, (lines, total)).fetchone()
        return (found[0], found[1]) if found else None

    def invoices(self) -> Iterator[list[SoldLine]]:
        """The lines of each invoice."""
        for (invoice,) in self._connection.execute(_INVOICES):
            yield [SoldLine._make(line) for line in self._connection.execute(_LINES, (invoice,))]
