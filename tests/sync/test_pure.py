"""Corners of the heart's pure modules that no larger test comes by."""

import copy
from types import SimpleNamespace

import peewee
import pytest
from cabang_audit import sell

from crm.customers import ContactPoint, Customer
from sync import clock, digest, escrow, event_stamps, exchange, handover_lines, ids, merger, model, stamps, talks, wire
from sync.changes import Insert
from sync.errors import BadValue, ForeignId, HubBusy, InvariantBroken
from sync.escrow import BeyondRights
from sync.model import TABLES


def test_a_refusal_comes_back_as_it_was_said() -> None:
    """Goal: a branch knows what it was told. Method: an error as it travels, read again."""
    data = wire.encode(exchange.refusal_of(HubBusy(seconds=7)))
    assert ("hub_busy", {"seconds": "7"}) == exchange.read_refusal(data, "hub")


def test_what_an_older_answer_told_is_not_noted() -> None:
    """Goal: a call knows what the last answer told. Method: an answer that was overtaken by the next one."""
    said = talks.Talks(lambda count: bytes(next(numbers) for _ in range(count)), exchange.NONCE_BYTES)
    numbers = iter(range(16))
    first, _ = said.turn((1, 1), exchange.NO_NONCE)
    last, _ = said.turn((1, 1), first)
    said.told((1, 1), first, 99)
    assert 0 == said.call((1, 1), last, 1)


def test_what_waits_does_not_count(company, branch) -> None:
    """Goal: branch and hub compare what both know. Method: a card both hold is changed here; the digest stays."""
    card = sell(branch)
    company.heal()
    before = branch.digest()
    with branch.unit() as unit:
        unit.set(Customer, card, {"street": "Jl. Melati 1"})
    assert [before] * 2 == [branch.digest(), company.hub.digest(1)]
    company.heal()
    assert before != branch.digest() == company.hub.digest(1)


def test_a_reference_of_no_size_is_not_written(branch) -> None:
    """Goal: our own log holds no reference the hub cannot read. Method: one of five bytes."""
    with pytest.raises(BadValue), branch.unit() as unit:
        unit.insert(ContactPoint, {"customer": b"short", "kind": "mobile", "value": "+6281234567890"})
    assert 0 == branch.one("SELECT count(*) FROM contact_point")


def test_an_event_that_is_gone_has_no_stamp(branch) -> None:
    """Goal: nothing is kept of what is not held. Method: a stamp given, given anew, forgotten."""
    with branch.store.write() as connection:
        event_stamps.keep(connection, bytes(14), 5)
        event_stamps.keep(connection, bytes(14), 6)
        assert 6 == event_stamps.of(connection, bytes(14))
        event_stamps.forget(connection, bytes(14))
        assert event_stamps.of(connection, bytes(14)) is None


def test_declarations_of_models() -> None:
    """Goal: a mistake in a declaration is found at once. Method: a field the wire does not know; everybody."""
    with pytest.raises(InvariantBroken):
        model._kind(peewee.FloatField())
    assert [model.EVERYONE] == list(model.everyone({}, lambda *asked: None))


def test_no_row_under_another_ones_number(hub) -> None:
    """Goal: nobody writes in another one's name. Method: an op of stream 2 in an entry of stream 1."""
    op = ids.pack(2, b"start!", 1, 0)
    change = Insert(TABLES["customer"], op, op, ("K-1", "individual", None, False), {}, False)
    with pytest.raises(ForeignId), hub.store.write() as connection:
        hub.exchange.merger.start(connection, SimpleNamespace(stream=1), 0, clock.stamp_of(hub.now))
        hub.exchange.merger.apply(change)


def test_a_conflict_is_noted_once(hub) -> None:
    """Goal: the list has each once, however often it is met. Method: one written twice; the feed's rows."""
    spec = TABLES["conflict"]
    blanks = {"id": bytes(16), "table": "customer", "row": bytes(14), "group": "name"}
    values = {field.name: 0 for field in spec.fields} | blanks | dict.fromkeys(("kept_op", "lost_op"), bytes(14))
    with hub.store.write() as connection:
        hub.exchange.merger.start(connection, SimpleNamespace(stream=1), 0, clock.stamp_of(hub.now))
        for _ in range(2):
            hub.exchange.merger._write_once(spec, values)
        hub.feed.save(connection)
        assert [(1,)] == connection.execute("SELECT count(*) FROM conflict").fetchall()
        assert [(1,)] == connection.execute("SELECT count(*) FROM feed WHERE row = ?", (bytes(16),)).fetchall()


def test_what_is_known_to_exist_is_forgotten_in_time(company, branch, monkeypatch) -> None:
    """Goal: memory stays small whatever is referred to. Method: room for one row; a sale, equal digests."""
    monkeypatch.setattr(merger, "_KNOWN_MAX", 0)
    sell(branch)
    company.heal()
    assert (1, branch.digest()) == (len(company.hub.exchange.merger._known), company.hub.digest(1))


def test_a_group_without_a_base_keeps_what_it_shows() -> None:
    """Goal: the digest counts what the hub said of each group. Method: it spoke of the first of two that wait."""
    spec = TABLES["customer"]
    row = dict.fromkeys(field.name for field in spec.fields) | {"number": "K-2", "kind": "family"}
    row["stamps"] = stamps.fresh(bytes(14), 0, 0)
    found = digest._with_bases(spec, row, {0: (stamps.Standing(bytes(14), 5, 0), ["K-1"]), 1: None})
    assert found is not None
    assert ("K-1", "family") == (found["number"], found["kind"])


def test_rights_end() -> None:
    """Goal: a step beyond what was granted is held. Method: none too many, one too many."""
    escrow.keep_within(0, "voucher_use")
    with pytest.raises(BeyondRights):
        escrow.keep_within(1, "voucher_use")


def test_words_of_another_program_travel_between_processes() -> None:
    """Goal: an error is handed on whole. Method: one this program does not know, copied as processes do."""
    said = handover_lines.Relayed("odd", "It is odd.", "Wait.", True, {"seconds": 7})
    other = copy.copy(said)
    assert (said.code, said.todo, said.params) == (other.code, other.todo, other.params)
