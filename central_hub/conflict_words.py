"""A conflict in plain words: what it is about, what each side wrote, who and when."""

from collections.abc import Callable
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from central_hub.decisions import Pair, Side
from crm import catalogue, phones
from crm.branches import Branch
from crm.customers import Consent, ContactPoint, Customer
from crm.users import Credential, User
from sync.errors import N_
from ui import filters
from ui.status import ROLES

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
    "code": N_("Code"),
    "barcode": N_("Barcode"),
    "price": N_("Price"),
    "role": N_("Role"),
    "username": N_("User name"),
    "password_hash": N_("Password"),
    "pin_hash": N_("PIN"),
}
HIDDEN = ("value_hash", "customer", "user")
PURPOSES = {
    "receipt": N_("Receipts by SMS"),
    "reminder": N_("Reminders by SMS"),
    "greeting": N_("Greetings by SMS"),
    "promotion": N_("Offers by SMS"),
}
KINDS = {
    "goods": N_("Goods"),
    "service": N_("Service"),
    "charge": N_("Charge"),
    "individual": N_("Person"),
    "corporate": N_("Company"),
}


def described(found: Pair) -> dict[str, Any]:
    """What the page shows: ``id`` (hex), ``about``, ``href``, ``noted_at``, ``kept`` and ``lost``."""
    about, href = _ABOUT[found.table](found.row)
    sides = {side.name: _side(side) for side in (found.kept, found.lost)}
    return {"id": found.id.hex(), "about": about, "href": href, "noted_at": found.noted_at, **sides}


def _side(side: Side) -> dict[str, Any]:
    shown = [(_(FIELDS.get(name, name)), _value(name, value)) for name, value in side.values.items()
             if name not in HIDDEN]  # fmt: skip
    user = User.get_or_none(User.id == side.actor) if side.actor else None
    branch = Branch.get_or_none(Branch.stream == side.stream)
    who = (user.name or user.username) if user else ""
    return {"values": shown, "who": who, "where": branch.code if branch else _("Head office"), "at": side.at}


def _value(name: str, value: Any) -> str:
    if name.endswith("_hash"):
        return _("(not shown)")
    if value is None or value == "":
        return _("(empty)")
    said = _VALUES.get(name)
    return said(value) if said else str(value)


def _branch(value: bytes) -> str:
    found = Branch.get_or_none(Branch.id == value)
    return f"{found.name} ({found.code})" if found else _("Head office")


def _phone(value: str) -> str:
    return phones.national(value) if value.startswith("+") else value


_VALUES: dict[str, Callable[[Any], str]] = {
    "price": filters.rupiah,
    "archived": lambda value: _("no, archived") if value else _("yes"),
    "given": lambda value: _("agreed") if value else _("not agreed"),
    "home_branch": _branch,
    "branch": _branch,
    "value": _phone,
    "role": lambda value: _(ROLES.get(value, value)),
    "kind": lambda value: _(KINDS.get(value, value)),
}


def _about_customer(row: bytes) -> tuple[str, str]:
    found = Customer.get(Customer.id == row)
    said = _("Customer %(name)s (%(number)s)", name=found.name or "–", number=found.number)
    return said, url_for("customers.show", ident=row.hex())


def _about_contact(row: bytes) -> tuple[str, str]:
    return _about_customer(bytes(ContactPoint.get(ContactPoint.id == row).customer))


def _about_consent(row: bytes) -> tuple[str, str]:
    found = Consent.get(Consent.id == row)
    said, href = _about_customer(bytes(found.customer))
    return f"{said} · {_(PURPOSES.get(found.purpose, found.purpose))}", href


def _about_product(row: bytes) -> tuple[str, str]:
    found = catalogue.item(row)
    said = _("Product %(name)s (%(code)s)", name=found.name, code=found.code) if found else _("Product")
    return said, url_for("products.show", ident=row.hex())


def _about_user(row: bytes) -> tuple[str, str]:
    found = User.get(User.id == row)
    return _("User %(name)s", name=found.name or found.username), url_for("users.edit", ident=row.hex())


def _about_credential(row: bytes) -> tuple[str, str]:
    return _about_user(bytes(Credential.get(Credential.id == row).user))


_ABOUT: dict[str, Callable[[bytes], tuple[str, str]]] = {
    "customer": _about_customer,
    "contact_point": _about_contact,
    "consent": _about_consent,
    "provisional_product": _about_product,
    "user": _about_user,
    "credential": _about_credential,
}
