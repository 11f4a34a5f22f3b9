"""What a node keeps beside log and rows, held against them: certificates, acknowledgements, epochs, held entries."""

from collections.abc import Iterator, Mapping

from sync import entry, keys, segment
from sync.audit_log import UNREADABLE, Epoch, damaged, is_continued
from sync.connection import Connection
from sync.errors import N_, LogDamaged, MadeAfterRevocation
from sync.records import held_id

Named = Mapping[int, Epoch]  # by id

_NOT_LISTED = N_("the lists of what is held for review do not agree on it")
_RECORD = N_("its own record was changed")

_NOT_CERTIFIED = N_("its key is not the one head office certified")

_UNCERTIFIED = (
    "SELECT stream FROM stream WHERE sign_public IS NOT NULL AND stream NOT IN (SELECT stream FROM certificate) "
    "UNION ALL SELECT stream FROM certificate WHERE stream NOT IN (SELECT stream FROM stream) "
    "AND (SELECT value FROM node WHERE name = 'stream') = 0"
)
_CERTIFICATES = "SELECT stream, code, certificate, sign_public FROM stream ORDER BY stream"
_ACKNOWLEDGEMENTS = (
    "SELECT a.epoch, a.seq, a.head, a.received_at, a.signature, s.head FROM acknowledgement a "
    "LEFT JOIN segment s ON s.epoch = a.epoch AND s.last = a.seq ORDER BY a.epoch, a.seq"
)
_QUARANTINE = "SELECT epoch, seq, reason, detail, since FROM quarantine ORDER BY epoch, seq"
_NOTICES = "SELECT id, stream, epoch, seq, reason, detail, at, released FROM held_entry ORDER BY stream, seq"
_ENTRY = (
    "SELECT e.effective, s.received_at, e.header FROM entry e JOIN segment s ON s.epoch = e.epoch AND s.first = "
    "(SELECT max(first) FROM segment WHERE epoch = e.epoch AND first <= e.seq) WHERE e.epoch = ? AND e.seq = ?"
)
_STRAY_START = (
    "SELECT p.epoch, p.seq FROM process_start p WHERE NOT EXISTS (SELECT 1 FROM entry e WHERE (e.epoch, e.seq) = "
    "(p.epoch, p.seq) AND (e.stream, e.start, e.n) = (p.stream, p.start, p.n)) LIMIT 1"
)
_OF_EPOCHS = {"segment": "first", "entry": "seq", "acknowledgement": "seq", "process_start": "seq", "quarantine": "seq"}
# tables only the other kind of node uses
_ELSEWHERE = {False: ("stream", "feed", "head", "released"), True: ("overlay",)}


def certificates(connection: Connection, hub_public: bytes) -> None:
    """The hub certified the key by which it checks each branch's seals.  Raises LogDamaged."""
    for stream, code, certificate, public in connection.execute(_CERTIFICATES):
        if (certificate, public) == (None, None):
            continue
        try:
            said = keys.read_certificate(certificate, hub_public)
            fits = (said.stream, said.code, said.sign_public) == (stream, code, public)
        except UNREADABLE:
            fits = False
        if not fits:
            raise LogDamaged(entry=str(code), why=_NOT_CERTIFIED)
    for (stream,) in connection.execute(_UNCERTIFIED):
        raise LogDamaged(entry=str(stream), why=_NOT_CERTIFIED)


def records(connection: Connection, named: Named, is_hub: bool) -> None:
    """What epochs' records say beside the end of their logs; nothing belongs to no epoch.  Raises LogDamaged."""
    for epoch in named.values():
        foreign = epoch.stream != 0 and is_hub
        places = (epoch.opened_position == 0) != foreign and (is_hub or epoch.effective == 0)
        signed = epoch.seq if is_continued(connection, epoch.stream) else epoch.acknowledged
        if not places or epoch.closed != (not epoch.newest) or not 0 <= epoch.confirmed <= signed:
            raise damaged(epoch, epoch.seq, _RECORD)
    for table, column in _OF_EPOCHS.items():
        for number, place in _numbers(connection, table, column):
            if number not in named:
                raise LogDamaged(entry=f"? {place}", why=N_("it belongs to no log"))
    for table in _ELSEWHERE[is_hub]:
        if connection.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone():
            raise LogDamaged(entry="?", why=N_("only the other kind of node keeps such records"), table=table)


def _numbers(connection: Connection, table: str, column: str) -> Iterator[tuple[int, int]]:
    """Each epoch number that *table* names, and the first place in it; reads one row of each."""
    sql = f"SELECT epoch, {column} FROM {table} WHERE epoch > ? ORDER BY epoch, {column} LIMIT 1"
    found = connection.execute(sql, (-1 << 63,)).fetchone()
    while found:
        yield found
        found = connection.execute(sql, found[:1]).fetchone()


def starts(connection: Connection, named: Named, met: int) -> None:
    """No process start is recorded that no entry names; *met*: how many they name.  Raises LogDamaged."""
    if connection.execute("SELECT count(*) FROM process_start").fetchone()[0] != met:
        number, seq = connection.execute(_STRAY_START).fetchone() or (0, 0)
        code = named[number].code if number in named else "?"
        raise LogDamaged(entry=f"{code} {seq}", why=N_("the start of a program is recorded that no entry names"))


def acknowledgements(connection: Connection, named: Named, hub_public: bytes) -> int:
    """Each is the hub's, for the head this log really had; how many there are.  Raises LogDamaged."""
    count = 0
    last = dict.fromkeys(named, (0, 0))
    forgetful = connection.execute("SELECT 1 FROM node WHERE name = 'hub_lost'").fetchone() is not None
    for number, seq, head, received_at, signature, sealed_head in connection.execute(_ACKNOWLEDGEMENTS):
        epoch = named[number]
        try:
            said = segment.acknowledgement(epoch.stream, epoch.name, seq, head, received_at)
            keys.check(hub_public, keys.ACKNOWLEDGEMENT_LABEL, said, signature, "acknowledgement")
        except UNREADABLE:
            raise damaged(epoch, seq, N_("the hub's acknowledgement of it does not fit")) from None
        if head != sealed_head or (received_at < last[number][1] and not forgetful):
            raise damaged(epoch, seq, N_("the hub acknowledged another log"))
        last[number] = (seq, received_at)
        count += 1
    for number, (seq, _) in last.items():
        if named[number].acknowledged != seq:
            raise damaged(named[number], seq, _RECORD)
    return count


# --- held for review -------------------------------------------------------------------------------------------


def held(connection: Connection, named: Named, is_hub: bool) -> None:
    """What is held for review is listed twice, alike, and was not applied.  Raises LogDamaged."""
    listed = {
        (number, seq): (reason, detail, since) for number, seq, reason, detail, since in connection.execute(_QUARANTINE)
    }
    places = {(epoch.stream, epoch.name): epoch for epoch in named.values()}
    for row_id, stream, name, seq, reason, detail, at, released in connection.execute(_NOTICES).fetchall():
        epoch = places.get((stream, name))
        found = connection.execute(_ENTRY, (epoch.id if epoch else None, seq)).fetchone()
        if not is_hub and found is None:
            continue  # another copy of this branch wrote it
        if epoch is None or found is None or (is_hub and row_id != held_id(stream, name, seq)):
            raise LogDamaged(entry=f"? {seq}", why=_NOT_LISTED)
        effective, received_at, header = found
        elsewhere = reason == MadeAfterRevocation.code or entry.decode_header(header).former is not None
        applied = effective is not None or (released and elsewhere)
        here = listed.pop((epoch.id, seq), None)
        if here != (None if released else (reason, detail, at)) or (is_hub and applied != released):
            raise damaged(epoch, seq, _NOT_LISTED)
        if is_hub and received_at != at:
            raise damaged(epoch, seq, _NOT_LISTED)
    for number, seq in listed:
        raise damaged(named[number], seq, _NOT_LISTED)
