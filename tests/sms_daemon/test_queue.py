"""Choosing what goes next, flat however many messages wait."""

import sqlite3

import pytest
from sms_shop import HOUR, Shop

from sms_daemon import inbox, queue, reading, reports, schema, sending
from sms_daemon.queue import Stop
from sms_daemon.sending import Job

LOOKUPS = [
    queue.HEAD_SQL,
    queue.JOB_SQL,
    queue.DUE_SQL,
    queue.RANK_SQL,
    reports.OWNERS_SQL,
    reports.OVERDUE_SQL,
    reading.OLDEST_SQL,
    sending.SENDING_SQL,
]


@pytest.fixture(scope="module")
def tables() -> sqlite3.Connection:
    """An empty ledger."""
    connection = sqlite3.connect(":memory:")
    schema.create(connection)
    return connection


@pytest.mark.parametrize("sql", LOOKUPS)
def test_looking_up_walks_no_table(tables: sqlite3.Connection, sql: str) -> None:
    """Goal: a hundred thousand waiting messages cost nothing. Method: SQLite's own plan: indexes, no scan, no sort."""
    plan = [row[3] for row in tables.execute(f"EXPLAIN QUERY PLAN {sql}", [1] * sql.count("?"))]
    assert [] == [step for step in plan if not step.startswith("SEARCH") or " USING " not in step]
    assert "OFFSET" not in sql


def test_a_long_message_unjoined_is_found_by_its_index(tables: sqlite3.Connection) -> None:
    """Goal: joining walks only what waits for parts. Method: the plan names the partial index."""
    plan = [row[3] for row in tables.execute(f"EXPLAIN QUERY PLAN {inbox.OLD_SQL}", (1, 1))]
    assert ["SCAN inbound_part USING INDEX inbound_waiting"] == plan


def taken(shop: Shop, *kinds: str) -> list[bytes]:
    """Messages of these kinds, taken in; nothing is sent."""
    messages = [shop.message(f"Nomor {place}", kind=kind) for place, kind in enumerate(kinds)]
    shop.script(open={"ok": False, "state": "no_sim"})
    shop.start()
    shop.until_rest()
    return messages


def choose(shop: Shop, gate=lambda job: None, modem: str = "meja", turn: int = 0) -> Job | None:
    return queue.next_job(shop.ledger, modem, gate, turn, shop.now[0])


def test_a_stopped_message_lets_the_next_one_pass(shop: Shop) -> None:
    """Goal: nobody waits behind one that may not go. Method: stop the first; the second is chosen."""
    first, second = taken(shop, "staff", "staff")
    job = choose(shop, lambda job: Stop("held", "consent") if job.message == first else None)
    assert job is not None
    assert second == job.message
    assert ("held", "consent") == shop.state(first)


def test_what_holds_for_a_kind_stops_all_of_it(shop: Shop) -> None:
    """Goal: one look per kind, not per message. Method: stop the whole kind; count the questions."""
    taken(shop, *["promotion"] * 5, "greeting")
    asked = []

    def gate(job: Job) -> Stop:
        asked.append(job.kind)
        return Stop("waiting", "quiet", shop.now[0] + HOUR, whole_kind=True)

    assert choose(shop, gate) is None
    assert ["greeting", "promotion"] == asked
    assert {"waiting": 6} == shop.states()
    assert 0 == queue.wake(shop.ledger, shop.now[0])
    assert 6 == queue.wake(shop.ledger, shop.now[0] + HOUR)


def test_what_waits_for_another_modem_is_left_alone(shop: Shop) -> None:
    """Goal: a modem without credit passes the rank by. Method: a stop without a state; nothing changes."""
    promotion, staff = taken(shop, "promotion", "staff")
    job = choose(shop, lambda job: Stop(None, "credit") if job.kind == "staff" else None)
    assert job is not None
    assert promotion == job.message
    assert ("queued", None) == shop.state(staff)


def test_a_message_begun_by_a_modem_stays_with_it(shop: Shop) -> None:
    """Goal: parts come from one number. Method: bind it; the other modem passes; without the first it is free."""
    (message,) = taken(shop, "staff")
    with shop.ledger.transaction():
        shop.ledger.run("UPDATE message SET modem = 'meja'")
    assert choose(shop, modem="gudang") is None
    job = choose(shop)
    assert job is not None
    assert message == job.message
    queue.unbind(shop.ledger, ["gudang"])
    assert choose(shop, modem="gudang") is not None


def test_a_due_time_never_passes_the_end(shop: Shop) -> None:
    """Goal: a message that expires while it waits is seen to. Method: it waits past its end; it is woken at its end."""
    shop.message(kind="promotion", expires=shop.now[0] + HOUR)
    taken(shop)
    choose(shop, lambda job: Stop("waiting", "quiet", shop.now[0] + 9 * HOUR, whole_kind=True))
    assert [(shop.now[0] + HOUR,)] == shop.ledger.rows("SELECT due_at FROM message")
