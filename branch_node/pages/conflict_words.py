"""One thing changed twice, told in plain words: what it is about, who wrote what, which stands."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from flask import url_for
from flask_babel import gettext as _

from branch_node.pages import customer_card, products
from branch_node.pages.here import branch
from crm import branches, phones
from crm.branches import HEAD_OFFICE
from crm.customers import Customer
from crm.users import User
from sync import rows, stamps, wire
from sync.errors import N_
from sync.model import TABLES, GroupSpec
from sync.records import Conflict
from sync.store import Store
from ui import formats
from ui.preferences import language

THINGS = {
    "customer": N_("Customer"),
    "contact_point": N_("Contact"),
    "consent": N_("Consent"),
    "provisional_product": N_("New code"),
    "user": N_("Member of staff"),
}
FIELDS = {
    "number": N_("Number"),
    "name": N_("Name"),
    "kind": N_("Kind"),
    "home_branch": N_("Home branch"),
    "archived": N_("Archived"),
    "street": N_("Street"),
    "city": N_("City"),
    "birth_date": N_("Date of birth"),
    "caution": N_("Caution"),
    "value": N_("Phone"),
    "given": N_("May send SMS"),
    "code": N_("Code"),
    "barcode": N_("Barcode"),
    "price": N_("Price"),
    "role": N_("Role"),
    "branch": N_("Branch"),
}
HIDDEN = {"value_hash"}
KINDS = {**customer_card.KIND_WORDS, **products.KIND_WORDS}


class Version(NamedTuple):
    """What one side wrote: lines of (field, value), by whom, at which branch, when (ms UTC)."""

    lines: list[tuple[str, str]]
    author: str
    place: str
    at: int


class Told(NamedTuple):
    """A conflict for people; ``kept`` was put in force, ``settled`` when somebody has written something newer since."""

    id: str
    title: str
    link: str
    field: str
    kept: Version
    lost: Version
    noted_at: int
    settled: bool
    restorable: bool


def tell(conflict: Conflict) -> Told:
    """*conflict* in the language of the page."""
    spec = TABLES[conflict.table]
    group = next(one for one in spec.groups if one.name == conflict.group)
    row = row_of(conflict)
    title, link = _subject(conflict.table, row)
    return Told(
        bytes(conflict.id).hex(),
        title,
        link,
        ", ".join(_(FIELDS.get(field.name, field.name)) for field in group.fields if field.name not in HIDDEN),
        _version(conflict, group, "kept"),
        _version(conflict, group, "lost"),
        conflict.noted_at,
        row is None or stamps.standing(row["stamps"], group.number).op != bytes(conflict.kept_op),
        row is not None and may_write(conflict.table, row),
    )


def row_of(conflict: Conflict) -> dict[str, Any] | None:
    """The row the conflict is about, as it stands here."""
    store: Store = branch().store
    return rows.read(store.connection(), TABLES[conflict.table], bytes(conflict.row))


def may_write(table: str, row: Mapping[str, Any]) -> bool:
    """May this branch change the row at all?"""
    spec = TABLES[table]
    look = rows.looker(branch().store.connection())
    return spec.writers is None or branch().stream in spec.writers(row, look)


def lost_values(conflict: Conflict) -> dict[str, Any]:
    """The values that gave way, by field."""
    group = next(one for one in TABLES[conflict.table].groups if one.name == conflict.group)
    return _values(group, conflict.lost)


def _values(group: GroupSpec, packed: bytes | None) -> dict[str, Any]:
    values = wire.decode_array(packed, "conflict") if packed else [None] * len(group.fields)
    return dict(zip((field.name for field in group.fields), values, strict=True))


def _version(conflict: Conflict, group: GroupSpec, side: str) -> Version:
    values = _values(group, getattr(conflict, side))
    lines = [
        (_(FIELDS.get(name, name)), value_words(name, value)) for name, value in values.items() if name not in HIDDEN
    ]
    actor = getattr(conflict, f"{side}_actor")
    author = User.get_or_none(User.id == actor) if actor else None
    words = (author.name or author.username) if author else _("somebody")
    return Version(lines, words, place_of(getattr(conflict, f"{side}_stream")), getattr(conflict, f"{side}_at"))


def place_of(stream: int) -> str:
    """The branch with this number, or head office."""
    found = branches.by_stream(stream)
    return f"{found.code} {found.name}" if found else _("Head office")


def value_words(name: str, value: Any) -> str:
    """A field's value as people read it."""
    if value is None or value == "":
        return _("(empty)")
    if isinstance(value, bytes):
        return _branch_code(value)
    if name in ("archived", "given"):
        return _("Yes") if value else _("No")
    if name == "value" and str(value).startswith("+"):
        return phones.national(value)
    if name == "price":
        return formats.rupiah(int(value), language())
    return _(KINDS[value]) if name == "kind" and value in KINDS else str(value)


def _branch_code(ident: bytes) -> str:
    found = branches.Branch.get_or_none(branches.Branch.id == ident)
    return str(found.code) if found else HEAD_OFFICE


def _subject(table: str, row: Mapping[str, Any] | None) -> tuple[str, str]:
    """What it is about in words, and the address of its card."""
    thing = _(THINGS.get(table, table))
    if row is None:
        return thing, ""
    customer = row["id"] if table == "customer" else row.get("customer")
    if customer:
        return _customer(thing, table, row, bytes(customer))
    return f"{thing} {row.get('code') or row.get('name') or row.get('username') or ''}".strip(), ""


def _customer(thing: str, table: str, row: Mapping[str, Any], ident: bytes) -> tuple[str, str]:
    found = Customer.get_or_none(Customer.id == ident)
    who = f"{found.number} {found.name or ''}".strip() if found else ""
    purpose = customer_card.PURPOSE_WORDS[row["purpose"]] if table == "consent" else ""
    about = _(purpose) if purpose else ""
    return " · ".join(filter(None, (f"{thing} {who}", about))), url_for("customers.card", customer=ident.hex())
