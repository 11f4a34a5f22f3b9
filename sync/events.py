"""Events: what several nodes say happened to one thing, folded into a status that is the same everywhere.  Pure.

An event is a fact.  It names its *tips*: the events about the same thing that its writer saw and that no other one
named yet.  Two events are *concurrent* when neither writer knew of the other.  The law:

- order: what was seen comes before who saw it; else the effective stamp decides, then the id.  An event the hub has
  not taken yet has no stamp: it comes after all that have one.
- the status is what the declared steps make of the events in this order.  It depends on the set of events alone: any
  order of arrival and any repetition ends in the same.
- every event is kept, and counts or bears one flag.  *repeated*: one of its kind that it did not see counts already;
  *illegal*: the status has no step for it; *beaten*: it intends something, and a fact stands that it did not see and
  that did not see it.
- facts are irreversible (goods handed over, money paid), so they beat intentions (to cancel), whatever came first.
- what needs a person is a task: an intention that was beaten, and a fact that bears a flag.

The fold makes no ledger rows: who acts writes them in the same unit as the event.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from typing import NamedTuple

from sync.errors import invariant

REPEATED, ILLEGAL, BEATEN = "repeated", "illegal", "beaten"  # flags


class Event(NamedTuple):
    """``seen``: the ids of its tips; ``effective``: the hub's stamp, None while the hub has not given it."""

    id: bytes
    kind: str
    seen: frozenset[bytes]
    effective: int | None


@dataclass(frozen=True)
class Lifecycle:
    """The declared steps: ``steps[status][kind]`` is the status that follows; ``start`` is the first one.

    ``facts``: kinds that nobody can take back; ``intentions``: kinds that a concurrent fact beats.
    """

    start: str
    steps: Mapping[str, Mapping[str, str]]
    facts: frozenset[str] = frozenset()
    intentions: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        kinds = {kind for steps in self.steps.values() for kind in steps}
        reached = {status for steps in self.steps.values() for status in steps.values()}
        invariant(self.facts | self.intentions <= kinds, "facts and intentions are kinds that some step takes")
        invariant(not self.facts & self.intentions, "nothing is a fact and an intention")
        invariant({self.start, *reached} == set(self.steps), "each status has its steps, and can be reached")

    def after(self, status: str, kind: str) -> str | None:
        """The status that an event of *kind* leads to from *status*; None when there is no such step."""
        return self.steps[status].get(kind)


class Folded(NamedTuple):
    """``order``: the ids of all events; those without one of the ``flags`` count; ``tasks``: those for a person."""

    status: str
    order: tuple[bytes, ...]
    flags: Mapping[bytes, str]
    tasks: tuple[bytes, ...]


def tips(events: Iterable[Event]) -> frozenset[bytes]:
    """The events that no other one has seen: what a new event names."""
    known = list(events)
    return frozenset(event.id for event in known) - frozenset(one for event in known for one in event.seen)


def order(events: Iterable[Event]) -> list[Event]:
    """Each event once, in the order they count.  Those that name each other in a ring, as no hub takes, come last."""
    known = {event.id: event for event in events}
    waits = {event.id: {one for one in event.seen if one in known} for event in known.values()}
    ready = [_rank(known[one]) for one, causes in waits.items() if not causes]
    heapify(ready)
    ordered: list[Event] = []
    while ready:
        event = known.pop(heappop(ready)[-1])
        ordered.append(event)
        for one in known.values():
            if event.id in waits[one.id]:
                waits[one.id].discard(event.id)
                if not waits[one.id]:
                    heappush(ready, _rank(one))
    return ordered + sorted(known.values(), key=_rank)


def _rank(event: Event) -> tuple[bool, int, bytes]:
    return event.effective is None, event.effective or 0, event.id


def fold(life: Lifecycle, events: Iterable[Event]) -> Folded:
    """What the events make of a thing."""
    ordered = order(events)
    pasts = _pasts(ordered)
    facts = [event for event in ordered if event.kind in life.facts]
    status, counted, flags = life.start, list[Event](), dict[bytes, str]()
    for event in ordered:
        following = life.after(status, event.kind)
        if event.kind in life.intentions and any(_concurrent(pasts, event, fact) for fact in facts):
            flags[event.id] = BEATEN
        elif any(one.kind == event.kind and _concurrent(pasts, one, event) for one in counted):
            flags[event.id] = REPEATED
        elif following is None:
            flags[event.id] = ILLEGAL
        else:
            status = following
            counted.append(event)
    tasks = [event.id for event in ordered if event.id in flags and (event in facts or flags[event.id] == BEATEN)]
    return Folded(status, tuple(event.id for event in ordered), flags, tuple(tasks))


def _pasts(ordered: Iterable[Event]) -> dict[bytes, frozenset[bytes]]:
    """For each event all that its writer can have known, step by step back."""
    pasts: dict[bytes, frozenset[bytes]] = {}
    for event in ordered:
        pasts[event.id] = event.seen.union(*(pasts.get(one, frozenset()) for one in event.seen))
    return pasts


def _concurrent(pasts: Mapping[bytes, frozenset[bytes]], one: Event, other: Event) -> bool:
    return one.id not in pasts[other.id] and other.id not in pasts[one.id]
