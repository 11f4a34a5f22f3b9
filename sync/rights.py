"""Rights that head office granted, on a node's tables: what each branch holds of a thing, and what a step may take."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sync import clock, entry, feed_epochs, ids, ops, wire
from sync.changes import Insert
from sync.escrow import GRANT, SPEND, STEPS, WRITE_OFF, Account, BeyondRights, Step, excess, left
from sync.model import TableSpec
from sync.rows import ENTRY_NAMED

Query = Callable[[str, Sequence[Any]], list[tuple[Any, ...]]]
Place = tuple[int, bytes]  # a branch's stream, and the name of one of its epochs

_SUMS = 'SELECT stream, epoch, sum(quantity) FROM "{}" WHERE "{}" = ? GROUP BY stream, epoch'
_SUM = 'SELECT coalesce(sum(quantity), 0) FROM "{}" WHERE "{}" = ? AND stream = ? AND epoch = ?'
_OPEN = "SELECT name FROM epoch WHERE stream = ? AND closed = 0"
_HELD = (
    "SELECT e.stream, e.seq, e.stamp, e.start, e.n, e.header, e.payload FROM quarantine q "
    "JOIN entry e ON e.epoch = q.epoch AND e.seq = q.seq WHERE q.reason = ?"
)
_KEY = "SELECT withdrawn FROM certificate WHERE stream = ? ORDER BY serial DESC LIMIT 1"


def _tables(thing: str) -> list[tuple[str, str]]:
    """(table, kind of its steps) of everything that happens to rights of *thing*."""
    return [(table, step.kind) for table, step in STEPS.items() if step.thing == thing]


def account(query: Query, thing: str, row: bytes, place: Place) -> Account:
    """The rights of one branch in one epoch of the row *row* of table *thing*."""
    found = Account()
    for table, kind in _tables(thing):
        found = found.after(kind, query(_SUM.format(table, thing), (row, *place))[0][0])
    return found


def accounts(query: Query, thing: str, row: bytes) -> dict[Place, Account]:
    """As ``account``, of every branch and epoch that ever had some."""
    found: dict[Place, Account] = {}
    for table, kind in _tables(thing):
        for stream, epoch, quantity in query(_SUMS.format(table, thing), (row,)):
            found[stream, epoch] = found.get((stream, epoch), Account()).after(kind, quantity)
    return found


def beyond(query: Query, thing: str) -> dict[bytes, dict[Place, int]]:
    """At the hub: what was spent of each row of *thing* and is held for review, because the rights were spent before.

    It is in no account: so of all that nodes spent, hold and may be granted this is exactly what was never issued.
    """
    found: dict[bytes, dict[Place, int]] = {}
    for change in _held_steps(query).values():  # a unit that came in two epochs is held twice
        row = change.fields
        if STEPS[change.spec.name] == Step(thing, SPEND):
            places = found.setdefault(row[thing], {})
            place = row["stream"], row["epoch"]
            places[place] = places.get(place, 0) + row["quantity"]
    return found


def _held_steps(query: Query) -> dict[bytes, Insert]:
    """The steps that entries make which are held because of one of them, by id."""
    found = {}
    for stream, seq, stamp, start, n, header, payload in query(_HELD, (BeyondRights.code,)):
        read = entry.stored(seq, clock.from_column(stamp), start, n, header, wire.decode_array(payload, "entry"))
        steps = (change for change in ops.read_entry(read, stream) if change.spec.name in STEPS)
        found.update({change.row: change for change in steps if isinstance(change, Insert)})
    return found


def rest(query: Query, thing: str, row: bytes, again: bool = False) -> int:
    """What head office may still grant of it: none of what a hub that was put back had issued before.

    *again*: what it had granted, and lost, and takes over now.
    """
    if not again and is_frozen(query, row):
        return 0
    return left(issued(query, thing, row), accounts(query, thing, row).values())


def issued(query: Query, thing: str, row: bytes) -> int:
    """How many rights of it there are in all."""
    found: int = query(f'SELECT issued FROM "{thing}" WHERE id = ?', (row,))[0][0]
    return found


def is_frozen(query: Query, row: bytes) -> bool:
    """Was this thing made before head office was put back to an older state?  What it granted since is not known."""
    since = feed_epochs.put_back_at(query)
    if since is None:
        return False
    name = ids.unpack(row)
    found = query(ENTRY_NAMED.format("e.position"), (name.stream, name.start, name.n))
    lost = query("SELECT 1 FROM lost_verdict WHERE row = ?", (row,))
    return bool(lost) or any(position <= since for (position,) in found)


def working(query: Query, stream: int) -> bytes | None:
    """The epoch in which a branch works; None when its key was withdrawn, or it has never spoken."""
    if any(withdrawn is not None for (withdrawn,) in query(_KEY, (stream,))):
        return None
    return next((bytes(name) for (name,) in query(_OPEN, (stream,))), None)


def too_many(query: Query, spec: TableSpec, row: Mapping[str, Any], again: bool = False) -> int:
    """By how much a row, which is not there yet, takes more rights than there are; 0 for rows that take none.

    *again*: it was there, and head office lost it.
    """
    step = STEPS.get(spec.name)
    if step is None:
        return 0
    thing = row[step.thing]
    available = rest(query, step.thing, thing, again) if step.kind == GRANT else 0
    held = account(query, step.thing, thing, (row["stream"], row["epoch"]))
    return excess(step.kind, row["quantity"], held, available)


def is_own_time(query: Query, spec: TableSpec, row: Mapping[str, Any]) -> bool:
    """Before the log: rights are granted and spent in the epoch of today, and written off when it is over."""
    step = STEPS.get(spec.name)
    return step is None or (working(query, row["stream"]) == row["epoch"]) is (step.kind != WRITE_OFF)
