"""A company at head office, made quickly: many enrolled branches, each with a log of units that one branch wrote.

Each branch has keys, a certificate and an epoch of its own; its segments are sealed by it and come in by the hub's
door.  Only the units' ops are the same everywhere: they name nothing by the number of the branch that wrote them.
"""

from collections.abc import Sequence
from random import Random
from typing import Any

from bench.shop import actor_of, cash_for, customer, ids_of, three_lines
from branch_node.node import BranchNode
from central_hub.node import HubNode
from crm.customers import create_customer
from crm.selling import record_sale
from sync import enrol, entry, ids, keys, segment, wire
from sync.database import using
from sync.entry import Chain, Header
from sync.journal import DERIVE_VERSION
from sync.node import SEED_BYTES

CUSTOMERS_A_UNIT, UNITS_A_SEGMENT = 2, 64
ROWS_A_UNIT = CUSTOMERS_A_UNIT + 1 + 3 + 1 + 3  # a sale: itself, its lines, a payment, a movement for each line
_ENTRIES = "SELECT payload FROM entry WHERE epoch = ? AND seq > ? ORDER BY seq"
_HELD = "SELECT count(*) FROM quarantine"

Units = list[list[Any]]  # the op items of each


def write_units(branch: BranchNode, count: int, rng: Random) -> Units:
    """Writes *count* units of ROWS_A_UNIT rows at *branch*; their items, as its log has them."""
    before, cashier, products = branch.journal.seq, actor_of(branch), ids_of(branch, "product")
    with using(branch.store):
        for _ in range(count):
            with branch.journal.unit(actor=cashier) as unit:
                for _ in range(CUSTOMERS_A_UNIT):
                    card = create_customer(unit, hash_key=branch.company_key, **customer(rng))
                lines = three_lines(rng, products)
                record_sale(unit, lines=lines, payments=[cash_for(lines)], customer=card)
    found = branch.store.connection().execute(_ENTRIES, (branch.journal.epoch, before))
    return [wire.decode_array(payload, "entry") for (payload,) in found]


def add_branches(hub: HubNode, count: int, units: Units, times: int, rng: Random) -> None:
    """Enrols *count* branches more at *hub*, each of which sends *units* so many *times*, each time by another process.

    RuntimeError when head office does not take all.
    """
    for number in range(count):
        sender = _Sender(hub, f"X{number:03}", rng)
        refusal = hub.exchange.take_segments(sender.log(units, times), sender.stream, hub.exchange.registry)
        if refusal:
            raise RuntimeError(f"head office refused a made-up branch: {refusal}")
    if hub.store.connection().execute(_HELD).fetchone()[0]:
        raise RuntimeError("head office holds entries of a made-up branch for review")


class _Sender:
    """A branch without a computer: its keys, and the end of its log."""

    def __init__(self, hub: HubNode, code: str, rng: Random) -> None:
        self._keyring, self._rng = keys.PrivateKeys(rng.randbytes(SEED_BYTES)), rng
        invitation = keys.read_code(hub.add_branch(code, f"Cabang {code}"))
        certificate, welcome = enrol.read_welcome(
            hub.admit(enrol.apply(invitation, self._keyring)), invitation, self._keyring, ""
        )
        self.stream = certificate.stream
        self._epoch, self._seal, self._hub_ms = rng.randbytes(entry.EPOCH_BYTES), segment.NO_SEAL, welcome.hub_ms
        self._chain = Chain.before(self.stream, self._epoch, 1)

    def log(self, units: Units, times: int) -> list[bytes]:
        """The opening, then the *units* of so many process starts, in segments."""
        opening = Header(entry.OPEN, self._hub_ms, None, DERIVE_VERSION, self._start())
        parts = [[[entry.encode_header(opening)]]]
        for _ in range(times):
            entries = self._entries(units)
            parts += [entries[first : first + UNITS_A_SEGMENT] for first in range(0, len(entries), UNITS_A_SEGMENT)]
        return [self._sealed(part) for part in parts]

    def _entries(self, units: Units) -> list[list[Any]]:
        """The *units* as a process writes them that begins with the first."""
        header = Header(entry.UNIT, 0, None, DERIVE_VERSION, b"")
        first, later = entry.encode_header(header._replace(start=self._start())), entry.encode_header(header)
        return [[later if place else first, *items] for place, items in enumerate(units)]

    def _start(self) -> bytes:
        return self._rng.randbytes(ids.START_BYTES)

    def _sealed(self, entries: Sequence[list[Any]]) -> bytes:
        first, secret = self._chain.seq + 1, self._rng.randbytes(entry.SECRET_BYTES)
        for header, *items in entries:
            self._chain.step(header, items, secret)
        said = segment.statement(self.stream, self._epoch, first, self._chain.seq, self._seal, self._chain.head)
        signature = self._keyring.sign(keys.SEGMENT_LABEL, said)
        self._seal = segment.seal_of(said, signature)
        return segment.pack(self.stream, self._epoch, first, list(entries), secret, signature)
