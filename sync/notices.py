"""A branch's notices: which of its entries head office holds for review, as the feed told, and at what position."""

from sync import overlay, rows, stamps
from sync.connection import Connection
from sync.model import TABLES
from sync.store import Store

_NOTICE = (
    "SELECT e.epoch, h.seq, h.at, h.reason, h.detail, h.released, h.stamps FROM held_entry h "
    "LEFT JOIN epoch p ON p.stream = h.stream AND p.name = h.epoch "
    "LEFT JOIN entry e ON e.epoch = p.id AND e.seq = h.seq WHERE h.id = ?"
)
_STANDING = "SELECT id, stamps FROM held_entry WHERE NOT released"
_DROP = (  # also where a unit was carried to, since it was held elsewhere
    "DELETE FROM quarantine WHERE (epoch, seq) NOT IN (SELECT p.id, h.seq FROM held_entry h "
    "JOIN epoch p ON p.stream = h.stream AND p.name = h.epoch WHERE NOT h.released)"
)


def note(connection: Connection, row_id: bytes, position: int) -> None:
    """One of this branch's entries is held (or released), the feed says at *position*: its ops stay on top until then.

    Inside ``write()``.
    """
    found = connection.execute(_NOTICE, (row_id,)).fetchall()
    for epoch, seq, at, reason, detail, released, column in found:  # none where it is gone
        if not released:
            told = stamps.standing(column, 0)._replace(position=position)
            connection.execute("UPDATE held_entry SET stamps = ? WHERE id = ?", (stamps.fresh(*told), row_id))
        if epoch is not None:  # else another copy of this branch wrote it
            _mark(connection, epoch, seq, None if released else (reason, detail, at))


def _mark(connection: Connection, epoch: int, seq: int, held: tuple[str, str, int] | None) -> None:
    """An entry of this database is held, why and since when; or no longer."""
    if held is None:
        connection.execute("DELETE FROM quarantine WHERE epoch = ? AND seq = ?", (epoch, seq))
        confirmed = connection.execute("SELECT max(p.confirmed) FROM epoch p").fetchone()[0]
        overlay.confirm(connection, confirmed)
    else:
        connection.execute(
            "INSERT INTO quarantine VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT DO UPDATE SET (reason, detail, since) = (excluded.reason, excluded.detail, excluded.since)",
            (epoch, seq, *held),
        )


def withdraw(store: Store, connection: Connection, after: int) -> None:
    """Head office was put back to what it was at position *after*: what it told later it tells again, or it is void.

    Inside ``write()``.
    """
    for row_id, column in connection.execute(_STANDING).fetchall():
        if stamps.standing(column, 0).position > after:
            with store.wide():
                rows.erase(connection, TABLES["held_entry"], row_id)
    connection.execute(_DROP)
