"""What one op does to rows, once read or about to be logged: a row made, or a group of a row set."""

from functools import cached_property
from typing import Any, NamedTuple

from sync import ids, rows
from sync.model import GroupSpec, TableSpec


class Insert:
    """A row made: ``values`` are the plain fields and then the personal ones; ``children`` rows by table."""

    def __init__(
        self,
        spec: TableSpec,
        row: bytes,
        op: bytes,
        values: tuple[Any, ...],
        children: dict[str, list[tuple[Any, ...]]],
        keyed: bool,
        again: bool = False,  # head office makes a row again that it had lost: its id is another op's name
    ) -> None:
        self.spec, self.row, self.op, self.values, self.children = spec, row, op, values, children
        self.keyed, self.again = keyed, again
        self._fields: dict[str, Any] | None = None

    @property
    def fields(self) -> dict[str, Any]:
        """The row by field name, ``id`` included; asked for when ``values`` are whole."""
        if self._fields is None:
            self._fields = dict(zip(self.spec.names, (self.row, *self.values), strict=True))
        return self._fields

    @cached_property
    def lines(self) -> dict[str, list[dict[str, Any]]]:
        """The child rows by table, each by field name with its ``line`` number."""
        return {child.name: rows.line_dicts(child, self.children[child.name]) for child in self.spec.children}


class Set(NamedTuple):
    """One group of a row set by ``op``, which overwrote ``base`` (None: nothing)."""

    spec: TableSpec
    row: bytes
    op: bytes
    group: GroupSpec
    base: bytes | None
    values: tuple[Any, ...]


Change = Insert | Set


def causes(change: Change) -> list[bytes]:
    """The ops of other entries that *change* comes after: what it overwrote, or the events its writer saw."""
    if isinstance(change, Set):
        named = [change.base]
    elif change.spec.seen:
        named = [line[0] for line in change.children[change.spec.seen]]
    else:
        return []
    return [op for op in named if op and not ids.same_unit(op, change.op)]
