"""What a node does by itself: not by a date nobody has confirmed, and no jump of the clock stops it for years."""

import sqlite3
import threading
from contextlib import AbstractContextManager, nullcontext
from types import SimpleNamespace
from typing import Any

import pytest

from crm.jobs import JOBS, Job, Jobs
from sync.clock import Clock

NOON, HOUR_MS = 1_767_243_600_000, 3_600_000
YEAR_MS = 365 * 24 * HOUR_MS


class Kept:
    """A node table."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.get, self.put = self.values.get, self.values.__setitem__

    def write(self) -> AbstractContextManager[None]:
        return nullcontext()


@pytest.fixture
def node() -> Any:
    """A node whose clock is the test's."""
    made = SimpleNamespace(store=Kept(), device=NOON)
    made.clock = Clock(lambda: made.device)
    return made


def jobs(node: Any) -> tuple[Jobs, list[str]]:
    """One job by the date and one that is not, both hourly; what was done."""
    done: list[str] = []
    by_date = Job("greet", HOUR_MS, lambda node: done.append("greet"))
    always = Job("seal", HOUR_MS, lambda node: done.append("seal"), by_date=False)
    return Jobs(node, (by_date, always)), done


def test_nothing_goes_by_a_date_nobody_has_confirmed(node) -> None:
    """Goal: a PC with a dead clock greets nobody; its log is sealed all the same. Method: look, confirm, look."""
    work, done = jobs(node)
    work.look()
    assert ["seal"] == done
    node.clock.confirmed = True
    work.look()
    assert ["seal", "greet"] == done


@pytest.mark.parametrize("jump", [10 * YEAR_MS, -10 * YEAR_MS, 0, 2 * HOUR_MS], ids=["ahead", "back", "stuck", "hours"])
def test_a_jump_of_the_clock_stops_no_job_for_years(node, jump) -> None:
    """Goal: no lock-out by a wrong clock. Method: due times made before, in and after the jump; each job within the
    hour after the clock is right again, and not more than once in it.
    """
    work, done = jobs(node)
    node.clock.confirmed = True
    work.look()
    node.device = NOON + jump
    work.look()
    done.clear()
    node.device = NOON + HOUR_MS
    work.look()
    work.look()
    node.device += HOUR_MS + 1
    work.look()
    assert 1 <= done.count("greet") <= 2 and 1 <= done.count("seal") <= 2


def test_only_sealing_does_without_the_date() -> None:
    """Goal: a new job goes by the date unless somebody thought about it. Method: the jobs both nodes do."""
    assert ["seal_log"] == [job.name for job in JOBS if not job.by_date]


def test_a_disk_that_cannot_be_read_stops_no_jobs_for_good(node, monkeypatch) -> None:
    """Goal: what a node does by itself goes on without a restart. Method: the first look fails; the thread's next."""
    looked, gone_on = [], threading.Event()

    def look() -> None:
        looked.append(True)
        raise sqlite3.OperationalError("disk I/O error")

    running = Jobs(node, ())
    monkeypatch.setattr(running, "look", look)
    monkeypatch.setattr(running._scheduler, "run_pending", gone_on.set)
    running.start()
    assert (True, [True]) == (gone_on.wait(5), looked)
    running.stop()
