"""Personal data stand in ops of their own, whatever the model."""

from typing import Any

import pytest

from crm.customers import Customer
from crm.users import User
from sync import ids, wire
from sync.model import TABLES, FieldSpec, TableSpec

MARK: dict[str, Any] = {"text": "secret mark", "blob": b"secret mark"}
PERSONAL = [name for name, spec in TABLES.items() if spec.personal and name != "conflict"]


def test_the_models_with_personal_fields() -> None:
    """Goal: what is personal is declared so. Method: the list; conflicts are in no log, the hub writes them beside."""
    people = {"customer", "contact_point", "customer_note", "user", "credential"}
    assert people | {"message", "inbound_message", "greeting_right", "lost_change"} == set(PERSONAL)


@pytest.mark.parametrize("name", PERSONAL)
def test_personal_fields_never_stand_in_plain_ops(hub, name) -> None:
    """Goal: all else may be kept for ever. Method: every model with personal fields, filled with a mark, then set."""
    spec = TABLES[name]
    with hub.unit() as unit:
        known = {"customer": unit.insert(Customer, {"number": "X"}), "branch": ids.natural("branch", "PTK")}
        known["user"] = unit.insert(User, {"username": "budi", "role": "cashier"})
    personal = {field.name: MARK[field.kind] for field in spec.personal}
    plain = {f.name: _plain(f, known) for f in spec.plain if not f.null and f.declared.implied != "stream"}
    with hub.unit() as unit:
        made = unit.insert(spec.model, {**plain, **personal}, key=_key(spec, plain))
    if not spec.is_fact:
        with hub.unit() as unit:
            unit.set(spec.model, made, {f.name: MARK[f.kind][::-1] + MARK[f.kind] for f in spec.personal})
    payloads = hub.rows("SELECT payload FROM entry ORDER BY seq")
    items = [item for (payload,) in payloads for item in wire.decode_array(payload, "entry")]
    assert [] == [item for item in items if type(item) is bytes and b"secret" in item]
    assert (1 if spec.is_fact else 2) == len([item for item in items if type(item) is list and b"secret" in item[0]])


def _plain(field: FieldSpec, known: dict[str, bytes]) -> Any:
    """A value for a required plain field."""
    if field.default is not None:
        return field.default
    return known[field.target] if field.is_id else {"text": "text", "int": 0, "blob": b"bytes"}[field.kind]


def _key(spec: TableSpec, plain: dict[str, Any]) -> tuple[Any, ...] | None:
    return tuple(plain[name] for name in spec.key_fields) if spec.natural else None
