"""Verifying a stored log: every damage is found, and named by the entry it is in."""

import pytest
from cabang_forge import flipped
from cabang_history import History

from crm import balances
from crm.customers import Customer
from crm.selling.rules import Line, Paid
from crm.selling.writing import record_sale
from sync import audit, entry, keys, schema, segment, wire
from sync.errors import CabangError, GuardsMissing, LogDamaged
from sync.model import natural_id
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


def bad_entry(company, side) -> str:
    """The entry that is named as the first bad one."""
    with pytest.raises(LogDamaged) as caught:
        verify(company, side)
    return str(caught.value.params["entry"])


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


PTK = "epoch = (SELECT id FROM epoch WHERE stream = 1)"
ENTRY = f"{PTK} AND seq = 3"


@pytest.mark.parametrize("column", ["header", "payload"])
def test_every_byte_of_an_entry_counts(logged, column) -> None:
    """Goal: no byte can change unseen. Method: each byte of the stored entry flipped in turn; the entry is named."""
    side = logged.branches[0]
    (value,) = side.rows(f"SELECT {column} FROM entry WHERE {ENTRY}")[0]
    for place in range(len(value)):
        with side.store.write(gate=WIDE) as connection:
            connection.execute(f"UPDATE entry SET {column} = ? WHERE {ENTRY}", (flipped(value, place),))
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


# --- falsified with care: every hash is made to fit ------------------------------------------------------------


def seal_again(company, ring) -> None:
    """Seals PTK's log at the hub anew with the key *ring*, or takes the seals away (None); the chain fits again."""
    hub, before = company.hub, segment.NO_SEAL
    epoch, name = hub.rows("SELECT id, name FROM epoch WHERE stream = 1")[0]
    with hub.store.write(gate=WIDE) as connection:
        chain = entry.Chain.before(1, name, 1)
        for first, last, secret in hub.rows(f"SELECT first, last, secret FROM segment WHERE {PTK} ORDER BY first"):
            for header, payload in hub.rows(f"SELECT header, payload FROM entry WHERE {PTK} AND seq BETWEEN ? AND ?",
                                            first, last):  # fmt: skip
                chain.step(header, wire.decode_array(payload, "entry"), secret)
            said = segment.statement(1, name, first, last, before, chain.head)
            signature = ring.sign(keys.SEGMENT_LABEL, said) if ring else None
            before = segment.seal_of(said, signature) if signature else segment.NO_SEAL
            connection.execute(
                f"UPDATE segment SET head = ?, signature = ?, seal = ? WHERE {PTK} AND first = ?",
                (chain.head, signature, before if signature else None, first),
            )
        connection.execute("UPDATE epoch SET head = ?, seal = ? WHERE id = ?", (chain.head, before, epoch))


def another_name(company) -> None:
    """Somebody changes who a customer is, in the entry and in the record."""
    with company.hub.store.write(gate=WIDE) as connection:
        (payload,) = connection.execute(f"SELECT payload FROM entry WHERE {ENTRY}").fetchone()
        connection.execute(f"UPDATE entry SET payload = ? WHERE {ENTRY}", (payload.replace(b"Sari", b"Dewi"),))
        connection.execute("UPDATE customer SET name = 'Dewi' WHERE number = 'X2'")


def test_a_log_without_seals_is_found(logged) -> None:
    """Goal: what a branch sent counts only under its seal. Method: an entry changed, every seal taken away."""
    another_name(logged)
    seal_again(logged, None)
    assert "PTK 1" == bad_entry(logged, logged.hub)


def test_a_log_sealed_by_another_key_is_found(logged) -> None:
    """Goal: whose key it is says head office's certificate. Method: changed and sealed anew, with the key put in."""
    another_name(logged)
    seal_again(logged, logged.branches[1].keyring)
    public = logged.branches[1].keyring.sign_public
    with logged.hub.store.write(gate=WIDE) as connection:
        connection.execute("UPDATE stream SET sign_public = ? WHERE stream = 1", (public,))
        connection.execute("UPDATE certificate SET sign_public = ? WHERE stream = 1", (public,))
    assert "PTK" == bad_entry(logged, logged.hub)


def test_another_sale_than_was_signed_is_found(logged) -> None:
    """Goal: reports say what was sold. Method: price, payment and total of a sale changed so that all sums hold."""
    branch, hub = logged.branches[0], logged.hub
    with branch.unit() as unit:
        record_sale(unit, lines=[Line(natural_id("product", "OLI-1"), 2, 45_000)], payments=[Paid("cash", 90_000)])
    logged.heal()
    with hub.store.write(gate=WIDE) as connection:
        connection.execute("UPDATE sale_line SET price = 40000")
        connection.execute("UPDATE payment SET amount = 80000")
        connection.execute("UPDATE sale SET total = 80000")
    balances.verify(hub.store.connection())
    assert "PTK 6" == bad_entry(logged, hub)


def test_what_gave_way_does_not_stand_again(logged) -> None:
    """Goal: the newest change stands. Method: a customer's name and its op put back to what they were before."""
    hub = logged.hub
    card, before = hub.rows("SELECT id, stamps FROM customer WHERE number = 'X1'")[0]
    with hub.unit() as unit:
        unit.set(Customer, card, {"name": "Wati"})
    with hub.store.write(gate=WIDE) as connection:
        connection.execute("UPDATE customer SET name = 'Sari', stamps = ? WHERE id = ?", (before, card))
    assert f"HUB {hub.journal.seq}" == bad_entry(logged, hub)


# --- nothing false is said -------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [3, 8])
def test_a_node_is_sound_at_every_moment(company, seed) -> None:
    """Goal: a cut line, a restart, a held entry are no damage. Method: a random history, verified all along."""
    history = History(company, seed)
    for step in range(40):
        history._step()
        if step % 8 == 7:
            assert all(verify(company, side).entries for side in company.sides), history.trace[-1]
