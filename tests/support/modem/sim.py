"""Where received messages lie: the SIM's places, and the modem's own for status reports."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

UNREAD, READ = 0, 1
ALL = 4


@dataclass
class Stored:
    """One message; ``pdu`` is hexadecimal with the service centre first."""

    pdu: str
    status: int = UNREAD

    @property
    def octets(self) -> int:
        """The length of its TPDU, which answers name."""
        return tpdu_octets(self.pdu)


def tpdu_octets(pdu: str) -> int:
    """Octets of a PDU after its service centre."""
    return len(pdu) // 2 - 1 - int(pdu[:2], 16)


class Memory:
    """Numbered places from 1; *capacity* is asked anew each time, because a test may change it."""

    def __init__(self, capacity: Callable[[], int]) -> None:
        self._capacity = capacity
        self.places: dict[int, Stored] = {}

    @property
    def capacity(self) -> int:
        """How many messages fit."""
        return self._capacity()

    def add(self, pdu: str) -> int | None:
        """Stores a message at the lowest free place; None when it is full."""
        free = (place for place in range(1, self.capacity + 1) if place not in self.places)
        place = next(free, None)
        if place is not None:
            self.places[place] = Stored(pdu)
        return place

    def has(self, place: int) -> bool:
        """Is there such a place, used or not?"""
        return 1 <= place <= self.capacity

    def listing(self, status: int) -> Iterator[tuple[int, Stored]]:
        """Places with messages of a *status*; they are marked as read once they were handed out."""
        for place, stored in sorted(self.places.items()):
            if status in (stored.status, ALL):
                yield place, stored
                stored.status = READ

    def delete_read(self) -> None:
        """Frees every place whose message has been read."""
        self.places = {place: stored for place, stored in self.places.items() if stored.status != READ}
