"""The floor: the least any program must do to take the same bytes safely to disk.

Of a push, for each segment: inflate, decode, two SHA-256 an entry, insert the entry, upsert its rows, and one fsync for
all.  Of a pull, for each page: inflate, decode, one SHA-256, upsert its rows, and one fsync.
No check, no merge, no guard, no search: what a real exchange takes longer is what it does for its promises.
"""

import sqlite3
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any

import msgspec

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

VALUES = 9  # of a row that was pushed, beside its key; the log has the rest
PAGE_VALUES = 13  # of one that came on a page, all: ten fields, and what the page says of them

_decode = msgspec.msgpack.Decoder().decode

ENTRY_TABLE = "CREATE TABLE entry (seq INTEGER PRIMARY KEY, header BLOB, payload BLOB)"
ADD_ENTRY = "INSERT INTO entry VALUES (?, ?, ?)"


def _row_table(values: int) -> str:
    return f"CREATE TABLE row (id BLOB PRIMARY KEY, {', '.join(f'c{n}' for n in range(values))}) WITHOUT ROWID"


def _upsert(values: int) -> str:
    return (
        f"INSERT INTO row VALUES (?{', ?' * values}) "
        f"ON CONFLICT (id) DO UPDATE SET {', '.join(f'c{n} = excluded.c{n}' for n in range(values))}"
    )


ROW_TABLE, UPSERT_ROW = _row_table(VALUES), _upsert(VALUES)
PAGE_ROW_TABLE, UPSERT_PAGE_ROW = _row_table(PAGE_VALUES), _upsert(PAGE_VALUES)


def floor(segments: Iterable[bytes], *, path: Path) -> float:
    """Seconds to take *segments* into a new database file at *path*.

    A segment is the zstd-compressed body: a MessagePack array of entries [header: bin, op, ...], an op being bin or,
    when it is personal, [bin, ...].  Each op of an entry is a row, but a personal one belongs to the row before it.
    """
    with fresh_database(path, ENTRY_TABLE, ROW_TABLE) as connection:
        began, numbers = time.perf_counter(), count(1)
        for segment in segments:
            connection.execute("BEGIN IMMEDIATE")
            for entry in _decode(zstd.decompress(segment)):
                _take(connection, next(numbers), entry)
            connection.execute("COMMIT")
        return time.perf_counter() - began


def floor_of_pages(pages: Iterable[bytes], *, path: Path) -> float:
    """Seconds to take *pages* into a new database file at *path*.

    A page is the zstd-compressed body: a MessagePack array of items [position, [row, ...]], a row being
    [table, id: bin, value or array of values, ...].  Nobody keeps a log of what others wrote: there is no entry.
    """
    with fresh_database(path, PAGE_ROW_TABLE) as connection:
        began = time.perf_counter()
        for page in pages:
            body = zstd.decompress(page)
            sha256(body).digest()
            connection.execute("BEGIN IMMEDIATE")
            for _, effect in _decode(body):
                connection.executemany(UPSERT_PAGE_ROW, [(row[1], *_columns([row[2:]], PAGE_VALUES)) for row in effect])
            connection.execute("COMMIT")
        return time.perf_counter() - began


def as_zstd(codec: int, body: bytes) -> bytes:
    """A segment's *body* as ``floor`` takes it: one sent as it is (codec 0) is compressed."""
    return body if codec else zstd.compress(body)


def _take(connection: sqlite3.Connection, seq: int, entry: list[Any]) -> None:
    header, *items = entry
    payload = b"".join([item if type(item) is bytes else item[0] for item in items])
    _decode(header)
    rows = _rows(items)
    sha256(header).digest()
    name = sha256(payload).digest()[:12]
    connection.execute(ADD_ENTRY, (seq, header, payload))
    connection.executemany(
        UPSERT_ROW, [(name + place.to_bytes(2, "big"), *_columns(row)) for place, row in enumerate(rows)]
    )


def _rows(items: list[Any]) -> list[list[Any]]:
    """The decoded ops of each row."""
    rows: list[list[Any]] = []
    for item in items:
        if type(item) is bytes:
            rows.append([_decode(item)])
        elif rows:
            rows[-1].append(_decode(item[0]))
        else:
            rows.append([_decode(item[0])])
    return rows


def _columns(ops: list[Any], count: int = VALUES) -> list[Any]:
    """The first *count* values of the ops, none deeper than one list, as many as the row has columns."""
    values = [value for op in ops for part in op for value in (part if type(part) is list else (part,))]
    plain = [value for value in values if type(value) is not list and type(value) is not dict][:count]
    return plain + [None] * (count - len(plain))


def one_commit(connection: sqlite3.Connection, seq: int) -> float:
    """Seconds of one commit of one row, numbered *seq*, into a ``fresh_database`` with ENTRY_TABLE."""
    began = time.perf_counter()
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(ADD_ENTRY, (seq, b"header", b"payload"))
    connection.execute("COMMIT")
    return time.perf_counter() - began


def medians(measure: Callable[[int], float], runs: int) -> float:
    """The median of what *measure* gives for the runs 0, 1, ... *runs* - 1."""
    return median(measure(run) for run in range(runs))


@contextmanager
def fresh_database(path: Path, *tables: str) -> Iterator[sqlite3.Connection]:
    """A new WAL file that waits for the disk at each commit; raises when *path* holds these tables already."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        for table in tables:
            connection.execute(table)
        yield connection
