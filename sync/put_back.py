"""What happened to this copy of a node's data, for people: put back, copied, run twice, or lost at head office."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from sync import epochs
from sync.errors import N_
from sync.store import Store

TOLD_MS = 14 * 24 * 3_600_000  # so long it is told


class Told(NamedTuple):
    """When (ms UTC), what happened and what to do (message ids), and their places."""

    at: int
    happened: str
    todo: str
    places: dict[str, Any]


_BRANCH = {
    epochs.RESTORED: (
        N_("The data of this computer was put back from a backup."),
        N_("What head office received since then comes back by itself; type in receipts that it never received."),
    ),
    epochs.OLDER: (
        N_("The data of this computer was found to be an older copy of itself; it goes on from there."),
        N_(
            "What head office received since then comes back by itself. If nobody put a copy back, have the disk "
            "checked."
        ),
    ),
    epochs.FORKED: (
        N_("Head office held other records of this branch than this computer: its data was copied or put back."),
        N_("Nothing is lost: both were put together. Make sure that only one computer works as this branch."),
    ),
    epochs.REPLACED: (
        N_("Another computer works as this branch."),
        N_("Stop one of the two. Nothing is lost meanwhile, and both may sell."),
    ),
}
_HUB = (
    N_("The data of head office was put back to an older state."),
    N_(
        "Branches give back what they hold, also what head office had written: take it over. Do again: new branches, "
        "withdrawn keys, written off uses."
    ),
)
_LOST = (
    N_("Head office had lost %(count)s records that it had received, and gets them again from here."),
    N_("Ask head office whether it was put back from a backup."),
)


def told(store: Store, now_ms: int) -> list[Told]:
    """What people should know of the last two weeks, the newest first."""
    return sorted((one for one in _all(store) if now_ms - one.at < TOLD_MS), reverse=True, key=lambda one: one.at)


def _all(store: Store) -> Iterator[Told]:
    why, since = store.get(epochs.WHY), store.get(epochs.SINCE)
    if why is not None:
        yield Told(since, *(_BRANCH[why] if store.get("stream") else _HUB), {})
    lost = store.get("hub_lost")
    if lost:
        yield Told(store.get("hub_lost_at"), *_LOST, {"count": lost})
