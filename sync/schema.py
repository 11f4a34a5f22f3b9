"""The node's tables beside the models, and the guards that refuse whoever goes round the journal.

Guard triggers call ``cabang_gate()``, a function only our writer connection registers: 0 closed (every write is
refused), 1 open inside ``journal.unit()`` and merge, 2 open for what even those may not do (erasure, pruning,
leaving an audience).  Another program does not have the function at all, so SQLite refuses its statement.
"""

from collections.abc import Iterable

import peewee

from sync import lost_records, records
from sync.connection import Connection
from sync.errors import GuardsMissing
from sync.model import _CHILDREN, TABLES, Synced

VERSION = 1

TABLES_SQL = """
CREATE TABLE node (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE stream (
    stream INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, certificate BLOB, sign_public BLOB,
    revoked_after INTEGER, last_contact INTEGER, reported_waiting INTEGER, reported_oldest INTEGER, clock_error INTEGER
);
CREATE TABLE certificate (
    stream INTEGER NOT NULL, serial INTEGER NOT NULL, sign_public BLOB NOT NULL, signed BLOB NOT NULL,
    epoch BLOB NOT NULL, after INTEGER NOT NULL, withdrawn INTEGER, last_epoch INTEGER NOT NULL,
    last_seq INTEGER NOT NULL, PRIMARY KEY (stream, serial)
) WITHOUT ROWID;
CREATE TABLE enrolment (
    name BLOB PRIMARY KEY, secret BLOB, stream INTEGER NOT NULL, made_at INTEGER NOT NULL, used_by BLOB
) WITHOUT ROWID;
CREATE TABLE epoch (
    id INTEGER PRIMARY KEY, stream INTEGER NOT NULL, name BLOB NOT NULL, opened_position INTEGER NOT NULL DEFAULT 0,
    seq INTEGER NOT NULL, head BLOB NOT NULL, stamp INTEGER NOT NULL, start BLOB NOT NULL, n INTEGER NOT NULL,
    seal BLOB NOT NULL, effective INTEGER NOT NULL DEFAULT 0, closed INTEGER NOT NULL DEFAULT 0,
    confirmed INTEGER NOT NULL DEFAULT 0, acknowledged INTEGER NOT NULL DEFAULT 0, UNIQUE (stream, name)
);
CREATE TABLE process_start (
    stream INTEGER NOT NULL, start BLOB NOT NULL, n INTEGER NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL,
    PRIMARY KEY (stream, start, n)
) WITHOUT ROWID;
CREATE TABLE segment (
    epoch INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER, secret BLOB NOT NULL, size INTEGER NOT NULL DEFAULT 0,
    head BLOB, signature BLOB, seal BLOB, received_at INTEGER, PRIMARY KEY (epoch, first)
) WITHOUT ROWID;
CREATE TABLE entry (
    epoch INTEGER NOT NULL, seq INTEGER NOT NULL, stream INTEGER NOT NULL, stamp INTEGER NOT NULL,
    start BLOB NOT NULL, n INTEGER NOT NULL, header BLOB NOT NULL, payload BLOB NOT NULL,
    effective INTEGER, position INTEGER, PRIMARY KEY (epoch, seq)
) WITHOUT ROWID;
CREATE TABLE acknowledgement (
    epoch INTEGER NOT NULL, seq INTEGER NOT NULL, head BLOB NOT NULL, received_at INTEGER NOT NULL,
    signature BLOB NOT NULL, PRIMARY KEY (epoch, seq)
) WITHOUT ROWID;
CREATE TABLE quarantine (
    epoch INTEGER NOT NULL, seq INTEGER NOT NULL, reason TEXT NOT NULL, detail TEXT NOT NULL, since INTEGER NOT NULL,
    PRIMARY KEY (epoch, seq)
) WITHOUT ROWID;
CREATE TABLE released (
    epoch INTEGER NOT NULL, seq INTEGER NOT NULL, position INTEGER NOT NULL, received_at INTEGER NOT NULL,
    PRIMARY KEY (epoch, seq)
) WITHOUT ROWID;
CREATE TABLE feed (
    audience INTEGER NOT NULL, position INTEGER NOT NULL, tbl INTEGER NOT NULL, row BLOB NOT NULL,
    kind INTEGER NOT NULL DEFAULT 0, maker INTEGER NOT NULL DEFAULT -1, PRIMARY KEY (audience, position, tbl, row)
) WITHOUT ROWID;
CREATE UNIQUE INDEX feed_row ON feed (row, tbl, audience);
CREATE TABLE task_done (task TEXT PRIMARY KEY, at INTEGER NOT NULL, actor BLOB) WITHOUT ROWID;
CREATE TABLE copy_seen (stream INTEGER PRIMARY KEY, at INTEGER NOT NULL, times INTEGER NOT NULL);
CREATE TABLE overlay (
    tbl INTEGER NOT NULL, row BLOB NOT NULL, grp INTEGER NOT NULL, seq INTEGER NOT NULL, stamp BLOB, vals BLOB,
    PRIMARY KEY (tbl, row, grp, seq)
) WITHOUT ROWID;
CREATE TABLE head (
    tbl INTEGER NOT NULL, row BLOB NOT NULL, grp INTEGER NOT NULL, op BLOB NOT NULL, effective INTEGER NOT NULL,
    vals BLOB NOT NULL, PRIMARY KEY (tbl, row, grp, op)
) WITHOUT ROWID;
CREATE TABLE event_stamp (event BLOB PRIMARY KEY, effective INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE request (name TEXT PRIMARY KEY, row BLOB NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX overlay_seq ON overlay (seq);
"""

GROW_ONLY = ("entry", "segment", "acknowledgement", "process_start", "released")
LOCAL_MODELS: list[type[peewee.Model]] = []  # Peewee models of one node's own, never synced: they register here


def create(connection: Connection, extra: Iterable[str]) -> None:
    """Makes every table in an empty database; *extra* is the business's own DDL (search, balances)."""
    for statement in TABLES_SQL.split(";\n"):
        if statement.strip():
            connection.execute(statement)
    for model in (*_models(), *LOCAL_MODELS):
        model.create_table(safe=True)
    for statement in extra:
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {VERSION}")
    make_guards(connection)


def _models() -> list[type[Synced]]:
    """Every synced model; the hub's own records are among them."""
    declared = [records.Conflict, records.HeldEntry, lost_records.PutBack]
    declared += [spec.model for spec in (*TABLES.values(), *_CHILDREN.values())]
    return list(dict.fromkeys(declared))


def guarded_tables(connection: Connection) -> list[str]:
    """Every ordinary table of the file: all are guarded, but SQLite's own and the search index's shadows."""
    rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall()
    virtual = {name for name, sql in rows if sql and sql.upper().startswith("CREATE VIRTUAL")}
    shadows = {f"{name}_{part}" for name in virtual for part in ("data", "idx", "content", "docsize", "config")}
    return sorted(name for name, _ in rows if name not in virtual | shadows and not name.startswith("sqlite_"))


def _facts() -> set[str]:
    facts = {spec.name for spec in TABLES.values() if spec.is_fact}
    return facts | set(_CHILDREN)


def _guards(table: str) -> dict[str, str]:
    """Name and SQL of each guard of *table*: facts and the log may only grow, the rest may change inside a unit."""
    closed = "cabang_gate() = 0"
    growing = "cabang_gate() < 2" if table in GROW_ONLY or table in _facts() else closed
    touched = growing if table not in ("segment", "entry") else _sealed(table)
    words = {"insert": closed, "update": touched, "delete": "cabang_gate() < 2" if growing != closed else closed}
    return {
        f"guard_{table}_{verb}": (
            f'CREATE TRIGGER "guard_{table}_{verb}" BEFORE {verb.upper()} ON "{table}" WHEN {condition} BEGIN '
            f"SELECT RAISE(ABORT, 'cabang: {table} changes only through the journal'); END"
        )
        for verb, condition in words.items()
    }


def _sealed(table: str) -> str:
    """The log's own columns never change: a segment until it is sealed, of an entry only what merge decided."""
    if table == "segment":
        return "cabang_gate() = 0 OR (cabang_gate() < 2 AND OLD.signature IS NOT NULL)"
    same = " AND ".join(f"OLD.{c} IS NEW.{c}" for c in ("stream", "stamp", "start", "n", "header", "payload"))
    return f"cabang_gate() = 0 OR (cabang_gate() < 2 AND NOT ({same}))"


def make_guards(connection: Connection) -> int:
    """(Re)makes every guard and returns how many there are; schema changes drop them silently."""
    count = 0
    for table in guarded_tables(connection):
        for name, sql in _guards(table).items():
            connection.execute(f'DROP TRIGGER IF EXISTS "{name}"')
            connection.execute(sql)
            count += 1
    return count


def check_guards(connection: Connection) -> int:
    """Counts the guards; raises GuardsMissing when one is gone or reads otherwise."""
    held = dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
    wanted = {name: sql for table in guarded_tables(connection) for name, sql in _guards(table).items()}
    missing = sorted({name.split("_", 1)[1] for name, sql in wanted.items() if held.get(name) != sql})
    if missing:
        raise GuardsMissing(tables=", ".join(missing))
    return len(wanted)
