"""What head office lost when it was put back, in plain words; and what belongs to a row that is taken over."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from flask_babel import gettext as _

from central_hub.node import HubNode
from crm import conflicts
from crm.branches import by_stream
from sync import taking_over
from sync.errors import N_
from sync.model import FieldSpec
from sync.taking_over import Outcome, Proposal
from sync.unit import Unit
from ui.conflict_words import FIELDS, HIDDEN, value_words

TITLES = {
    "branch": N_("Branch"),
    "user": N_("User"),
    "credential": N_("Password and PIN"),
    "category": N_("Category"),
    "product": N_("Product"),
    "further_barcode": N_("Barcode"),
    "product_price": N_("Price for members or companies"),
    "provisional_product": N_("New code"),
    "customer": N_("Customer"),
    "contact_point": N_("Phone"),
    "consent": N_("Agreement"),
    "customer_note": N_("Note"),
    "customer_tag": N_("Interest"),
    "customer_link": N_("Two cards of one person"),
    "stock_location": N_("Stock location"),
    "voucher": N_("Voucher"),
    "voucher_grant": N_("Uses for a branch"),
    "greeting_right": N_("Right to greet by SMS"),
    "greeting_release": N_("Right to greet by SMS, given up"),
}
LABELS = {
    **FIELDS,
    "customer": N_("Customer"),
    "user": N_("User"),
    "category": N_("Category"),
    "product": N_("Product"),
    "voucher": N_("Voucher"),
    "first": N_("Customer"),
    "second": N_("Customer"),
    "unit": N_("Unit"),
    "description": N_("Description"),
    "text": N_("Note"),
    "tag": N_("Interest"),
    "quantity": N_("Uses"),
    "issued": N_("Uses in all"),
}
_NAMES = ("name", "username", "code", "number", "value", "tag", "text", "barcode")


class Told(NamedTuple):
    """A proposal for people.  ``lines``: (field, what stands, what was lost); ``branches``: who says so."""

    name: str
    title: str
    is_made: bool
    lines: list[tuple[str, str, str]]
    branches: str
    can_be_dropped: bool


def told(node: HubNode, limit: int) -> tuple[list[Told], int]:
    """The first *limit* proposals in the language of the page, and how many there are."""
    found = taking_over.proposals(node.store.connection())
    return [_tell(one) for one in found[:limit]], len(found)


def decide(node: HubNode, names: list[str] | None, taken: bool, by: bytes | None) -> Outcome:
    """Person *by* takes over or drops these, or all; entries that waited for it are tried again."""
    outcome = taking_over.decide(node.journal, names, taken, by, _with_it)
    node.exchange.retry_held()
    return outcome


def _with_it(unit: Unit, table: str, row: Mapping[str, Any]) -> None:
    """A branch that is known again may enrol."""
    if table == "branch" and not unit.query("SELECT 1 FROM stream WHERE stream = ?", (row["stream"],)):
        unit.register_stream(row["stream"], row["code"])


def _tell(one: Proposal) -> Told:
    row = {**(one.stands or {}), **one.said}
    title = _(TITLES.get(one.table, one.table))
    lines = [line for field in one.spec.fields if (line := _line(one, field))]
    branches = ", ".join(_code(stream) for stream in one.branches)
    return Told(one.name, f"{title} {_named(row)}".strip(), one.is_made, lines, branches, one.can_be_dropped)


def _line(one: Proposal, field: FieldSpec) -> tuple[str, str, str] | None:
    """A field with both values; None for one that nobody reads, or that is the same."""
    if field.name not in LABELS or (field.name in HIDDEN and not field.target) or field.name not in one.said:
        return None
    lost, stands = one.said[field.name], (one.stands or {}).get(field.name)
    if type(lost) is bytes and not field.target:  # the hash of a number
        return None
    if (lost is None or lost == "") if one.is_made else (lost == stands and len(one.said) > 1):
        return None
    return _(LABELS[field.name]), "" if one.is_made else _words(field, stands), _words(field, lost)


def _named(row: Mapping[str, Any]) -> str:
    return next((row[name] for name in _NAMES if row.get(name) and type(row[name]) is str), "")


def _words(field: FieldSpec, value: Any) -> str:
    if field.target and type(value) is bytes and field.target != "branch":
        return _named(conflicts.row_of(field.target, value) or {}) or "–"
    try:
        return value_words(field.name, value)
    except (TypeError, ValueError, AttributeError):  # a branch may hand back what is no value
        return str(value)


def _code(stream: int) -> str:
    found = by_stream(stream)
    return found.code if found else str(stream)
