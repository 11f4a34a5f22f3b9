"""Baskets put aside at a branch's tills: on this computer alone, never synced; a held basket is no sale yet."""

from typing import Any

from peewee import BlobField, IntegerField, Model, TextField

from crm.reading import dicts
from crm.texts import one_line
from sync.connection import Connection
from sync.database import database
from sync.errors import N_
from sync.schema import LOCAL_MODELS
from sync.unit import Unit

NAME_MAX = 40
LISTED_MAX = 20
_LIST = (
    "SELECT h.token, h.name, h.at, h.taken_at, coalesce(u.name, u.username) AS taken_by FROM held_basket h"
    " LEFT JOIN user u ON u.id = h.taken_by ORDER BY h.at DESC LIMIT ?"
)
_HOLD = "INSERT OR IGNORE INTO held_basket (token, name, at, content) VALUES (?, ?, ?, ?)"
_AGAIN = "UPDATE held_basket SET name = ?, at = ?, content = ?, taken_by = NULL, taken_at = NULL WHERE token = ?"
_DROP = "DELETE FROM held_basket WHERE token = ?"
_TAKE = (
    "UPDATE held_basket SET taken_by = ?1, taken_at = ?2"
    " WHERE token = ?3 AND (taken_by IS NULL OR taken_by = ?1 OR ?4) RETURNING token"
)


class HeldBasket(Model):
    """``token``: the basket's; whatever becomes of it, it is sold once.  ``content``: as the page sent it, JSON."""

    token = TextField(primary_key=True)
    name = TextField()
    at = IntegerField()
    content = TextField()
    taken_by = BlobField(null=True)
    taken_at = IntegerField(null=True)

    class Meta:
        database = database
        legacy_table_names = False
        without_rowid = True


LOCAL_MODELS.append(HeldBasket)


def hold(connection: Connection, token: str, name: str, content: str, at: int) -> None:
    """Puts a basket aside, or aside again; raises BadText for a name nobody can read."""
    known_as = one_line(name, N_("Name"), NAME_MAX)
    connection.execute(_HOLD, (token, known_as, at, content))
    connection.execute(_AGAIN, (known_as, at, content, token))


def take(connection: Connection, token: str, user: bytes, at: int, *, over: bool) -> bool:
    """*user* goes on with it; False when somebody else does already, unless *over* takes it from them."""
    return bool(connection.execute(_TAKE, (user, at, token, over)).fetchall())


def drop(connection: Connection, token: str) -> None:
    """Nobody wants it any more."""
    connection.execute(_DROP, (token,))


def sold(unit: Unit, token: str) -> None:
    """It became a sale, in the unit that writes it."""
    unit.query(_DROP, (token,))


def listed() -> list[dict[str, Any]]:
    """The newest ones: ``token``, ``name``, ``at`` (ms UTC), ``taken_by`` (a name) and ``taken_at``."""
    return dicts(_LIST, (LISTED_MAX,))


def content_of(token: str) -> str | None:
    """What is in it."""
    found = dicts("SELECT content FROM held_basket WHERE token = ?", (token,))
    return str(found[0]["content"]) if found else None
