"""A model that leaves open what may happen to it cannot be imported."""

from typing import Any

import pytest
from peewee import BlobField, IntegerField, TextField

from sync.errors import InvariantBroken
from sync.model import TABLES, IdField, Synced, everyone, fact, lww, synced


def declare(code: int = 9_999, key: Any = None, **fields: Any) -> type[Synced]:
    """A model with these fields, put to ``synced``."""
    rules: dict[str, Any] = {"code": code, "audience": staticmethod(everyone)}
    if key:
        rules["natural"] = staticmethod(key)
    body = {"id": IdField(primary_key=True), **fields, "Sync": type("Sync", (), rules)}
    return synced(type("Trial", (Synced,), body))


MISTAKES: dict[str, tuple[str, dict[str, Any]]] = {
    "a field nobody declared": ("field Trial.name is declared", {"name": TextField()}),
    "a key that may be empty": (
        "the key of trial is made of fields that are never empty",
        {"name": fact(TextField(null=True)), "key": lambda name: name},
    ),
    "a number used before": ("table code 1 is used once", {"code": 1, "name": fact(TextField())}),
    "facts and fields in one": (
        "trial is either a field model or a fact model",
        {"name": fact(TextField()), "age": lww(IntegerField()), "stamps": BlobField()},
    ),
    "a group of two policies": (
        "the fields of group place share policy and personal",
        {"city": lww(TextField(), group="place"), "street": lww(TextField(), group="place", personal=True)},
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_careless_model_is_refused(mistake: str) -> None:
    """Goal: no field travels without a rule, no honest row is held for its key. Method: one mistake each."""
    words, how = MISTAKES[mistake]
    before = dict(TABLES)
    with pytest.raises(InvariantBroken, match=words):
        declare(**how)
    assert before == TABLES
