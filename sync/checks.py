"""What a row's values must be, whoever writes it: the same rule before the log and at the hub."""

from collections.abc import Mapping
from typing import Any

from sync import limits, rows
from sync.errors import BadValue
from sync.model import TableSpec


def check_row(spec: TableSpec, row: Mapping[str, Any]) -> None:
    """Required fields are there, moments lie in the years we know, and the model's own rule holds.  Raises BadValue."""
    for name in spec.required:
        if row[name] is None:
            raise BadValue(what=name)
    for name, implied in spec.implied:
        if implied == "at" and not 0 <= row[name] < limits.STAMP_MS_MAX:
            raise BadValue(what=name)
    if spec.check:
        spec.check(row)


def check_children(spec: TableSpec, row: Mapping[str, Any], children: Mapping[str, list[tuple[Any, ...]]]) -> None:
    """Child rows are whole, and the model's own rule about them holds.  Raises BadValue."""
    for child in spec.children:
        places = [place for place, field in enumerate(child.plain) if field.name in child.required]
        for line in children[child.name]:
            if any(line[place] is None for place in places):
                raise BadValue(what=child.name)
    if spec.check_children:
        spec.check_children(row, rows.line_dicts(spec, children))
