"""Verifying nodes whose database was copied and put back: a change of anything that was carried is found."""

from collections.abc import Iterator
from pathlib import Path

import cabang_audit
import pytest
from cabang_audit import BRANCH, HUB, changed, other
from cabang_copies import copied, epochs_of, later, put_back, twin, working
from cabang_pair import Company, Side
from cabang_scenes import sell, shared_customer

from crm.customers import Customer
from sync import epochs
from sync.connection import Connection

TABLES = {  # what an opening moves or makes
    "epoch": ("stream", "name", "opened_position", "seq", "head", "stamp", "start", "n", "seal", "closed"),
    "process_start": ("start", "n", "epoch", "seq"),
    "entry": ("seq", "stream", "stamp", "start", "n", "header", "payload", "effective", "position"),
    "quarantine": ("epoch", "seq", "reason"),
}


class Copied:
    """A hub and a branch that hold carried units, repeats and a unit with another one's name."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.sides: dict[str, Side] = {HUB: company.hub, BRANCH: company.branches[0]}
        self.files = {where: cabang_audit.raw(side.path) for where, side in self.sides.items()}

    def named(self, where: str) -> str:
        """The entry that verifying the node names as bad; "" for none."""
        return cabang_audit.damage(self.company, self.sides[where], self.files[where])


def live(company: Company) -> None:
    """A branch works twice from one start; its database is put back; work is left that waits."""
    branch = company.branches[0]
    customer = shared_customer(company)
    sell(branch)
    company.heal()
    other = twin(company, branch)
    other.journal._start, other.journal._started = branch.journal._start, True
    with branch.unit() as unit:
        unit.set(Customer, customer, {"name": "Dewi"})
    with other.unit() as unit:
        unit.set(Customer, customer, {"name": "Agus"})
    sell(other)
    old = copied(branch, "old.db")
    company.until_done(working(company, branch))
    later(company, other)
    company.until_done(working(company, other))
    other.store.close()
    back = put_back(company, branch, old, True)
    later(company)
    sell(back)
    company.until_done(back)
    later(company)
    for _ in range(2):
        sell(back)
        with back.unit() as unit:
            unit.set(Customer, customer, {"name": "Tuti"})
    epochs.go_on(back.journal, epochs.OLDER)
    sell(back)


@pytest.fixture(scope="module")
def found(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copied]:
    """Shared by all tests here: each leaves it as it was."""
    company = Company.open(template, tmp_path_factory.mktemp("copied"), 2)
    live(company)
    found = Copied(company)
    yield found
    for file in found.files.values():
        file.close()
    company.close()


@pytest.mark.parametrize("where", [HUB, BRANCH])
def test_what_copies_leave_is_sound(found, where) -> None:
    """Goal: nothing false is said. Method: several epochs with carried units, repeats, one name for two units."""
    assert "" == found.named(where)
    side = found.sides[where]
    assert 3 == epochs_of(side)
    assert side.one("SELECT count(*) FROM process_start WHERE n > 1")
    if where == HUB:
        assert [("same_id_other_bytes",)] == side.rows("SELECT reason FROM quarantine")
        assert 2 == side.one("SELECT count(*) FROM entry WHERE seq = 5 AND effective IS NULL")  # one of them a repeat


@pytest.mark.parametrize("where", [HUB, BRANCH])
@pytest.mark.parametrize("place", [(table, column) for table in TABLES for column in TABLES[table]], ids="-".join)
def test_a_changed_column_is_found(found, where, place) -> None:
    """Goal: 100 % of changes are found. Method: each column of the log's tables, in every row, one at a time."""
    table, column = place
    file = found.files[where]
    key = {"epoch": ("id",), "process_start": ("stream", "start", "n")}.get(table, ("epoch", "seq"))
    for row in file.execute(f"SELECT {column}, {', '.join(key)} FROM {table}").fetchall():
        sql = f"UPDATE OR REPLACE {table} SET {column} = ? WHERE {' AND '.join(f'{name} = ?' for name in key)}"
        if _is_unsigned(file, where, table, column, row):
            continue
        with changed(file, sql, other(row[0]), *row[1:]):
            assert "" != found.named(where), row


def _is_unsigned(file: Connection, where: str, table: str, column: str, row: tuple[object, ...]) -> bool:
    """Not sealed yet: most of it the rows tell."""
    sql = "SELECT ? > seq FROM epoch WHERE id = ?"
    return (where, table, column) == (BRANCH, "entry", "payload") and file.execute(sql, (row[2], row[1])).fetchone()[0]


@pytest.mark.parametrize("where", [HUB, BRANCH])
@pytest.mark.parametrize("table", [*TABLES, "segment"])
def test_a_missing_row_is_found(found, where, table) -> None:
    """Goal: nothing is taken out. Method: each row of the log's tables is deleted."""
    file = found.files[where]
    names = [name for _, name, *_ in file.execute(f"PRAGMA table_info({table})")]
    for row in file.execute(f"SELECT * FROM {table}").fetchall():
        sql = f"DELETE FROM {table} WHERE {' AND '.join(f'{name} IS ?' for name in names)}"
        with changed(file, sql, *row):
            assert "" != found.named(where), row
