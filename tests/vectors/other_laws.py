"""The laws of the protocol, written from docs/PROTOCOL.md alone: stamps, what stands, events folded, rights counted."""

from collections.abc import Iterable
from typing import Any

COUNTER = 1 << 16
FROM_MS, TO_MS = 1_577_836_800_000, 2**47
STEPS = {
    "requested": {"send": "sent", "receive": "received", "cancel": "cancelled"},
    "sent": {"send": "sent", "put_back": "sent", "write_off": "sent", "receive": "received"},
    "received": dict.fromkeys(("send", "receive", "put_back", "write_off"), "received"),
    "cancelled": {},
}
IRREVERSIBLE = ("send", "receive", "put_back", "write_off")
Op = tuple[bytes, bytes | None, int, Any]  # name, base, effective stamp, value
Event = tuple[bytes, str, list[bytes], int | None]  # id, kind, tips, effective stamp


def effective(before: int, causes: int, stamp: int, received: int) -> int:
    """The effective stamp of an entry; *causes*: the highest of its bases and of the events it saw, 0 for none."""
    counts = FROM_MS * COUNTER <= stamp < TO_MS * COUNTER
    return max(before + 1, causes + 1, min(stamp if counts else 0, received))


def order(op: Op) -> tuple[int, int, int]:
    """By what ops are compared: effective stamp, stream, ordinal."""
    return op[2], int.from_bytes(op[0][:2], "big"), int.from_bytes(op[0][12:], "big")


def stands(policy: str, ops: Iterable[Op], safe: Any = True) -> bytes:
    """The op that stands in a group once all *ops* have come."""
    found = list(ops)
    heads = [op for op in found if op[0] not in {base for _, base, _, _ in found}]
    if policy == "sticky":
        heads = [op for op in heads if op[3] == safe] or heads
    return max(heads, key=order)[0]


def pasts(events: list[Event]) -> dict[bytes, set[bytes]]:
    """What each event saw: its tips, and what these saw."""
    tips = {event[0]: set(event[2]) for event in events}
    seen: dict[bytes, set[bytes]] = {}

    def past(one: bytes) -> set[bytes]:
        if one not in seen:
            seen[one] = set(tips.get(one, ())).union(*(past(tip) for tip in tips.get(one, ())))
        return seen[one]

    return {one: past(one) for one in tips}


def in_order(events: list[Event], seen: dict[bytes, set[bytes]]) -> list[Event]:
    """What was seen before who saw it, else by effective stamp, then id; those without a stamp last."""
    left, found = {event[0]: event for event in events}, []
    while left:
        ready = [event for event in left.values() if not seen[event[0]] & left.keys()]
        first = min(ready, key=lambda event: (event[3] is None, event[3] or 0, event[0]))
        found.append(left.pop(first[0]))
    return found


def fold(events: list[Event]) -> tuple[str, list[bytes], dict[bytes, str], list[bytes]]:
    """(status, order, flags, tasks) of a transfer."""
    seen = pasts(events)

    def concurrent(one: Event, other: Event) -> bool:
        return one[0] not in seen[other[0]] and other[0] not in seen[one[0]]

    status, flags = "requested", dict[bytes, str]()
    ordered = in_order(events, seen)
    counted: list[Event] = []
    for event in ordered:
        if event[1] == "cancel" and any(one[1] in IRREVERSIBLE and concurrent(one, event) for one in ordered):
            flags[event[0]] = "beaten"
        elif any(one[1] == event[1] and concurrent(one, event) for one in counted):
            flags[event[0]] = "repeated"
        elif event[1] not in STEPS[status]:
            flags[event[0]] = "illegal"
        else:
            status = STEPS[status][event[1]]
            counted.append(event)
    tasks = [one[0] for one in ordered if flags.get(one[0]) == "beaten" or (one[0] in flags and one[1] in IRREVERSIBLE)]
    return status, [one[0] for one in ordered], flags, tasks


class Rights:
    """The rights of one thing: ``held`` and what is ``out`` (granted, less what came back) by (stream, epoch)."""

    def __init__(self, issued: int) -> None:
        self.issued = issued
        self.held: dict[tuple[int, str], int] = {}
        self.out: dict[tuple[int, str], int] = {}

    @property
    def left(self) -> int:
        """What may still be granted."""
        return self.issued - sum(self.out.values())

    def step(self, kind: str, stream: int, epoch: str, quantity: int) -> int:
        """Takes a step, or says by how much it is beyond the rights and takes nothing."""
        place = stream, epoch
        held = self.held.get(place, 0)
        beyond = max(0, quantity - max(0, self.left if kind == "grant" else held))
        if not beyond:
            self.held[place] = held + (quantity if kind == "grant" else -quantity)
            moved = {"grant": quantity, "spend": 0}.get(kind, -quantity)
            self.out[place] = self.out.get(place, 0) + moved
        return beyond
