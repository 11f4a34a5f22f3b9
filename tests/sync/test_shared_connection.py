"""Peewee and sqlite-utils on one connection: what both wrote goes and stays together."""

import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager, closing, contextmanager
from typing import Any

import peewee
import pytest
import sqlite_utils


class Shared(peewee.SqliteDatabase):
    """A Peewee database on a connection that somebody else opened."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._shared = connection
        super().__init__("shared")

    def _connect(self) -> sqlite3.Connection:
        return self._shared


class Note(peewee.Model):
    text = peewee.TextField()


class Three:
    """One connection in three hands, and another that sees only what was committed."""

    def __init__(self, connection: sqlite3.Connection, outside: sqlite3.Connection) -> None:
        self.plain, self.outside = connection, outside
        self.peewee = Shared(connection)
        self.utils = sqlite_utils.Database(connection)
        Note.bind(self.peewee)
        self.peewee.create_tables([Note])

    def write(self, who: str) -> None:
        if who == "plain":
            self.plain.execute("INSERT INTO note (text) VALUES ('plain')")
        elif who == "peewee":
            Note.create(text="peewee")
        else:
            self.utils.table("note").insert({"text": "utils"})

    @contextmanager
    def transaction(self) -> Any:
        self.plain.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.plain.execute("ROLLBACK")
            raise
        self.plain.execute("COMMIT")


HANDS = ("plain", "peewee", "utils")
OPENERS: dict[str, Callable[[Three], AbstractContextManager[Any]]] = {
    "plain": lambda three: three.transaction(),
    "peewee": lambda three: three.peewee.atomic("IMMEDIATE"),
    "utils": lambda three: three.utils.atomic(),
}


@pytest.fixture
def three(tmp_path):
    """The three hands on a WAL file."""
    path = tmp_path / "shared.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as inside, closing(sqlite3.connect(path)) as outside:
        inside.execute("PRAGMA journal_mode=WAL")
        yield Three(inside, outside)


def committed(three) -> list[str]:
    return [text for (text,) in three.outside.execute("SELECT text FROM note ORDER BY id")]


@pytest.mark.parametrize("opener", HANDS)
@pytest.mark.parametrize("last", HANDS)
def test_all_hands_roll_back_together(three, opener, last) -> None:
    """Goal: no hand commits behind another's back. Method: each opens, all write, each writes last; then an error."""
    with pytest.raises(ZeroDivisionError), OPENERS[opener](three):
        for who in (*HANDS, last):
            three.write(who)
            assert [] == committed(three)
        raise ZeroDivisionError
    assert ([], False) == (committed(three), three.plain.in_transaction)


@pytest.mark.parametrize("opener", HANDS)
def test_all_hands_commit_together(three, opener) -> None:
    """Goal: the counterpart, so that the rollback proves something. Method: the same without an error."""
    with OPENERS[opener](three):
        for who in HANDS:
            three.write(who)
        assert [] == committed(three)
    assert list(HANDS) == committed(three)


def test_peewee_cannot_open_inside_sqlite_utils(three) -> None:
    """Goal: know the trap. Method: Peewee's atomic within sqlite-utils' fails, and both sides are as before."""
    with pytest.raises(peewee.OperationalError, match="within a transaction"), three.utils.atomic():
        three.write("utils")
        with three.peewee.atomic():
            three.write("peewee")
    assert [] == committed(three)
