"""How a model says what may happen to it: policy, group, personal, audience.

Every field of a synced model is declared with one of the functions here; a model with an undeclared field fails at
import.  The order of declaration is the order on the wire: add fields at the end, never reorder, never reuse.

Two kinds of model:

- *field models* (customer, product): each group of fields stands by itself and names the op it overwrote;
- *fact models* (sale, stock document): immutable rows, with child rows under them; what a pure, versioned function
  can derive from one (its stock movements) is derived on every node and never sent.
"""

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

import peewee

from sync import ids
from sync.database import database
from sync.errors import InvariantBroken, invariant

F = TypeVar("F", bound=peewee.Field)

EVERYONE = 0  # audience key: every branch
HUB = -1  # audience key: the hub alone; never in the feed

LWW, STICKY, FACT, LOCAL = "lww", "sticky", "fact", "local"
SAID = ("at", "actor")  # implied by the header; "stream" is implied by the row's id


class IdField(peewee.BlobField):
    """A row's id: 14 bytes (made by an op) or 16 (from a natural key), see ``sync.ids``."""

    field_type = "BLOB"


class RefField(peewee.BlobField):
    """The id of a row in *target* (a table's name).  No SQL foreign key: pages bring referred rows first."""

    field_type = "BLOB"

    def __init__(self, target: str, **kwargs: Any) -> None:
        self.target = target
        super().__init__(**kwargs)


@dataclass(frozen=True)
class Declared:
    """What a field's declaration said."""

    policy: str
    group: str = ""
    personal: bool = False
    safe: Any = None
    implied: str = ""


def _declare(peewee_field: F, declared: Declared) -> F:
    peewee_field.cabang = declared  # type: ignore[attr-defined]
    return peewee_field


def lww(peewee_field: F, *, group: str = "", personal: bool = False) -> F:
    """The newest effective stamp wins; fields of one *group* move together."""
    return _declare(peewee_field, Declared(LWW, group, personal))


def sticky(peewee_field: F, *, safe: Any) -> F:
    """On concurrency the value *safe* wins, whatever the stamps say."""
    return _declare(peewee_field, Declared(STICKY, safe=safe))


def member(peewee_field: F) -> F:
    """Is the element in the set?  Add wins: one row per element, and "in" is the safe value."""
    return sticky(peewee_field, safe=True)


def fact(peewee_field: F, *, personal: bool = False, implied: str = "") -> F:
    """Set once when the row is made.

    *implied*: "at" (stamp, ms) and "actor" are taken from the entry's header when absent; "stream" is always the
    stream number in the row's id and never on the wire.
    """
    return _declare(peewee_field, Declared(FACT, personal=personal, implied=implied))


def local(peewee_field: F) -> F:
    """Kept on this node only: search numbers, caches."""
    return _declare(peewee_field, Declared(LOCAL))


class Synced(peewee.Model):
    """Base of every synced model; the inner class ``Sync`` holds what the table as a whole declares.

    ``Sync.code``: number on the wire.  ``Sync.audience``: function (row, look) → audience keys.  ``Sync.writers``:
    function (row, look) → stream numbers that may write the row, or absent when every branch may; ``Sync.owner``: their
    name in error texts.  ``Sync.natural``: function (*key) → normalised natural key.  ``Sync.regrades``: pairs
    (field, table): when the field changes, rows of that table that refer to this row get a new audience.
    ``Sync.check``: function (row) that raises ``errors.BadValue``; ``Sync.check_children``: (row, children by table).
    ``Sync.seen``: the fact is an event (``sync.events``), and this child table names the events its writer saw.
    """

    class Meta:
        database = database
        legacy_table_names = False


class Child(Synced):
    """Rows under a fact; primary key (parent, line); they travel and live with their parent."""


class Derived(Synced):
    """Rows a pure function derives from a fact; (document, line, event) is in the primary key; never on the wire."""


_KINDS: dict[str, tuple[type[peewee.Field], ...]] = {
    "id": (RefField, IdField),
    "bool": (peewee.BooleanField,),
    "int": (peewee.IntegerField,),
    "text": (peewee.TextField,),
    "blob": (peewee.BlobField,),
}


@dataclass(frozen=True, eq=False)
class FieldSpec:
    name: str
    column: str
    declared: Declared
    kind: str  # "id", "bool", "int", "text" or "blob"
    target: str
    null: bool
    default: Any

    @property
    def is_id(self) -> bool:
        """True for references and ids, which are shortened on the wire."""
        return self.kind == "id"


@dataclass(frozen=True)
class GroupSpec:
    """Fields that move together: number on the wire, their places among the table's columns, and their rule."""

    number: int
    name: str
    fields: tuple[FieldSpec, ...]
    policy: str
    personal: bool
    safe: Any


Look = Callable[[str, bytes], Mapping[str, Any] | None]
StreamRule = Callable[[Mapping[str, Any], Look], Iterable[int]]  # who holds a row, or who may write it


@dataclass
class TableSpec:
    """Everything the heart knows of one synced table, compiled once from its model."""

    code: int
    name: str
    model: type[Synced]
    is_fact: bool
    audience: StreamRule
    writers: StreamRule | None
    owner: str
    natural: Callable[..., str] | None
    plain: tuple[FieldSpec, ...]
    personal: tuple[FieldSpec, ...]
    groups: tuple[GroupSpec, ...]
    children: tuple["TableSpec", ...] = ()
    derive: dict[int, Callable[..., Iterable[tuple[str, tuple[Any, ...]]]]] = field(default_factory=dict)
    derived: tuple["TableSpec", ...] = ()
    regrades: tuple[tuple[str, str], ...] = ()
    check: Callable[[Mapping[str, Any]], None] | None = None
    check_children: Callable[[Mapping[str, Any], Mapping[str, list[dict[str, Any]]]], None] | None = None
    key_fields: tuple[str, ...] = ()
    id_space: str = ""
    seen: str = ""
    in_digest: bool = True

    fields: tuple[FieldSpec, ...] = ()
    names: tuple[str, ...] = ()
    line_names: tuple[str, ...] = ()
    blank: dict[str, Any] = field(default_factory=dict)
    implied: tuple[tuple[str, str], ...] = ()
    bools: tuple[int, ...] = ()
    required: frozenset[str] = frozenset()

    @cached_property
    def referring(self) -> tuple[FieldSpec, ...]:
        """Fields that refer to rows which must be there; who did something (implied) need not be."""
        return tuple(f for f in self.fields if f.target in TABLES and not f.declared.implied)

    @cached_property
    def referring_places(self) -> tuple[tuple[int, str], ...]:
        """The places among ``fields`` of those that refer, and the tables they refer to."""
        return tuple((self.fields.index(f), f.target) for f in self.referring)

    @cached_property
    def required_places(self) -> tuple[int, ...]:
        """The places among ``fields`` of those that may not be empty."""
        return tuple(place for place, f in enumerate(self.fields) if f.name in self.required)

    @cached_property
    def said_places(self) -> tuple[tuple[int, str], ...]:
        """The places among ``fields`` of those an entry's header can say, and what it says there."""
        return tuple((place, f.declared.implied) for place, f in enumerate(self.plain) if f.declared.implied in SAID)

    def __post_init__(self) -> None:
        """``fields``: as in our statements; ``names``: with the id before them; ``line_names``: with a line number."""
        self.fields = self.plain + self.personal
        self.blank = {f.name: f.default for f in self.fields}
        self.names, self.line_names = ("id", *self.blank), ("line", *self.blank)
        self.required = frozenset(f.name for f in self.plain if not f.null)
        self.bools = tuple(place for place, f in enumerate(self.fields) if f.kind == "bool")
        self.implied = tuple((f.name, f.declared.implied) for f in self.plain if f.declared.implied)


TABLES: dict[str, TableSpec] = {}
BY_CODE: dict[int, TableSpec] = {}
_SPACES: dict[str, list[TableSpec]] = {}
_CHILDREN: dict[str, TableSpec] = {}


def _field_spec(peewee_field: peewee.Field) -> FieldSpec:
    declared = getattr(peewee_field, "cabang", None)
    if not isinstance(declared, Declared):
        raise InvariantBroken(fact=f"field {peewee_field.model.__name__}.{peewee_field.name} is declared")
    return FieldSpec(
        name=peewee_field.name,
        column=peewee_field.column_name,
        declared=declared,
        kind=_kind(peewee_field),
        target=getattr(peewee_field, "target", ""),
        null=peewee_field.null,
        default=peewee_field.default,
    )


def _kind(peewee_field: peewee.Field) -> str:
    for kind, classes in _KINDS.items():
        if isinstance(peewee_field, classes):
            return kind
    raise InvariantBroken(fact=f"{peewee_field} is of a kind the wire knows")


def _specs(model: type[Synced], skip: set[str]) -> list[FieldSpec]:
    specs = [_field_spec(f) for f in model._meta.sorted_fields if f.name not in skip]
    return [s for s in specs if s.declared.policy != LOCAL]


def _groups(specs: Iterable[FieldSpec]) -> tuple[GroupSpec, ...]:
    members: dict[str, list[FieldSpec]] = {}
    for spec in specs:
        members.setdefault(spec.declared.group or spec.name, []).append(spec)
    groups = []
    for number, (name, fields) in enumerate(members.items()):
        first = fields[0].declared
        same = all(f.declared.policy == first.policy and f.declared.personal == first.personal for f in fields)
        invariant(same, f"the fields of group {name} share policy and personal")
        groups.append(GroupSpec(number, name, tuple(fields), first.policy, first.personal, first.safe))
    return tuple(groups)


def synced(model: type[Synced]) -> type[Synced]:
    """Class decorator: compiles *model*'s declarations and enters it in TABLES."""
    sync = model.Sync  # type: ignore[attr-defined]
    name = model._meta.table_name
    specs = _specs(model, {"id", "stamps"})
    plain = tuple(s for s in specs if not s.declared.personal)
    personal = tuple(s for s in specs if s.declared.personal)
    is_fact = bool(specs) and all(s.declared.policy == FACT for s in specs)
    pure = is_fact or all(s.declared.policy != FACT for s in specs)
    invariant(pure, f"{name} is either a field model or a fact model")
    spec = TableSpec(
        code=sync.code,
        name=name,
        model=model,
        is_fact=is_fact,
        audience=sync.audience,
        writers=getattr(sync, "writers", None),
        owner=getattr(sync, "owner", ""),
        natural=getattr(sync, "natural", None),
        plain=plain,
        personal=personal,
        groups=() if is_fact else _groups(specs),
        regrades=getattr(sync, "regrades", ()),
        check=getattr(sync, "check", None),
        check_children=getattr(sync, "check_children", None),
        key_fields=tuple(inspect.signature(sync.natural).parameters) if hasattr(sync, "natural") else (),
        id_space=str(getattr(sync, "id_space", name)),
        seen=getattr(sync, "seen", ""),
        in_digest=getattr(sync, "digest", True),
    )
    invariant(spec.code not in BY_CODE, f"table code {spec.code} is used once")
    invariant(set(spec.key_fields) <= spec.required, f"the key of {name} is made of fields that are never empty")
    TABLES[name] = BY_CODE[spec.code] = spec
    _SPACES.setdefault(spec.id_space, []).append(spec)
    return model


def _under(owner: TableSpec, model: type[Synced], code: int, plain: tuple[FieldSpec, ...]) -> TableSpec:
    """The spec of rows that live under a fact of *owner*: what holds for it holds for them."""
    return TableSpec(
        code=code,
        name=model._meta.table_name,
        model=model,
        is_fact=True,
        audience=owner.audience,
        writers=owner.writers,
        owner=owner.owner,
        natural=None,
        plain=plain,
        personal=(),
        groups=(),
    )


def child(parent: type[Synced]) -> Callable[[type[Child]], type[Child]]:
    """Class decorator: the model's rows live under *parent*'s facts; (parent, line) is their key."""

    def enter(model: type[Child]) -> type[Child]:
        owner = TABLES[parent._meta.table_name]
        plain = tuple(_specs(model, {owner.name, "line"}))
        spec = _under(owner, model, model.Sync.code, plain)  # type: ignore[attr-defined]
        owner.children += (spec,)
        _CHILDREN[spec.name] = spec
        return model

    return enter


def derived(parents: Iterable[type[Synced]]) -> Callable[[type[Derived]], type[Derived]]:
    """Class decorator: the model's rows are derived from facts of *parents* by the functions given to ``derives``."""

    def enter(model: type[Derived]) -> type[Derived]:
        plain = tuple(_specs(model, {"document", "line", "event"}))
        for parent in parents:
            owner = TABLES[parent._meta.table_name]
            spec = _under(owner, model, 0, plain)
            owner.derived += (spec,)
            _CHILDREN[spec.name] = spec
        return model

    return enter


def derives(parent: type[Synced], version: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Function decorator: version *version* of what a fact of *parent* implies.  Old versions stay for ever."""

    def enter(function: Callable[..., Any]) -> Callable[..., Any]:
        TABLES[parent._meta.table_name].derive[version] = function
        return function

    return enter


def child_spec(name: str) -> TableSpec:
    """The compiled spec of a child or derived table."""
    return _CHILDREN[name]


def natural_id(table: str, *key: Any) -> bytes:
    """The id of the row of *table* with the natural key *key* (normalised by the model's ``natural``)."""
    spec = TABLES[table]
    invariant(spec.natural is not None, f"{table} has a natural key")
    return ids.natural(id_space(table), spec.natural(*key))  # type: ignore[misc]


def id_space(table: str) -> str:
    """Tables that share ids (a provisional product and the product it becomes) share the space's name."""
    return TABLES[table].id_space


def sharing_ids(table: str) -> list[TableSpec]:
    """The tables whose rows a reference to *table* may mean: itself, and those that share its ids."""
    return _SPACES[TABLES[table].id_space]


def everyone(row: Mapping[str, Any], look: Look) -> Iterable[int]:
    """Audience *all*: every branch holds the row."""
    return (EVERYONE,)


def making_branch(row: Mapping[str, Any], look: Look) -> Iterable[int]:
    """The branch whose number the row's id bears."""
    return (ids.stream_of(row["id"]),)


def hub_only(row: Mapping[str, Any], look: Look) -> Iterable[int]:
    """Writers: head office."""
    return (0,)
