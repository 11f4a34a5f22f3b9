"""The hub's feed against the rows: each is told to those who should hold it, since the position of its last change."""

from collections.abc import Iterator, Mapping
from typing import Any

from sync import ids, rows, stamps
from sync.connection import Connection
from sync.errors import N_, LogDamaged
from sync.feed import CHANGED, GAINED, LEFT, NOBODY
from sync.model import BY_CODE, EVERYONE, HUB, TABLES, TableSpec, everyone
from sync.stamps import Standing

NOT_TOLD = N_("the branches are not told of it as they should be (%(what)s)")

_OF_ROW = "SELECT audience, position, kind, maker FROM feed WHERE row = ? AND tbl = ?"
_Told = tuple[int, int, int, int]  # audience, position, kind, maker


class FeedRows:
    """Judges the feed rows of one row after another.  *end*: the last position given."""

    def __init__(self, connection: Connection, end: int) -> None:
        self._connection, self._end = connection, end
        self._audiences = {EVERYONE, *(stream for (stream,) in connection.execute("SELECT stream FROM stream"))}

    def fits(self, spec: TableSpec, row: Mapping[str, Any], made: Standing | None, newest: int) -> bool:
        """Whether the feed tells *row* rightly.

        *made*: the op that made it (None: the hub, beside the log); *newest*: the position of its last change.
        """
        told: list[_Told] = self._connection.execute(_OF_ROW, (row["id"], spec.code)).fetchall()
        live = {audience for audience, _, kind, _ in told if kind != LEFT}
        wanted = self._audience(spec, row)
        right = live == wanted or (spec.audience is not everyone and EVERYONE in wanted <= live)
        return right and all(self._possible(one, made, newest) for one in told)

    def _audience(self, spec: TableSpec, row: Mapping[str, Any]) -> set[int]:
        if spec.audience is everyone:
            return {EVERYONE}
        return set(spec.audience(row, rows.looker(self._connection))) - {HUB}

    def _possible(self, told: _Told, made: Standing | None, newest: int) -> bool:
        """A row is told of since its last change, and its maker need not hear of it while it is as it was made."""
        audience, position, kind, maker = told
        as_made = made is not None and (maker, position, kind) == (ids.stream_of(made.op), made.position, CHANGED)
        since = position >= newest or kind == LEFT
        known = kind in (CHANGED, LEFT, GAINED) and audience in self._audiences
        return known and since and position <= self._end and (maker == NOBODY or as_made)

    def finish(self) -> None:
        """The hub's own records are told of too, and nothing is that is not there.  Raises LogDamaged."""
        for name in ("conflict", "held_entry"):
            spec = TABLES[name]
            for row in self._records(spec):
                newest = 1 if spec.is_fact else _last(row["stamps"])
                if not self.fits(spec, row, None, newest):
                    raise not_told(spec.name, row["id"])
        stray = self._connection.execute(_stray()).fetchone()
        if stray:
            raise not_told(BY_CODE[stray[0]].name if stray[0] in BY_CODE else "?", stray[1])

    def _records(self, spec: TableSpec) -> Iterator[dict[str, Any]]:
        for row in self._connection.execute(rows.statements(spec.name).select_all):
            yield rows.as_dict(spec, row)


def _last(column: bytes) -> int:
    first, changed = stamps.read(column)
    return max([first.position, *(standing.position for standing in changed.values())])


def not_told(table: str, row: bytes) -> LogDamaged:
    """The error about a row of *table*."""
    return LogDamaged(entry=row.hex(), why=NOT_TOLD, what=table)


def _stray() -> str:
    """The SQL that finds a feed row of a row that is not there."""
    known = " ".join(
        f'WHEN {spec.code} THEN NOT EXISTS (SELECT 1 FROM "{spec.name}" r WHERE r.id = feed.row)'
        for spec in TABLES.values()
    )
    dropped = f"kind = {LEFT} AND EXISTS (SELECT 1 FROM lost_verdict v WHERE v.row = feed.row AND NOT v.taken)"
    return f"SELECT tbl, row FROM feed WHERE position < 1 OR (CASE tbl {known} ELSE 1 END AND NOT ({dropped})) LIMIT 1"
