"""Rows that wait to be inserted: nobody sees the difference."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from sync.connection import Connection, read_only

ADD = "INSERT INTO thing VALUES (?, ?)"
NOTE = "INSERT INTO note VALUES (?)"
ONE, TWO, THREE = b"1" * 14, b"2" * 14, b"3" * 14


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    with closing(sqlite3.connect(tmp_path / "a.db", isolation_level=None, factory=Connection)) as made:
        made.execute("CREATE TABLE thing (id BLOB PRIMARY KEY, value)")
        made.execute("CREATE TABLE note (value)")
        made.execute("BEGIN")
        yield made


def stored(connection: Connection) -> list[Any]:
    """What another connection would see, were it committed: asked of SQLite past what waits."""
    return sqlite3.Connection.execute(connection, "SELECT id FROM thing ORDER BY id").fetchall()


ASK = "SELECT value FROM thing WHERE id = ?"


def changed(connection: Connection) -> Any:
    """By a statement run for many."""
    connection.executemany("UPDATE thing SET value = ?", [("b",), ("a",)])
    return sqlite3.Connection.execute(connection, ASK, (ONE,)).fetchone()


WAYS: dict[str, Callable[[Connection], Any]] = {
    "execute": lambda connection: connection.execute(ASK, (ONE,)).fetchone(),
    "cursor": lambda connection: connection.cursor().execute(ASK, (ONE,)).fetchone(),
    "find": lambda connection: connection.find(ASK, ONE),
    "executemany": changed,
}


@pytest.mark.parametrize("ask", WAYS.values(), ids=WAYS)
def test_whoever_asks_finds_it(connection, ask: Callable[[Connection], Any]) -> None:
    """Goal: a row that waits is found. Method: each way of asking."""
    connection.later(ADD, (ONE, "a"), ONE)
    assert ("a",) == ask(connection)


def test_another_id_lets_it_wait(connection) -> None:
    """Goal: looking for a row that is elsewhere costs nothing. Method: what SQLite holds meanwhile."""
    connection.execute(ADD, (ONE, "a"))
    connection.later(ADD, (TWO, "b"), TWO)
    assert ("a",) == connection.find(ASK, ONE)
    assert [(ONE,)] == stored(connection)
    assert None is connection.find(ASK, THREE)
    assert [(ONE,)] == stored(connection)


def test_a_commit_writes_what_waits(connection, tmp_path) -> None:
    """Goal: nothing is left behind. Method: rows of two tables, a commit, another connection."""
    connection.later(ADD, (ONE, "a"), ONE)
    connection.all_later(NOTE, [("x",), ("y",)])
    connection.later(ADD, (TWO, "b"), TWO)
    connection.execute("COMMIT")
    with closing(read_only(tmp_path / "a.db")) as other:
        assert [(ONE,), (TWO,)] == stored(other)
        assert [("x",), ("y",)] == other.execute("SELECT value FROM note").fetchall()


def test_what_is_forgotten_is_not_written(connection) -> None:
    """Goal: a transaction that is rolled back leaves nothing for the next. Method: forget, then ask and commit."""
    connection.later(ADD, (ONE, "a"), ONE)
    connection.forget()
    assert [] == connection.execute("SELECT * FROM thing").fetchall()
    assert None is connection.find(ASK, ONE)


def test_what_cannot_be_written_is_said_at_once_or_later(connection) -> None:
    """Goal: an error is not swallowed. Method: one id twice; the statement that writes both raises."""
    connection.later(ADD, (ONE, "a"), ONE)
    connection.later(ADD, (ONE, "b"), ONE)
    with pytest.raises(sqlite3.IntegrityError):
        connection.execute("COMMIT")


def test_a_reader_cannot_write(connection, tmp_path) -> None:
    """Goal: a read-only connection is one. Method: it tries, at once and later."""
    connection.execute("COMMIT")
    with closing(read_only(tmp_path / "a.db")) as other:
        other.later(ADD, (ONE, "a"), ONE)
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            other.flush()
