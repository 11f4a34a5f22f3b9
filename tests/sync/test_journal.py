"""The journal: one unit is one transaction, one entry, and the rows it says."""

import threading
from contextlib import suppress
from typing import Any

import pytest
from cabang_pair import NOON

from crm.customers import Customer
from crm.selling import Payment, Sale, SaleLine
from sync import entry, ids, wire
from sync.errors import LogDamaged


def customer(unit, number="X1", **more) -> bytes:
    return unit.insert(Customer, {"number": number, **more})


def log(side) -> list[tuple[Any, ...]]:
    return side.rows("SELECT seq, start, n, header, payload FROM entry WHERE stream = ? ORDER BY seq", side.stream)


# --- one unit, one entry ---------------------------------------------------------------------------------------


def test_a_unit_is_one_entry_with_all_its_rows(branch) -> None:
    """Goal: what belongs together is logged together. Method: three rows in one unit; one entry, three ops."""
    before = branch.journal.seq
    with branch.unit() as unit:
        made = [customer(unit, f"X{n}") for n in range(3)]
    assert before + 1 == branch.journal.seq
    assert 3 == len(wire.decode_array(log(branch)[-1][4], "entry"))
    assert [(row,) for row in made] == branch.rows("SELECT id FROM customer ORDER BY id")


def test_an_exception_leaves_nothing(branch) -> None:
    """Goal: all or nothing, in the file and in memory. Method: an exception after two writes, then an ordinary unit."""
    before = log(branch)
    with suppress(ZeroDivisionError), branch.unit() as unit:
        customer(unit)
        raise ZeroDivisionError
    assert ([], before) == (branch.rows("SELECT * FROM customer"), log(branch))
    with branch.unit() as unit:
        customer(unit)
    assert len(before) + 1 == branch.journal.seq == log(branch)[-1][0]
    branch.restart()
    assert len(before) + 1 == branch.journal.seq


@pytest.mark.parametrize("value", [None, "X1"])
def test_an_empty_unit_logs_nothing(branch, value) -> None:
    """Goal: no entry without a change. Method: a unit that does nothing, and one that sets what is there."""
    with branch.unit() as unit:
        made = customer(unit)
    before = log(branch)
    with branch.unit() as unit:
        if value:
            assert unit.set(Customer, made, {"number": value}) is False
    assert before == log(branch)


def test_only_what_changed_is_logged(branch) -> None:
    """Goal: a field nobody touched is not said again. Method: set two fields of which one changes; read the op."""
    with branch.unit() as unit:
        made = customer(unit, kind="corporate")
    with branch.unit() as unit:
        assert unit.set(Customer, made, {"kind": "corporate", "number": "X2"})
    (op,) = wire.decode_array(log(branch)[-1][4], "entry")
    assert [[0, [1, 0], "X2"]] == wire.decode_array(op, "op")[3:]


def test_a_unit_sees_its_own_changes_and_nobody_else_does(branch) -> None:
    """Goal: isolation. Method: read inside the unit, in another thread meanwhile, and after it."""
    seen = []
    with branch.unit() as unit:
        made = customer(unit)
        unit.set(Customer, made, {"number": "X2"})
        assert "X2" == (unit.get(Customer, made) or {})["number"]
        reader = threading.Thread(target=lambda: seen.append(branch.one("SELECT count(*) FROM customer")))
        reader.start()
        reader.join()
    assert ([0], 1) == (seen, branch.one("SELECT count(*) FROM customer"))


def test_who_and_when_are_in_the_header_alone(branch) -> None:
    """Goal: implied fields are not sent twice. Method: a sale; its row has them, its op has not."""
    actor = ids.pack(1, b"person", 1, 0)
    with branch.unit(actor) as unit:
        made = unit.insert(Sale, {"number": 1, "total": 0}, children={SaleLine: [], Payment: []})
        assert (NOON, actor, 1) == (unit.stamp_ms, unit.actor, unit.stream)
    _, _, _, header, payload = log(branch)[-1]
    assert actor == entry.decode_header(header).actor
    assert [[1, 40, [1, 1, "sale", None, 0]]] == [wire.decode_array(op, "op") for op in wire.decode_array(payload, "e")]
    assert [(1, NOON, actor)] == branch.rows("SELECT stream, at, cashier FROM sale WHERE id = ?", made)


def test_who_is_told_of_a_commit_hears_of_each_once(branch) -> None:
    """Goal: the sync client is woken. Method: a listener over a unit, an empty one and a failed one."""
    heard = []
    branch.journal.on_commit.append(lambda: heard.append(branch.journal.seq))
    with branch.unit() as unit:
        customer(unit)
    with branch.unit():
        pass
    with suppress(ZeroDivisionError), branch.unit() as unit:
        raise ZeroDivisionError
    assert [branch.journal.seq] == heard


# --- ids -------------------------------------------------------------------------------------------------------


def test_ids_are_stream_start_unit_and_place(branch) -> None:
    """Goal: ids are what PROTOCOL says. Method: two units with two rows each, compared with names packed by hand."""
    made = []
    for _ in range(2):
        with branch.unit() as unit:
            made += [customer(unit), customer(unit)]
    start = log(branch)[-1][1]
    assert [ids.pack(1, start, n, ordinal) for n in (1, 2) for ordinal in (0, 1)] == made


def test_a_personal_op_takes_its_place_too(branch) -> None:
    """Goal: ordinals count op items. Method: a row with a personal field, then another row."""
    with branch.unit() as unit:
        first, second = customer(unit, name="Sari"), customer(unit)
    assert (0, 2) == (ids.unpack(first).ordinal, ids.unpack(second).ordinal)


def test_a_restart_changes_no_id_and_repeats_none(branch) -> None:
    """Goal: ids never change and never collide. Method: rows before and after three restarts, in one open segment."""
    made = []
    for _ in range(3):
        with branch.unit() as unit:
            made.append(customer(unit))
        branch.restart()
    assert 3 == len({row[:8] for row in made})
    assert [1, 1, 1] == [ids.unpack(row).n for row in made]
    assert sorted(made) == [row for (row,) in branch.rows("SELECT id FROM customer ORDER BY id")]


def test_a_failed_unit_takes_no_number(branch) -> None:
    """Goal: n is taken at commit only. Method: a failed unit between two good ones."""
    numbers = []
    for fail in (False, True, False):
        with suppress(ZeroDivisionError), branch.unit() as unit:
            numbers.append(ids.unpack(customer(unit)).n)
            if fail:
                raise ZeroDivisionError
    assert [1, 2, 2] == numbers


def test_a_natural_key_makes_one_row(branch) -> None:
    """Goal: the same thing is the same row. Method: insert twice by key; the second is a change of the first."""
    with branch.unit() as unit:
        first = unit.insert(Customer, {"number": "17850"}, key=(" 17850 ",))
    with branch.unit() as unit:
        second = unit.insert(Customer, {"number": "17850", "kind": "corporate"}, key=("17850",))
    assert ids.natural("customer", "17850") == first == second
    assert [("corporate",)] == branch.rows("SELECT kind FROM customer")


# --- over a restart --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("units", [0, 1, 7])
def test_the_open_segment_goes_on_after_a_restart(branch, company, units) -> None:
    """Goal: the chain is found again without a stored head. Method: units, restart, units, sync, digests equal."""
    for round_ in range(2):
        for n in range(units):
            with branch.unit() as unit:
                customer(unit, f"{round_}/{n}", name="Sari")
        branch.restart()
    company.heal()
    assert company.hub.digest(1) == branch.digest()
    assert 2 * units == company.hub.one("SELECT count(*) FROM customer")


def test_a_hole_in_the_open_segment_stops_the_start(branch) -> None:
    """Goal: a damaged log is not gone on with. Method: remove an entry of the open segment, start."""
    for n in range(3):
        with branch.unit() as unit:
            customer(unit, f"X{n}")
    with branch.store.write() as connection, branch.store.wide():
        connection.execute("DELETE FROM entry WHERE seq = (SELECT max(seq) - 1 FROM entry)")
    with pytest.raises(LogDamaged):
        branch._wake()


# --- repeated requests -----------------------------------------------------------------------------------------


def test_a_request_is_remembered_with_its_row(branch) -> None:
    """Goal: a doubled click makes one sale. Method: remember in the unit, ask in the next and after a restart."""
    with branch.unit() as unit:
        assert unit.remembered("basket 7") is None
        made = customer(unit)
        unit.remember("basket 7", made)
    branch.restart()
    with branch.unit() as unit:
        assert made == unit.remembered("basket 7")


def test_a_request_that_failed_is_not_remembered(branch) -> None:
    """Goal: what did not happen may be tried again. Method: an exception after remembering."""
    with suppress(ZeroDivisionError), branch.unit() as unit:
        unit.remember("basket 7", customer(unit))
        raise ZeroDivisionError
    with branch.unit() as unit:
        assert unit.remembered("basket 7") is None
