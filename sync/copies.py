"""What the hub knows of copies of a branch's database: epochs that took turns.

A branch whose epoch was replaced by a newer one comes back only when two computers work as that branch.  What copies
leave for people to do is ticked off here as well.
"""

from contextlib import suppress
from typing import NamedTuple

from sync.errors import DiskFull, WriterBusy
from sync.store import Store

_SEEN = "INSERT INTO copy_seen VALUES (?, ?, 1) ON CONFLICT (stream) DO UPDATE SET at = excluded.at, times = times + 1"


class Copies(NamedTuple):
    """Two computers work as branch number ``stream``: seen ``times`` times, last ``at`` (ms UTC)."""

    stream: int
    at: int
    times: int


def note(store: Store, stream: int, now_ms: int) -> None:
    """Branch number *stream* spoke of an epoch that a newer one has replaced."""
    with suppress(WriterBusy, DiskFull), store.write() as connection:  # it comes again, and is noted then
        connection.execute(_SEEN, (stream, now_ms))


def tick_off(store: Store, task: str, now_ms: int, actor: bytes) -> None:
    """Person *actor* has seen to a task that copies left; *task* names it."""
    with store.write() as connection:
        connection.execute("INSERT INTO task_done VALUES (?, ?, ?) ON CONFLICT DO NOTHING", (task, now_ms, actor))


def ticked_off(store: Store) -> set[str]:
    """The tasks that were seen to."""
    return {task for (task,) in store.connection().execute("SELECT task FROM task_done")}


def seen(store: Store) -> list[Copies]:
    """Every branch as which two computers have worked, the last one seen first."""
    return [Copies(*row) for row in store.connection().execute("SELECT * FROM copy_seen ORDER BY at DESC")]
