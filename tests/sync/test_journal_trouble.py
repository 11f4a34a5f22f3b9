"""The journal in trouble: wrong clocks, full disks, many threads, too much at once; and how segments are sealed."""

import threading
from pathlib import Path
from typing import Any

import pytest

from crm.customers import Customer
from sync import limits
from sync.errors import CabangError, DiskFull, InvariantBroken, UnitTooLarge, WriterBusy

YEAR_MS = 365 * 24 * 3_600_000


def customer(unit, number="X1", **more) -> bytes:
    return unit.insert(Customer, {"number": number, **more})


def log(side) -> list[tuple[Any, ...]]:
    return side.rows("SELECT seq, start, n, header, payload FROM entry WHERE stream = ? ORDER BY seq", side.stream)


# --- stamps ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "jumps",
    [[0] * 5, [-1] * 5, [10 * YEAR_MS, -10 * YEAR_MS, 0, 5], [-10 * YEAR_MS, 0], [2**47, 0, 1], [-(2**50), 2**50, 0]],
    ids=["still", "backwards", "ten years ahead", "ten years behind", "beyond 47 bits", "absurd"],
)
def test_stamps_only_grow_whatever_the_clock_does(branch, company, jumps) -> None:
    """Goal: no clock stops the till or turns time round. Method: units under a jumping clock; stamps and exchange."""
    stamps = []
    for jump in jumps:
        branch.now += jump
        with branch.unit() as unit:
            customer(unit)
        stamps.append(branch.journal.stamp)
    assert sorted(set(stamps)) == stamps
    branch.restart()
    company.heal()
    assert company.hub.digest(1) == branch.digest()


# --- too much, too full, too many ------------------------------------------------------------------------------


def test_a_unit_too_large_leaves_nothing(branch) -> None:
    """Goal: a limit is met before the log. Method: more bytes than an entry may have, more ops than it may have."""
    before = log(branch)
    with pytest.raises(UnitTooLarge), branch.unit() as unit:
        for n in range(40):
            customer(unit, f"X{n}", name="S" * 8_000)
    with pytest.raises(UnitTooLarge), branch.unit() as unit:
        for _ in range(limits.ENTRY_OPS_MAX + 1):
            customer(unit, "X")
    assert (before, []) == (log(branch), branch.rows("SELECT * FROM customer"))
    with branch.unit() as unit:
        customer(unit)
    assert len(before) + 1 == branch.journal.seq


def test_a_full_disk_refuses_the_sale_and_then_works_again(branch) -> None:
    """Goal: disk full is said, loses nothing, and passes. Method: a page limit on the file, then none."""
    branch.store._writer.execute("PRAGMA max_page_count = 1")
    done = 0
    with pytest.raises(DiskFull):
        for done in range(10_000):
            with branch.unit() as unit:
                customer(unit, f"X{done}", caution="c" * 5_000)
    assert done == branch.one("SELECT count(*) FROM customer") == branch.journal.seq - 1
    branch.store._writer.execute("PRAGMA max_page_count = 1073741823")
    with branch.unit() as unit:
        customer(unit)
    assert done + 1 == branch.one("SELECT count(*) FROM customer")
    branch.restart()
    assert done + 2 == branch.journal.seq


def test_threads_write_one_after_another_while_another_seals(branch, company) -> None:
    """Goal: chain and file agree under threads. Method: two threads writing, one sealing, then the log is sent."""
    faults: list[BaseException] = []

    def run(work) -> None:
        try:
            for n in range(60):
                work(n)
        except CabangError as error:
            faults.append(error)

    def write(n: int) -> None:
        with branch.unit() as unit:
            customer(unit, f"X{n}")

    threads = [threading.Thread(target=run, args=(work,)) for work in (write, write, lambda n: branch.journal.seal())]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    company.heal()
    assert ([], 120, 120) == (
        faults,
        branch.one("SELECT count(*) FROM customer"),
        company.hub.one("SELECT count(*) FROM customer"),
    )
    assert company.hub.digest(1) == branch.digest()


def test_who_waits_too_long_is_told(branch, monkeypatch) -> None:
    """Goal: nobody waits for ever. Method: a unit in one thread while another tries, the wait shortened."""
    monkeypatch.setattr(limits, "WRITER_WAIT_S_MAX", 0.01)
    errors: list[str] = []

    def late() -> None:
        try:
            with branch.unit() as unit:
                customer(unit)
        except WriterBusy as error:
            errors.append(error.code)

    with branch.unit():
        thread = threading.Thread(target=late)
        thread.start()
        thread.join()
    assert ["writer_busy"] == errors


def test_units_do_not_nest(branch) -> None:
    """Goal: a forgotten outer unit is a fault, not a surprise. Method: a unit inside a unit; nothing is left."""
    before = log(branch)
    with pytest.raises(InvariantBroken), branch.unit() as unit:
        customer(unit)
        with branch.unit():
            pass
    assert before == log(branch)


# --- sealing ---------------------------------------------------------------------------------------------------


def segments(side) -> list[tuple[Any, ...]]:
    return side.rows("SELECT first, last, signature IS NOT NULL FROM segment ORDER BY first")


def test_a_segment_is_sealed_by_count(branch, monkeypatch) -> None:
    """Goal: a segment never holds more than it may. Method: the limit lowered to 3, seven units."""
    monkeypatch.setattr(limits, "SEGMENT_ENTRIES_MAX", 3)
    first = branch.journal.seq + 1
    for n in range(7):
        with branch.unit() as unit:
            customer(unit, f"X{n}")
    assert [(first, first + 2, 1), (first + 3, first + 5, 1), (first + 6, None, 0)] == segments(branch)[-3:]


def test_a_segment_is_sealed_by_bytes(branch) -> None:
    """Goal: segments stay small enough for a slow line. Method: large entries until one is sealed."""
    while segments(branch)[-1][2]:
        with branch.unit() as unit:
            customer(unit)
    for _ in range(9):
        with branch.unit() as unit:
            customer(unit, name="S" * 8_000)
    (size,) = branch.rows("SELECT max(size) FROM segment WHERE signature IS NOT NULL")[0]
    assert limits.SEGMENT_BYTES_SOFT <= size < limits.SEGMENT_BYTES_SOFT + limits.ENTRY_BYTES_MAX


def test_sealing_nothing_makes_no_segment(branch) -> None:
    """Goal: an idle node writes nothing. Method: seal twice."""
    branch.journal.seal()
    before = segments(branch)
    branch.journal.seal()
    assert before == segments(branch)


def test_a_thread_takes_its_connection_along(branch) -> None:
    """Goal: a node that runs for months keeps no file open for threads that ended. Method: many readers, open files."""

    def open_files() -> int:
        return sum(1 for _ in Path("/proc/self/fd").iterdir())

    branch.store.get("stream")
    before = open_files()
    for _ in range(20):
        reader = threading.Thread(target=lambda: branch.store.get("stream"))
        reader.start()
        reader.join()
    assert open_files() <= before + 2
