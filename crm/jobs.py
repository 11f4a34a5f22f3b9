"""Jobs a node does by itself: ``schedule`` says when to look, the database remembers when each is due.

``schedule`` has no memory and an exception would end its loop: so due times live in the node table, and a job that
fails is tried again at its next turn, its error kept for ``cabang doctor``.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from typing import NamedTuple

import schedule

from sync.errors import CabangError
from sync.node import Node

LOOK_EVERY_S = 60
_LOG = logging.getLogger(__name__)


class Job(NamedTuple):
    """``work(node)`` is done every ``every_ms``; ``name`` is its name in the node table.

    ``by_date``: what it does depends on the date being right.
    """

    name: str
    every_ms: int
    work: Callable[[Node], None]
    by_date: bool = True


class Jobs:
    """Runs *jobs* of *node* in a thread until ``stop()``.  What fell due while switched off is done at once."""

    def __init__(self, node: Node, jobs: Sequence[Job]) -> None:
        self.node, self.jobs = node, jobs
        self._scheduler = schedule.Scheduler()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)
        self._scheduler.every(LOOK_EVERY_S).seconds.do(self.look)

    def start(self) -> None:
        """Begins; the first look comes at once."""
        self._thread.start()

    def stop(self) -> None:
        """Ends after the running job."""
        self._stopping.set()
        self._thread.join(timeout=10)

    def _run(self) -> None:
        self._turn(self.look)
        while not self._stopping.wait(1):
            self._turn(self._scheduler.run_pending)

    def _turn(self, work: Callable[[], None]) -> None:
        """Whatever it was, as a disk that is full or cannot be read: the next turn tries again."""
        try:
            work()
        except Exception:  # noqa: BLE001  (the thread's edge)
            _LOG.exception("a job could not be done")

    def look(self) -> None:
        """Does every job that is due; nothing goes by the date while nobody has confirmed it."""
        now = self.node.clock.now_ms()
        for job in self.jobs:
            if self._is_due(job, now) and (self.node.clock.confirmed or not job.by_date):
                self._do(job, now)

    def _is_due(self, job: Job, now: int) -> bool:
        """Its time has come, or lies so far ahead that the clock must have been set back since."""
        due = self.node.store.get(f"job_{job.name}") or 0
        return now >= due or due > now + job.every_ms

    def _do(self, job: Job, now: int) -> None:
        failure = ""
        try:
            job.work(self.node)
        except CabangError as error:
            failure = str(error)
        with self.node.store.write():
            self.node.store.put(f"job_{job.name}", now + job.every_ms)
            self.node.store.put(f"job_{job.name}_failure", failure)


REQUEST_KEPT_MS = 7 * 24 * 3_600_000


def forget_requests(node: Node) -> None:
    """Drops idempotency keys no browser can repeat any more."""
    node.store.forget_requests(node.clock.now_ms() - REQUEST_KEPT_MS)


def seal_log(node: Node) -> None:
    """Seals what is open, so that a copy of the file holds signed history."""
    node.journal.seal()
    node.canary.keep()


JOBS = (Job("forget_requests", 24 * 3_600_000, forget_requests), Job("seal_log", 10 * 60_000, seal_log, by_date=False))
