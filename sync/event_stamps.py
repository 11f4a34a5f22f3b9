"""The effective stamps of events: only the hub gives them, and the feed tells them, to an event's own author too.

They lie beside the events' rows, which never change.  An event of this branch has none until the hub has taken it.
"""

from sync.connection import Connection


def keep(connection: Connection, event: bytes, effective: int) -> None:
    """The hub gave *event* this stamp; a hub that took it anew may give it another one."""
    connection.execute(
        "INSERT INTO event_stamp VALUES (?, ?) ON CONFLICT (event) DO UPDATE SET effective = excluded.effective",
        (event, effective),
    )


def of(connection: Connection, event: bytes) -> int | None:
    """The stamp of *event*; None while the hub has not given it, or when there is no such event here."""
    found = connection.execute("SELECT effective FROM event_stamp WHERE event = ?", (event,)).fetchone()
    return int(found[0]) if found else None


def forget(connection: Connection, event: bytes) -> None:
    """The event is not held here any more."""
    connection.execute("DELETE FROM event_stamp WHERE event = ?", (event,))
