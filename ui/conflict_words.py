"""A conflict in plain words: what it is about, what each side wrote, who, where and when, and which one stands."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from flask import current_app, url_for
from flask_babel import gettext as _
from flask_login import current_user

from crm import catalogue, conflict_rights, conflicts, phones
from crm.branches import HEAD_OFFICE, Branch
from crm.conflicts import Code, Pair, Side
from crm.users import User
from sync.errors import N_
from ui import filters
from ui.access import access_of
from ui.node import node
from ui.status import ROLES
from ui.value_words import CUSTOMER_KINDS, PRODUCT_KINDS, PURPOSES

FIELDS = {
    "name": N_("Name"),
    "number": N_("Customer number"),
    "kind": N_("Kind"),
    "home_branch": N_("Home branch"),
    "branch": N_("Works at"),
    "archived": N_("In use"),
    "street": N_("Street"),
    "city": N_("City"),
    "birth_date": N_("Date of birth"),
    "caution": N_("Caution"),
    "value": N_("Phone"),
    "given": N_("Agreement"),
    "listed": N_("Interest"),
    "code": N_("Code"),
    "barcode": N_("Barcode"),
    "price": N_("Price"),
    "role": N_("Role"),
    "username": N_("User name"),
    "password_hash": N_("Password"),
    "pin_hash": N_("PIN"),
}
HIDDEN = ("value_hash", "customer", "user")
ASK = {
    "supervisor": N_("Ask a supervisor to decide."),
    "manager": N_("Ask a manager to decide."),
    "admin": N_("Ask an administrator to decide."),
    "owner": N_("Ask the owner to decide."),
}
KINDS = {**CUSTOMER_KINDS, **PRODUCT_KINDS}


class Version(NamedTuple):
    """What one side wrote: lines of (field, value), who at which place, when (ms UTC), and whether it stands now."""

    lines: list[tuple[str, str]]
    who: str
    where: str
    at: int
    stands: bool


class Told(NamedTuple):
    """A conflict for people.

    ``may_settle``: it is open, and the person may decide it here; ``ask``: who else decides, in words.  ``may_change``:
    it is settled, one of the two versions stands, and the person may still take the other one.
    """

    id: str
    about: str
    href: str
    kept: Version
    lost: Version
    is_open: bool
    may_settle: bool
    ask: str
    may_change: bool


class Line(NamedTuple):
    """One field of a code: what stands, and each other value as (id of the conflict, value, code of its branch)."""

    field: str
    stands: str
    others: list[tuple[str, str, str]]


class ToldCode(NamedTuple):
    """A code with two names or prices."""

    id: str
    code: str
    href: str
    lines: list[Line]


def tell(pair: Pair, role: str) -> Told:
    """*pair* in the language of the page, for somebody of this role."""
    row = conflicts.row_of(pair.table, pair.row)
    about, href = _about(pair.table, row)
    kept, lost = (_version(side, row) for side in (pair.kept, pair.lost))
    ask = _ask(pair, row, role)
    may = row is not None and not ask
    changes = may and not pair.is_open and kept.stands != lost.stands
    return Told(pair.id.hex(), about, href, kept, lost, pair.is_open, may and pair.is_open, ask, changes)


def _ask(pair: Pair, row: Mapping[str, Any] | None, role: str) -> str:
    """Whom to ask, when it is not for this person at this node to decide; else empty."""
    if row is not None and not conflicts.may_write(pair.spec, row, node().stream):
        return _("Ask head office to decide.")
    if conflict_rights.may_decide(role, pair):
        return ""
    return _(ASK[conflict_rights.whom_to_ask(pair)])


def tell_code(found: Code) -> ToldCode:
    """*found* in the language of the page, a line for each field."""
    lines: dict[str, Line] = {}
    for pair in found.pairs:
        for name, value in pair.kept.values.items():
            line = lines.setdefault(name, Line(_(FIELDS.get(name, name)), value_words(name, value), []))
            line.others.append((pair.id.hex(), value_words(name, pair.lost.values.get(name)), _short(pair.lost.stream)))
    return ToldCode(found.id.hex(), found.code, _page("products.show", found.id), list(lines.values()))


def value_words(name: str, value: Any) -> str:
    """A field's value as people read it; passwords and PINs are not shown."""
    if name.endswith("_hash"):
        return _("(not shown)")
    said = _VALUES.get(name)
    if value is None or value == "":
        return _("Head office") if said is _branch else _("(empty)")
    return said(value) if said else str(value)


def _version(side: Side, row: Mapping[str, Any] | None) -> Version:
    lines = [(_(FIELDS.get(name, name)), value_words(name, value)) for name, value in side.values.items()
             if name not in HIDDEN]  # fmt: skip
    user = User.get_or_none(User.id == side.actor) if side.actor else None
    who = (user.name or user.username) if user else ""
    return Version(lines, who, _place(side.stream), side.at, conflicts.holds(row, side))


# --- values ------------------------------------------------------------------------------------------------------


def _branch(value: bytes) -> str:
    return _named(Branch.get_or_none(Branch.id == value))


def _place(stream: int) -> str:
    return _named(Branch.get_or_none(Branch.stream == stream))


def _short(stream: int) -> str:
    found = Branch.get_or_none(Branch.stream == stream)
    return found.code if found else HEAD_OFFICE


def _named(branch: Branch | None) -> str:
    return f"{branch.name} ({branch.code})" if branch else _("Head office")


def _phone(value: str) -> str:
    return phones.national(value) if value.startswith("+") else value


_VALUES: dict[str, Callable[[Any], str]] = {
    "price": filters.rupiah,
    "archived": lambda value: _("no, archived") if value else _("yes"),
    "given": lambda value: _("agreed") if value else _("not agreed"),
    "listed": lambda value: _("on the card") if value else _("taken off"),
    "home_branch": _branch,
    "branch": _branch,
    "value": _phone,
    "role": lambda value: _(ROLES.get(value, value)),
    "kind": lambda value: _(KINDS.get(value, value)),
}


# --- what it is about --------------------------------------------------------------------------------------------


def _about(table: str, row: Mapping[str, Any] | None) -> tuple[str, str]:
    """What it is about in words, and the address of its page (empty when there is none for this person)."""
    say = _ABOUT.get(table)
    return say(row) if say and row else (_(table), "")


def _customer(row: Mapping[str, Any]) -> tuple[str, str]:
    said = _("Customer %(name)s (%(number)s)", name=row["name"] or "–", number=row["number"])
    return said, _page("customers.show", row["id"])


def _of_customer(row: Mapping[str, Any]) -> tuple[str, str]:
    return _about("customer", conflicts.row_of("customer", row["customer"]))


def _consent(row: Mapping[str, Any]) -> tuple[str, str]:
    said, href = _of_customer(row)
    return f"{said} · {_(PURPOSES.get(row['purpose'], row['purpose']))}", href


def _interest(row: Mapping[str, Any]) -> tuple[str, str]:
    said, href = _of_customer(row)
    return f"{said} · {row['tag']}", href


def _product(row: Mapping[str, Any]) -> tuple[str, str]:
    found = catalogue.item(row["id"])
    said = _("Product %(name)s (%(code)s)", name=found.name, code=found.code) if found else _("Product")
    return said, _page("products.show", row["id"])


def _user(row: Mapping[str, Any]) -> tuple[str, str]:
    return _("User %(name)s", name=row["name"] or row["username"]), _page("users.edit", row["id"])


def _of_user(row: Mapping[str, Any]) -> tuple[str, str]:
    return _about("user", conflicts.row_of("user", row["user"]))


_ABOUT: dict[str, Callable[[Mapping[str, Any]], tuple[str, str]]] = {
    "customer": _customer,
    "contact_point": _of_customer,
    "consent": _consent,
    "customer_tag": _interest,
    "provisional_product": _product,
    "user": _user,
    "credential": _of_user,
}


def _page(endpoint: str, ident: bytes) -> str:
    """The address of a page, when this node has it and the person may open it."""
    access = access_of(current_app, endpoint) if endpoint in current_app.view_functions else None
    if access is None or (access.permission and not current_user.may(access.permission)):
        return ""
    return url_for(endpoint, ident=ident.hex())
