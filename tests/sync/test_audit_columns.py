"""Verifying a node: a change of any column of any table of the log and of the records is found."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cabang_audit
import pytest
from cabang_audit import BRANCH, HUB, UNSIGNED
from cabang_forge import flipped
from cabang_pair import Company, Side

from sync.connection import Connection

LOG, RECORDS = cabang_audit.log_columns(), cabang_audit.row_columns()
PLACES = [(where, table, column) for where in (HUB, BRANCH) for table, column in [*LOG, *RECORDS]]
OF_THE_OTHER = {HUB: {"acknowledgement", "overlay"}, BRANCH: {"feed", "head", "released", "stream"}}
UNUSED = {"copy_seen"}  # no copied database here


class Whole:
    """A company where everything has happened once, and a way round the guards of each node."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.sides: dict[str, Side] = {HUB: company.hub, BRANCH: company.branches[0]}
        self.files = {where: cabang_audit.raw(side.path) for where, side in self.sides.items()}

    def named(self, where: str) -> str:
        """The entry that verifying the node names as bad; "" for none."""
        return cabang_audit.damage(self.company, self.sides[where], self.files[where])

    def count(self, where: str, table: str) -> int:
        """How many rows *table* has."""
        return int(self.files[where].execute(f'SELECT count(*) FROM "{table}"').fetchone()[0])


@pytest.fixture(scope="module")
def whole(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    """Shared by all tests here: each leaves it as it was."""
    company = Company.open(template, tmp_path_factory.mktemp("whole"), 3)
    cabang_audit.fill(company)
    whole = Whole(company)
    yield whole
    for file in whole.files.values():
        file.close()
    company.close()


@pytest.mark.parametrize("where", [HUB, BRANCH])
def test_the_whole_file_is_sound(whole, where) -> None:
    """Goal: nothing false is said. Method: verify what everything happened to, unsealed and unsent work included."""
    assert "" == whole.named(where)
    found = cabang_audit.verify(whole.company, whole.sides[where], whole.files[where])
    assert (whole.count(where, "entry"), True, True) == (found.entries, found.changes > 0, found.unsealed > 0)


@pytest.mark.parametrize("where", [HUB, BRANCH])
def test_every_table_of_the_log_is_in_use(whole, where) -> None:
    """Goal: no table escapes the test below. Method: which are empty; only those of the other kind of node."""
    tables = {table for table, _ in LOG} | {"conflict", "held_entry", "sale", "sale_line", "payment", "message"}
    empty = {table for table in tables if not whole.count(where, table)}
    assert OF_THE_OTHER[where] == empty - UNUSED


@pytest.mark.parametrize("place", PLACES, ids="-".join)
def test_a_changed_column_is_found(whole, place) -> None:
    """Goal: 100 % of changes are found. Method: each column of each table, in its first and last row that tells it."""
    where, table, column = place
    file = whole.files[where]
    names = [name for _, name, *_ in file.execute(f"PRAGMA table_info({table})")]
    row_is = " AND ".join(f'"{name}" IS ?' for name in names)
    for row in cabang_audit.rows_that_tell(file, where, table, column):
        value = cabang_audit.other(row[names.index(column)])
        sql = f'UPDATE "{table}" SET "{column}" = ? WHERE {row_is}'
        with cabang_audit.changed(file, sql, value, *row):
            assert "" != whole.named(where), row


@pytest.mark.parametrize("place", UNSIGNED, ids="-".join)
def test_what_nothing_signs_is_known(whole, place) -> None:
    """Goal: what verifying cannot see is written down, and no more than that. Method: it is changed and not seen."""
    where, table, column = place
    file = whole.files[where]
    found = file.execute(f'SELECT "{column}" FROM "{table}" WHERE {UNSIGNED[place]} LIMIT 1').fetchone()
    assert (found is None) == (table in UNUSED)
    sql = f'UPDATE "{table}" SET "{column}" = ? WHERE ({UNSIGNED[place]}) AND "{column}" IS ?'
    with cabang_audit.changed(file, sql, cabang_audit.other(found and found[0]), found and found[0]):
        assert "" == whole.named(where)


def test_another_op_under_a_value_of_the_branch_is_found(whole) -> None:
    """Goal: a branch's row names the op that wrote it. Method: one bit of the name changed, in each row it wrote."""
    file = whole.files[BRANCH]
    for table in ("customer", "contact_point", "provisional_product"):
        for row, column in file.execute(f"SELECT id, stamps FROM {table}").fetchall():
            if column.startswith(b"\0\1"):
                changed = flipped(column, 11)
                with cabang_audit.changed(file, f"UPDATE {table} SET stamps = ? WHERE id = ?", changed, row):
                    assert "" != whole.named(BRANCH), (table, row)


ENTRY_COLUMNS = ("stream", "stamp", "start", "n", "header", "payload", "effective", "position")


@pytest.mark.parametrize("column", ENTRY_COLUMNS)
def test_the_very_entry_is_named(whole, column) -> None:
    """Goal: people know where to look. Method: each column of one entry in the midst of PTK's log at the hub."""
    file = whole.files[HUB]
    epoch, value = file.execute(f"SELECT epoch, {column} FROM entry WHERE stream = 1 AND seq = 3").fetchone()
    sql = f"UPDATE entry SET {column} = ? WHERE epoch = ? AND seq = 3"
    with cabang_audit.changed(file, sql, cabang_audit.other(value), epoch):
        assert "PTK 3" == whole.named(HUB)


STILL_SOUND = {  # a row that may be missing: nothing signed counts them
    (BRANCH, "acknowledgement"),  # one before the last
    (BRANCH, "event_stamp"),  # the feed may not have told it yet
    *((BRANCH, table) for table in (*cabang_audit.TOLD, "certificate")),
}


@pytest.mark.parametrize("where", [HUB, BRANCH])
@pytest.mark.parametrize("table", sorted({table for table, _ in [*LOG, *RECORDS]}))
def test_a_missing_row_is_found(whole, where, table) -> None:
    """Goal: nothing is taken out. Method: each row that tells it, first and last of its table, is deleted."""
    file = whole.files[where]
    names = [name for _, name, *_ in file.execute(f"PRAGMA table_info({table})")]
    row_is = " AND ".join(f'"{name}" IS ?' for name in names)
    for row in cabang_audit.rows_that_tell(file, where, table, names[0])[-1:]:
        with cabang_audit.changed(file, f'DELETE FROM "{table}" WHERE {row_is}', *row):
            assert "" != whole.named(where) or (where, table) in STILL_SOUND, row


def _insert(file: Connection, table: str, **values: object) -> tuple[str, list[object]]:
    """The SQL that adds a copy of the table's first row with other *values*."""
    names = [name for _, name, *_ in file.execute(f"PRAGMA table_info({table})")]
    row = dict(zip(names, file.execute(f'SELECT * FROM "{table}"').fetchone(), strict=True)) | values
    marks = ", ".join("?" * len(row))
    return f'INSERT INTO "{table}" VALUES ({marks})', list(row.values())


STRAY: dict[str, tuple[str, str, dict[str, Any]]] = {
    "a sale nobody rang up": (BRANCH, "sale", {"id": b"\0\1stray!\0\0\0\1\0\0"}),
    "a sale nobody rang up, at the hub": (HUB, "sale", {"id": b"\0\1stray!\0\0\0\1\0\0"}),
    "a line of no sale": (HUB, "sale_line", {"sale": b"\0\1stray!\0\0\0\1\0\0"}),
    "a payment of no sale": (BRANCH, "payment", {"sale": b"\0\1stray!\0\0\0\1\0\0"}),
    "a message nobody wrote": (HUB, "message", {"id": b"\0\1stray!\0\0\0\1\0\0", "rowno": 99}),
    "a customer nobody made": (HUB, "customer", {"id": b"\0\1stray!\0\0\0\1\0\0", "rowno": 99}),
    "a customer nobody made, at the branch": (BRANCH, "customer", {"id": b"\0\1stray!\0\0\0\1\0\0", "rowno": 99}),
    "a product nobody made": (HUB, "product", {"id": b"no natural id 16"}),
    "a row told of that is not there": (HUB, "feed", {"row": b"\0\1stray!\0\0\0\1\0\0"}),
    "a row told of to a stranger": (HUB, "feed", {"audience": 1}),
    "a head of no op": (HUB, "head", {"op": b"\0\1stray!\0\0\0\1\0\0"}),
    "a change that waits and was never made": (BRANCH, "overlay", {"seq": 2}),
    "something held that is not": (HUB, "quarantine", {"seq": 2}),
    "something held at a branch that is not": (BRANCH, "quarantine", {"seq": 2}),
    "a start of no program": (HUB, "process_start", {"start": b"stray!"}),
    "a segment of nothing": (HUB, "segment", {"first": 99}),
    "a release of what was never held": (HUB, "released", {"seq": 1}),
    "an acknowledgement of nothing": (BRANCH, "acknowledgement", {"seq": 99}),
    "an epoch of nothing": (HUB, "epoch", {"id": 99, "name": b"stray!!!"}),
    "an entry of no epoch": (HUB, "entry", {"epoch": 99}),
    "an entry of an epoch before": (BRANCH, "entry", {"epoch": 0}),
    "an entry after the last": (HUB, "entry", {"seq": 99}),
}


@pytest.mark.parametrize("name", STRAY)
def test_a_stray_row_is_found(whole, name) -> None:
    """Goal: nothing is put in. Method: a copy of a row under another name."""
    where, table, values = STRAY[name]
    sql, row = _insert(whole.files[where], table, **values)
    with cabang_audit.changed(whole.files[where], sql, *row):
        assert "" != whole.named(where)


@pytest.mark.parametrize(
    ("where", "table"), [(where, table) for where in OF_THE_OTHER for table in sorted(OF_THE_OTHER[where])]
)
def test_rows_of_the_other_kind_of_node_are_found(whole, where, table) -> None:
    """Goal: a hub keeps no overlay, a branch no feed. Method: a row of it, taken from the other node."""
    there = BRANCH if where == HUB else HUB
    row = whole.files[there].execute(f"SELECT * FROM {table}").fetchone()
    with cabang_audit.changed(whole.files[where], f"INSERT INTO {table} VALUES ({','.join('?' * len(row))})", *row):
        assert "" != whole.named(where)
