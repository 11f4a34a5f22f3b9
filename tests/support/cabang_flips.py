"""Every byte of a stored log changed in turn, as a failing disk or another program would, and what verifying says."""

import sqlite3
from collections.abc import Iterator
from typing import Any, NamedTuple

import cabang_audit
from cabang_audit import HUB, UNSIGNED
from cabang_forge import flipped
from cabang_pair import Company, Side

from crm.customers import Customer

TABLES = ("entry", "segment", "acknowledgement", "certificate", "epoch", "process_start")
_COLUMNS = "SELECT name FROM pragma_table_info(?)"


class Place(NamedTuple):
    """A byte, or a bit of a number, of one stored value; ``row`` tells its row among those of its table."""

    where: str
    table: str
    column: str
    row: tuple[Any, ...]
    value: Any
    byte: int


def places(where: str, connection: sqlite3.Connection) -> Iterator[Place]:
    """Every byte of the log that something signed, or kept twice, holds fast."""
    for table in TABLES:
        names = [name for (name,) in connection.execute(_COLUMNS, (table,))]
        for column in names:
            free = UNSIGNED.get((where, table, column), "FALSE")
            for row in connection.execute(f"SELECT * FROM {table} WHERE NOT ({free})").fetchall():
                value = row[names.index(column)]
                for byte in range(_size(value)):
                    yield Place(where, table, column, row, value, byte)


def _size(value: Any) -> int:
    return len(value) if isinstance(value, (bytes, str)) else 8 if isinstance(value, int) else 0


def changed_value(place: Place) -> Any:
    """The value with one bit of that byte changed; each byte in its turn another bit."""
    bit = 1 << (place.byte % 8)
    if isinstance(place.value, bytes):
        return flipped(place.value, place.byte, bit)
    if isinstance(place.value, str):
        return place.value[: place.byte] + chr(ord(place.value[place.byte]) ^ 1) + place.value[place.byte + 1 :]
    return place.value ^ (1 << (place.byte * 8 % 63))


class Node:
    """A node's file, and a way round its guards."""

    def __init__(self, company: Company, where: str) -> None:
        self.where, self.company = where, company
        self.side: Side = company.hub if where == HUB else company.branches[0]
        self.file = cabang_audit.raw(self.side.path)

    def places(self) -> list[Place]:
        """Every byte of its log."""
        return list(places(self.where, self.file))

    def unseen(self, some: list[Place]) -> list[Place]:
        """Those of *some* whose change verifying does not find."""
        return [place for place in some if not self._found(place)]

    def _found(self, place: Place) -> bool:
        names = [name for (name,) in self.file.execute(_COLUMNS, (place.table,))]
        row_is = " AND ".join(f'"{name}" IS ?' for name in names)
        sql = f'UPDATE "{place.table}" SET "{place.column}" = ? WHERE {row_is}'
        try:
            with cabang_audit.changed(self.file, sql, changed_value(place), *place.row):
                return cabang_audit.damage(self.company, self.side, self.file) != ""
        except sqlite3.IntegrityError:
            return True  # two rows of one key: the database itself does not take it


def small(company: Company) -> Company:
    """A log with plain and personal ops, a fact with its lines and goods that moved, sealed and acknowledged."""
    branch = company.branches[0]
    card = cabang_audit.sell(branch)
    with branch.unit() as unit:
        unit.set(Customer, card, {"caution": "Kacang"})
    company.heal()
    return company
