"""The steps of a transfer, and what is left of its goods on the way.  Plain functions over what was said."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from crm.transfers.models import CANCEL, PUT_BACK, RECEIVE, SEND, WRITE_OFF
from sync.events import Lifecycle

REQUESTED, SENT, RECEIVED, CANCELLED = "requested", "sent", "received", "cancelled"
CORRECTIONS = (PUT_BACK, WRITE_OFF)

# Goods may arrive before the news that they were sent; more may be sent, and arrive, later.
LIFE = Lifecycle(
    start=REQUESTED,
    steps={
        REQUESTED: {SEND: SENT, RECEIVE: RECEIVED, CANCEL: CANCELLED},
        SENT: {SEND: SENT, RECEIVE: RECEIVED, PUT_BACK: SENT, WRITE_OFF: SENT},
        RECEIVED: {SEND: RECEIVED, RECEIVE: RECEIVED, PUT_BACK: RECEIVED, WRITE_OFF: RECEIVED},
        CANCELLED: {},
    },
    facts=frozenset({SEND, RECEIVE, PUT_BACK, WRITE_OFF}),
    intentions=frozenset({CANCEL}),
)


class Moved(NamedTuple):
    """How much of a product; in a correction negative when more arrived than was sent."""

    product: bytes
    quantity: int


class Account(NamedTuple):
    """One product of a transfer: pieces asked for, sent, received, put back into the sender's shop, written off."""

    product: bytes
    requested: int
    sent: int
    received: int
    put_back: int
    written_off: int

    @property
    def rest(self) -> int:
        """Pieces on the way, or missing; below zero when more arrived than was sent."""
        return self.sent - self.received - self.put_back - self.written_off


def accounts(requested: Iterable[Moved], moved: Mapping[str, Iterable[Moved]]) -> list[Account]:
    """One account for each product, in the order of first mention; *moved*: the lines of all events by kind."""
    sums = {kind: _sums(moved.get(kind, ())) for kind in (SEND, RECEIVE, PUT_BACK, WRITE_OFF)}
    asked = _sums(requested)
    products = dict.fromkeys(product for counted in (asked, *sums.values()) for product in counted)
    return [Account(one, asked[one], *(counted[one] for counted in sums.values())) for one in products]


def _sums(lines: Iterable[Moved]) -> Counter[bytes]:
    total: Counter[bytes] = Counter()
    for line in lines:
        total[line.product] += line.quantity
    return total
