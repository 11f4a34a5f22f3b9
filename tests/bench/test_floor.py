"""The floor of the benchmarks really does what it is said to do."""

import sqlite3
import sys
from contextlib import closing
from typing import Any

import msgspec
import pytest

from bench.floor import ENTRY_TABLE, PAGE_VALUES, VALUES, floor, floor_of_pages, fresh_database, medians, one_commit

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

encode = msgspec.msgpack.encode

HEADER = encode([1, 5, None, 1])
PLAIN = encode([1, "85123A", ["Lilin", 15000, None, True]])
PERSONAL = encode([2, b"\x01" * 14, ["Sari", "+62812", [1, 2]]])


def segment(*entries: list[Any]) -> bytes:
    return zstd.compress(encode(list(entries)))


def rows(path, table: str) -> list[Any]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall()


def test_every_entry_and_row_arrives(tmp_path) -> None:
    """Goal: the floor is no empty loop. Method: two segments with plain and personal ops; read the tables."""
    path = tmp_path / "floor.db"
    seconds = floor([segment([HEADER, PLAIN], [HEADER, [PERSONAL]]), segment([HEADER, PLAIN, [PERSONAL]])], path=path)
    payloads = [PLAIN, PERSONAL, PLAIN + PERSONAL]
    assert [(n, HEADER, payload) for n, payload in enumerate(payloads, 1)] == rows(path, "entry")
    assert seconds > 0
    values = {row[1:] for row in rows(path, "row")}
    assert {
        (1, "85123A", "Lilin", 15000, None, 1, *[None] * (VALUES - 6)),
        (2, b"\x01" * 14, "Sari", "+62812", *[None] * (VALUES - 4)),
        (1, "85123A", "Lilin", 15000, None, 1, 2, b"\x01" * 14, "Sari"),
    } == values


def test_an_entry_of_several_rows_is_as_many_upserts(tmp_path) -> None:
    """Goal: one entry, and a row for each op that begins one. Method: two rows, each with its personal part."""
    path = tmp_path / "floor.db"
    other = encode([1, "71053", ["Lentera"]])
    floor([segment([HEADER, PLAIN, [PERSONAL], other, [PERSONAL]])], path=path)
    assert [(1, HEADER, PLAIN + PERSONAL + other + PERSONAL)] == rows(path, "entry")
    found = rows(path, "row")
    assert {"85123A", "71053"} == {row[2] for row in found}
    assert 2 == len({row[0] for row in found})


def test_every_row_of_a_page_arrives(tmp_path) -> None:
    """Goal: the floor of a pull upserts each row of each item. Method: two pages, one row told twice."""
    path = tmp_path / "floor.db"
    first, again, fact = [20, b"a", 0, None, 7, ["Sari", 1]], [20, b"a", 0, None, 9, ["Sri"]], [40, b"b", 2, 1, [500]]
    seconds = floor_of_pages([segment([1, [first, fact]]), segment([2, [again]])], path=path)
    nothing = [None] * PAGE_VALUES
    assert [
        (b"a", *[0, None, 9, "Sri", *nothing][:PAGE_VALUES]),
        (b"b", *[2, 1, 500, *nothing][:PAGE_VALUES]),
    ] == rows(path, "row")
    assert seconds > 0


def test_the_same_row_again_is_an_upsert(tmp_path) -> None:
    """Goal: an upsert, not two rows. Method: one op twice."""
    path = tmp_path / "floor.db"
    floor([segment([HEADER, PLAIN], [HEADER, PLAIN])], path=path)
    assert (2, 1) == (len(rows(path, "entry")), len(rows(path, "row")))


def test_the_file_is_durable(tmp_path) -> None:
    """Goal: an fsync at each commit. Method: ask the database how it writes."""
    with fresh_database(tmp_path / "floor.db") as connection:
        modes = [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")]
    assert ["wal", 2] == modes


def test_a_used_file_is_refused(tmp_path) -> None:
    """Goal: no run measures another's rows. Method: the same file twice."""
    floor([], path=tmp_path / "floor.db")
    with pytest.raises(sqlite3.OperationalError, match="already exists"):
        floor([], path=tmp_path / "floor.db")


def test_each_bare_commit_is_measured(tmp_path) -> None:
    """Goal: one row and one time a commit. Method: five commits; read the table."""
    path = tmp_path / "bare.db"
    with fresh_database(path, ENTRY_TABLE) as connection:
        times = [one_commit(connection, seq) for seq in range(1, 6)]
    assert [1, 2, 3, 4, 5] == [seq for seq, *_ in rows(path, "entry")]
    assert min(times) > 0


def test_the_median_is_taken_over_all_runs() -> None:
    """Goal: one slow run decides nothing. Method: known times."""
    assert 3.0 == medians(lambda run: [3.0, 90.0, 1.0][run], 3)
