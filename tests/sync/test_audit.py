"""Verifying a stored log: every damage is found, and named by the entry it is in."""

import pytest
from cabang_forge import flipped

from crm.customers import Customer
from sync import audit, schema
from sync.errors import CabangError, GuardsMissing, LogDamaged
from sync.store import WIDE


def verify(company, side) -> audit.Audited:
    return audit.verify(
        side.store.connection(), side.keyring.sign_public, company.hub.keyring.sign_public, lambda done, total: None
    )


@pytest.fixture
def logged(company):
    """A company with three segments of PTK, the last one open at the branch, each entry with a personal op."""
    branch = company.branches[0]
    for number in ("X1", "X2", "X3"):
        with branch.unit() as unit:
            unit.insert(Customer, {"number": number, "name": "Sari"})
        company.heal()
    with branch.unit() as unit:
        unit.insert(Customer, {"number": "X4", "name": "Dewi"})
    return company


def node(company, where):
    return company.hub if where == "hub" else company.branches[0]


@pytest.mark.parametrize("where", ["hub", "branch"])
def test_a_sound_log_is_counted(logged, where) -> None:
    """Goal: nothing false is said of a sound log. Method: audit of both; the counts of what was looked at."""
    found = verify(logged, node(logged, where))
    connection = node(logged, where).store.connection()
    counts = [
        connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("entry", "acknowledgement")
    ]
    assert counts == [found.entries, found.acknowledgements]
    assert schema.check_guards(connection) == found.guards


def test_progress_is_told(logged) -> None:
    """Goal: a long audit shows where it is. Method: the calls end at the number of entries."""
    told: list[tuple[int, int]] = []
    hub = logged.hub
    audit.verify(hub.store.connection(), hub.keyring.sign_public, hub.keyring.sign_public, lambda *at: told.append(at))
    total = hub.one("SELECT count(*) FROM entry")
    assert ((total, total), sorted(told)) == (told[-1], told)


COLUMNS = {
    "entry": ("seq", "stream", "stamp", "start", "n", "header", "payload", "epoch"),
    "segment": ("first", "last", "secret", "head", "signature", "seal", "epoch"),
    "acknowledgement": ("seq", "head", "received_at", "signature", "epoch"),
    "epoch": ("stream", "name", "seq", "head"),
}
PTK = "epoch = (SELECT id FROM epoch WHERE stream = 1)"
ROWS = {
    "entry": f"{PTK} AND seq = 3",
    "segment": f"{PTK} AND first = 3",
    "acknowledgement": f"{PTK} AND seq = 3",
    "epoch": "stream = 1",
}


def damage(side, table: str, column: str) -> None:
    """Changes one column of one row of PTK's log, as a failing disk or a clever hand does."""
    where = ROWS[table]
    value = side.one(f"SELECT {column} FROM {table} WHERE {where}")
    other = flipped(value, len(value) // 2) if isinstance(value, bytes) else value + 40
    with side.store.write(gate=WIDE) as connection:
        connection.execute(f"UPDATE {table} SET {column} = ? WHERE {where}", (other,))


AT_BOTH = [
    *(("hub", table, column) for table in COLUMNS if table != "acknowledgement" for column in COLUMNS[table]),
    *(("branch", table, column) for table in COLUMNS for column in COLUMNS[table]),
]


@pytest.mark.parametrize(("where", "table", "column"), AT_BOTH)
def test_a_damaged_column_is_found(logged, where, table, column) -> None:
    """Goal: 100 % of damage in the log is found. Method: one value changed in each column of each table."""
    side = node(logged, where)
    damage(side, table, column)
    with pytest.raises(LogDamaged) as caught:
        verify(logged, side)
    assert caught.value.params["entry"] not in ("", None)


@pytest.mark.parametrize("column", ["header", "payload"])
def test_every_byte_of_an_entry_counts(logged, column) -> None:
    """Goal: no byte can change unseen. Method: each byte of the stored entry flipped in turn; the entry is named."""
    side = logged.branches[0]
    (value,) = side.rows(f"SELECT {column} FROM entry WHERE {ROWS['entry']}")[0]
    for place in range(len(value)):
        with side.store.write(gate=WIDE) as connection:
            connection.execute(f"UPDATE entry SET {column} = ? WHERE {ROWS['entry']}", (flipped(value, place),))
        with pytest.raises(LogDamaged) as caught:
            verify(logged, side)
        assert "PTK 3" == caught.value.params["entry"], place


@pytest.mark.parametrize("table", ["entry", "segment"])
def test_a_missing_row_is_found(logged, table) -> None:
    """Goal: nothing is taken out of a log. Method: each row of PTK's log removed in turn, at the hub."""
    hub = logged.hub
    column = "seq" if table == "entry" else "first"
    for (place,) in hub.rows(f"SELECT {column} FROM {table} WHERE {PTK} ORDER BY 1"):
        row = hub.rows(f"SELECT * FROM {table} WHERE {PTK} AND {column} = ?", place)[0]
        with hub.store.write(gate=WIDE) as connection:
            connection.execute(f"DELETE FROM {table} WHERE {PTK} AND {column} = ?", (place,))
        with pytest.raises(CabangError):
            verify(logged, hub)
        with hub.store.write(gate=WIDE) as connection:
            connection.execute(f"INSERT INTO {table} VALUES ({','.join('?' * len(row))})", row)
    assert verify(logged, hub).entries


def test_swapped_entries_are_found(logged) -> None:
    """Goal: the order is part of the log. Method: two entries change places."""
    hub = logged.hub
    with hub.store.write(gate=WIDE) as connection:
        for before, after in ((2, 99), (3, 2), (99, 3)):
            connection.execute(f"UPDATE entry SET seq = ? WHERE {PTK} AND seq = ?", (after, before))
    with pytest.raises(LogDamaged):
        verify(logged, hub)


def test_another_hubs_acknowledgement_is_found(logged) -> None:
    """Goal: a changed hub is noticed. Method: the audit told of another hub's key."""
    branch = logged.branches[0]
    public = branch.keyring.sign_public
    with pytest.raises(LogDamaged):
        audit.verify(branch.store.connection(), public, public, lambda done, total: None)


def test_missing_guards_are_found(logged) -> None:
    """Goal: an audit says when the guards are gone. Method: drop one."""
    with logged.hub.store.write() as connection:
        connection.execute("DROP TRIGGER guard_entry_update")
    with pytest.raises(GuardsMissing):
        verify(logged, logged.hub)
