"""A node's own epochs: where the log goes on anew, and the units that are carried over.

Whoever may have written behind the end of this copy of a log, no entry's number is given out twice: the log goes on in
a new epoch, whose first entry names the last one known to be common (the parent).  The units that came after it move
into the new epoch, each with the bytes and names it has always had, in one transaction with its opening.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from sync import clock, entry, ids, keys, limits, segment, wire
from sync.connection import Connection
from sync.entry import Chain, Former, Header
from sync.errors import invariant
from sync.journal import DERIVE_VERSION, Journal
from sync.keys import PrivateKeys
from sync.store import WIDE

WHY, SINCE = "epoch_why", "epoch_since"  # values of the node table: a cause below, and when (ms UTC)
RESTORED, OLDER, FORKED, REPLACED = "restored", "older", "forked", "replaced"  # causes

_ENTRIES = (
    "SELECT e.seq, e.stamp, e.start, e.n, e.header, e.payload, e.effective, e.position, s.secret FROM entry e "
    "JOIN segment s ON s.epoch = e.epoch AND s.first = "
    "(SELECT max(first) FROM segment WHERE epoch = e.epoch AND first <= e.seq) "
    "WHERE e.epoch = ? AND e.seq > ? ORDER BY e.seq"
)
_EFFECTIVE = (
    "UPDATE epoch SET effective = coalesce((SELECT max(effective) FROM entry WHERE epoch = id), 0) WHERE id = ?"
)
_BEHIND = (
    "DELETE FROM entry WHERE epoch = ? AND seq > ?",
    "DELETE FROM segment WHERE epoch = ? AND first > ?",
    "DELETE FROM acknowledgement WHERE epoch = ? AND seq > ?",
    "DELETE FROM process_start WHERE epoch = ? AND seq > ?",
)


class Stretch(NamedTuple):
    """An epoch's part of a node's own log: entries ``first`` to ``last`` (None: where it is being written)."""

    id: int
    name: bytes
    first: int
    last: int | None
    acknowledged: int
    opened_ms: int

    @property
    def is_acknowledged(self) -> bool:
        """Has the hub signed for all that will ever stand here?"""
        return self.last is not None and self.acknowledged >= self.last


class Unit(NamedTuple):
    """An entry on its way into another epoch, with the bytes it will have there."""

    seq: int
    former: Former
    header: Header
    data: bytes
    items: list[Any]
    payload: bytes
    effective: int | None
    position: int | None


def path(connection: Connection, stream: int) -> list[Stretch]:
    """The epochs that this node's log of today goes through, the first one first."""
    return list(back(connection, stream))[::-1]


def back(connection: Connection, stream: int) -> Iterator[Stretch]:
    """The same from the newest one backwards, each read when it is asked for."""
    number = connection.execute("SELECT id FROM epoch WHERE stream = ? AND closed = 0", (stream,)).fetchone()
    last = None
    while number:
        stretch, parent = _stretch(connection, number[0], last)
        yield stretch
        number, last = _parent(connection, stream, parent), parent.parent_seq


def _stretch(connection: Connection, number: int, last: int | None) -> tuple[Stretch, Header]:
    name, acknowledged, first, data = connection.execute(
        "SELECT p.name, p.acknowledged, e.seq, e.header FROM epoch p JOIN entry e ON e.epoch = p.id "
        "WHERE p.id = ? ORDER BY e.seq LIMIT 1",
        (number,),
    ).fetchone()
    header = entry.decode_header(data)
    return Stretch(number, name, first, last, acknowledged, header.advance), header


def _parent(connection: Connection, stream: int, header: Header) -> tuple[int] | None:
    if header.parent_epoch is None:
        return None
    sql = "SELECT id FROM epoch WHERE stream = ? AND name = ?"
    found: tuple[int] | None = connection.execute(sql, (stream, header.parent_epoch)).fetchone()
    return found


def confirmed(connection: Connection, stream: int) -> int:
    """The last entry of a branch's log that has entered the base."""
    return int(connection.execute("SELECT max(confirmed) FROM epoch WHERE stream = ?", (stream,)).fetchone()[0])


def seal_before(connection: Connection, epoch: int, first: int) -> bytes:
    """The seal of the segment before entry *first* of this node's own epoch; NO_SEAL where none is."""
    sql = "SELECT seal FROM segment WHERE epoch = ? AND first < ? ORDER BY first DESC LIMIT 1"
    found = connection.execute(sql, (epoch, first)).fetchone()
    return bytes(found[0]) if found else segment.NO_SEAL


def ends(connection: Connection, number: int, seq: int) -> bool:
    """Does a sealed segment of epoch *number* end with entry *seq*?"""
    sql = "SELECT 1 FROM segment WHERE epoch = ? AND last = ?"
    return connection.execute(sql, (number, seq)).fetchone() is not None


# --- going on in a new epoch -------------------------------------------------------------------------------------


def go_on(journal: Journal, why: str, values: Mapping[str, Any] | None = None) -> None:
    """Goes on in a new epoch behind the last sealed entry, as after a restore."""
    with journal.at_rest():
        number, seq = journal.store.connection().execute(
            "SELECT id, seq FROM epoch WHERE stream = ? AND closed = 0", (journal.stream,)
        ).fetchone()  # fmt: skip
        _go_on(journal, number, seq, why, values or {})
    journal.sealed()


def go_on_behind(
    journal: Journal, number: int, seq: int, why: str | None, values: Mapping[str, Any] | None = None
) -> None:
    """Goes on in a new epoch behind entry *seq*, the last of a segment, of epoch *number* of the log's path.

    *why*: what happened to this copy, if anything did; *values* are put into the node table in the same transaction.
    """
    with journal.at_rest():
        _go_on(journal, number, seq, why, values or {})
    journal.sealed()


def open_behind(connection: Connection, journal: Journal, signer: PrivateKeys, number: int, seq: int) -> None:
    """As ``go_on_behind``, inside the caller's ``write(gate=WIDE)`` and ``at_rest()``; *signer* seals the new epoch."""
    _Opening(connection, journal, signer).carry(number, seq)


def _go_on(journal: Journal, number: int, seq: int, why: str | None, values: Mapping[str, Any]) -> None:
    with journal.store.write(gate=WIDE) as connection:
        opening = _Opening(connection, journal, journal.keyring)
        opening.carry(number, seq)
        cause = {WHY: why, SINCE: opening.opened_ms} if why else {}
        for name, value in {**cause, **values}.items():
            journal.store.put(name, value)


class _Opening:
    """One transaction: the units behind the parent leave their epochs, and a new one begins with them."""

    def __init__(self, connection: Connection, journal: Journal, signer: PrivateKeys) -> None:
        self._connection, self._journal, self._signer = connection, journal, signer
        self._name = journal.chance(entry.EPOCH_BYTES)
        self._start = journal.chance(ids.START_BYTES)
        last = journal.stamp
        self.opened_ms = clock.ms_of(clock.next_stamp(last | 0xFFFF, journal.clock.now_ms()))

    def carry(self, number: int, seq: int) -> None:
        """Moves what stands behind entry *seq* of epoch *number* into a new epoch that begins there."""
        name, head = self._connection.execute(
            "SELECT p.name, s.head FROM epoch p JOIN segment s ON s.epoch = p.id WHERE p.id = ? AND s.last = ?",
            (number, seq),
        ).fetchone()
        applied = confirmed(self._connection, self._journal.stream)
        self._epoch = self._connection.execute("SELECT max(id) + 1 FROM epoch").fetchone()[0]
        units = self._take_out(number, seq)
        self._left = {(epoch, unit.seq) for epoch, unit in units}
        self._run = (b"", 0)
        self._chain = Chain.before(self._journal.stream, self._name, seq + 1)
        self._connection.execute(
            "INSERT INTO epoch (id, stream, name, seq, head, stamp, start, n, seal) "
            "VALUES (?, ?, ?, 0, x'', 0, x'', 0, x'')",
            (self._epoch, self._journal.stream, self._name),
        )
        self._seal = segment.NO_SEAL
        self._open(Header(entry.OPEN, self.opened_ms, None, DERIVE_VERSION, self._start, name, seq, head))
        for run in _runs(units):
            self._append(run)
        self._connection.execute(_EFFECTIVE, (self._epoch,))
        self._renumber(seq + 2, units)
        still = sum(1 for _, unit in units if unit.seq <= applied)  # head office confirmed them, and lost them
        if still:
            sql = "UPDATE epoch SET confirmed = ? WHERE id = ?"
            self._connection.execute(sql, (seq + 1 + still, self._epoch))

    # --- out of the former epochs ----------------------------------------------------------------------------

    def _take_out(self, number: int, seq: int) -> list[tuple[int, Unit]]:
        """(epoch, unit) of all units behind the parent on the log's path, in order; an epoch left empty is gone."""
        units: list[tuple[int, Unit]] = []
        for stretch in path(self._connection, self._journal.stream):
            if stretch.id == number:
                units += [(stretch.id, unit) for unit in self._units(stretch.id, seq)]
                self._end(stretch.id, seq)
            elif stretch.first > seq:
                units += [(stretch.id, unit) for unit in self._units(stretch.id, stretch.first)]
                self._cut(stretch.id, 0)
                self._connection.execute("DELETE FROM epoch WHERE id = ?", (stretch.id,))
        return units

    def _cut(self, number: int, seq: int) -> None:
        for sql in _BEHIND:
            self._connection.execute(sql, (number, seq))

    def _units(self, number: int, after: int) -> Iterator[Unit]:
        for seq, stamp, start, n, data, payload, effective, position, secret in self._connection.execute(
            _ENTRIES, (number, after)
        ):
            former = entry.former_of(data) or Former(start, n, clock.from_column(stamp), data)
            header = Header(entry.CARRIED, 0, None, 0, b"", former=former)
            items = entry.salted(wire.decode_array(payload, "entry"), secret, seq)
            yield Unit(seq, former, header, entry.encode_header(header), items, wire.encode(items), effective, position)

    def _end(self, number: int, seq: int) -> None:
        """Epoch *number* ends with entry *seq* from now on."""
        sql = "SELECT seal FROM segment WHERE epoch = ? AND last = ?"
        seal = self._connection.execute(sql, (number, seq)).fetchone()
        invariant(seal, "an epoch ends with a sealed segment")
        end = self._chain_at(number, seq)
        self._cut(number, seq)
        self._connection.execute(
            "UPDATE epoch SET seq = ?, head = ?, stamp = ?, start = ?, n = ?, seal = ?, closed = 1, "
            "acknowledged = coalesce((SELECT max(a.seq) FROM acknowledgement a WHERE a.epoch = id), 0), "
            "confirmed = min(confirmed, ?) WHERE id = ?",
            (seq, end.head, end.stamp, end.start, end.n, seal[0], seq, number),
        )
        self._connection.execute(_EFFECTIVE, (number,))

    def _chain_at(self, number: int, seq: int) -> Chain:
        """The chain after an entry; walked where the entry's columns are those of the unit it carries."""
        stamp, start, n, data, head = self._connection.execute(
            "SELECT e.stamp, e.start, e.n, e.header, s.head FROM entry e JOIN segment s ON s.epoch = e.epoch "
            "AND s.last = e.seq WHERE e.epoch = ? AND e.seq = ?",
            (number, seq),
        ).fetchone()
        if entry.decode_header(data).former is None:
            return Chain(seq, head, stamp, start, n)
        name = self._connection.execute("SELECT name FROM epoch WHERE id = ?", (number,)).fetchone()[0]
        walked = self._connection.execute(
            "SELECT seq, header, payload FROM entry WHERE epoch = ? AND seq <= ? ORDER BY seq", (number, seq)
        ).fetchall()
        chain = Chain.before(self._journal.stream, name, walked[0][0])
        for _, header, payload in walked:  # openings and carried units: none takes its salt from a secret
            chain.step(header, wire.decode_array(payload, "entry"), b"")
        return chain

    # --- into the new one ------------------------------------------------------------------------------------

    def _open(self, header: Header) -> None:
        data = entry.encode_header(header)
        self._chain.step(data, [], b"")
        row = (self._chain.stamp, self._start, 1, data, wire.encode([]), None, None)
        self._write([row], 0)
        self._connection.execute(
            "INSERT INTO process_start VALUES (?, ?, 1, ?, ?)",
            (self._journal.stream, self._start, self._epoch, self._chain.seq),
        )

    def _append(self, run: list[tuple[int, Unit]]) -> None:
        """One segment of carried units."""
        rows = []
        for _, unit in run:
            self._chain.grow(unit.header, unit.data, unit.items, b"")
            start, n, stamp, _ = unit.former
            rows.append((clock.to_column(stamp), start, n, unit.data, unit.payload, unit.effective, unit.position))
            self._place(start, n)
        self._write(rows, sum(_bytes_of(unit) for _, unit in run))

    def _place(self, start: bytes, n: int) -> None:
        """The unit stands here from now on; units that follow each other need one row."""
        shift = self._chain.seq - n
        if self._run != (start, shift):
            self._run = (start, shift)
            place = (self._journal.stream, start, n, self._epoch, self._chain.seq)
            self._connection.execute("INSERT INTO process_start VALUES (?, ?, ?, ?, ?)", place)

    def _write(self, rows: list[tuple[Any, ...]], size: int) -> None:
        """Stores entries up to the chain's end as one sealed segment."""
        chain, stream = self._chain, self._journal.stream
        first = chain.seq - len(rows) + 1
        self._connection.executemany(
            "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [(self._epoch, first + place, stream, *row) for place, row in enumerate(rows)],
        )
        said = segment.statement(stream, self._name, first, chain.seq, self._seal, chain.head)
        signature = self._signer.sign(keys.SEGMENT_LABEL, said)
        self._seal = segment.seal_of(said, signature)
        secret = self._journal.chance(entry.SECRET_BYTES)
        self._connection.execute(
            "INSERT INTO segment (epoch, first, last, secret, size, head, signature, seal) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (self._epoch, first, chain.seq, secret, size, chain.head, signature, self._seal),
        )
        self._connection.execute(
            "UPDATE epoch SET seq = ?, head = ?, stamp = ?, start = ?, n = ?, seal = ? WHERE id = ?",
            (chain.seq, chain.head, chain.stamp, chain.start, chain.n, self._seal, self._epoch),
        )

    # --- what else names entries by their numbers --------------------------------------------------------------

    def _renumber(self, first: int, units: list[tuple[int, Unit]]) -> None:
        """Layers of the overlay and notices of held entries follow their units."""
        places = {unit.seq: first + place for place, (_, unit) in enumerate(units)}
        found = self._connection.execute("SELECT DISTINCT seq FROM overlay WHERE seq >= ?", (first - 1,))
        layers = [seq for (seq,) in found]
        invariant(places.keys() >= set(layers), "what waits on top belongs to a unit that is carried")
        sql = "UPDATE overlay SET seq = ? WHERE seq = ?"
        self._connection.executemany(sql, [(-places[seq], seq) for seq in layers])
        self._connection.execute("UPDATE overlay SET seq = -seq WHERE seq < 0")
        for epoch, seq in self._connection.execute("SELECT epoch, seq FROM quarantine").fetchall():
            if seq in places and (epoch, seq) in self._left:
                sql = "UPDATE quarantine SET epoch = ?, seq = ? WHERE epoch = ? AND seq = ?"
                self._connection.execute(sql, (self._epoch, places[seq], epoch, seq))


def _runs(units: list[tuple[int, Unit]]) -> Iterator[list[tuple[int, Unit]]]:
    """Cuts units into segments of a size that may be sealed."""
    run: list[tuple[int, Unit]] = []
    size = 0
    for one in units:
        length = _bytes_of(one[1])
        full = size >= limits.SEGMENT_BYTES_SOFT or len(run) >= limits.SEGMENT_ENTRIES_MAX
        if run and (full or size + length > limits.CARRIED_BYTES_MAX):
            yield run
            run, size = [], 0
        run.append(one)
        size += length
    if run:
        yield run


def _bytes_of(unit: Unit) -> int:
    return len(unit.data) + len(unit.payload)
