"""Corners of the heart's pure modules that no larger test comes by."""

import peewee
import pytest
from cabang_audit import sell

from crm.customers import ContactPoint, Customer
from sync import event_stamps, exchange, model, talks, wire
from sync.errors import BadValue, HubBusy, InvariantBroken


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
