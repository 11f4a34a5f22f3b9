"""What a row's values must be, whoever writes it: the same rule before the log and at the hub."""

from collections.abc import Mapping
from typing import Any

from sync import limits
from sync.changes import Insert
from sync.errors import N_, BadValue
from sync.model import TableSpec


def check_row(spec: TableSpec, row: Mapping[str, Any]) -> None:
    """Required fields are there, moments lie in the years we know, and the model's own rule holds.  Raises BadValue."""
    for name in spec.required:
        if row[name] is None:
            raise BadValue(what=N_("a field is empty (%(table)s)"), table=spec.name, field=name)
    for name, implied in spec.implied:
        if implied == "at" and not 0 <= row[name] < limits.STAMP_MS_MAX:
            raise BadValue(what=N_("a time lies outside our years (%(table)s)"), table=spec.name, field=name)
    if spec.check:
        spec.check(row)


def check_children(change: Insert) -> None:
    """Child rows are whole, and the model's own rule about them holds.  Raises BadValue."""
    for child in change.spec.children:
        for line in change.children[child.name]:
            if None in map(line.__getitem__, child.required_places):
                raise BadValue(what=N_("a line is not whole (%(table)s)"), table=change.spec.name, field=child.name)
    if change.spec.check_children:
        change.spec.check_children(change.fields, change.lines)
