"""The fields of a customer's card as people fill them in, checked and in their normal form."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from crm.customers.models import KINDS, Customer
from crm.errors import BadBirthDate, BadCustomerNumber
from crm.texts import NAME_MAX, choice, one_line, optional
from sync.errors import N_, invariant

_NUMBER = re.compile(r"[A-Z0-9](?:[A-Z0-9./_-]{0,30}[A-Z0-9])?", re.ASCII)
_DATE = re.compile(r"(?:19|20)\d\d-\d\d-\d\d", re.ASCII)


def clean(values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a card that people fill in, checked and in their normal form."""
    invariant(set(values) <= set(_CLEAN), "these fields of a customer can be changed")
    return {name: _CLEAN[name](value) for name, value in values.items()}


def clean_number(text: str) -> str:
    """A customer number in its normal form: trimmed, upper case; raises BadCustomerNumber."""
    number = Customer.Sync.natural(text)
    if not _NUMBER.fullmatch(number):
        raise BadCustomerNumber(number=text)
    return number


def _clean_birth_date(text: str | None) -> str | None:
    if not text or not text.strip():
        return None
    if not _DATE.fullmatch(text.strip()):
        raise BadBirthDate(text=text)
    try:
        return date.fromisoformat(text.strip()).isoformat()
    except ValueError as problem:
        raise BadBirthDate(text=text) from problem


_CLEAN = {
    "name": lambda text: one_line(text or "", N_("Name"), NAME_MAX),
    "kind": lambda kind: choice(kind, KINDS, N_("Kind")),
    "street": lambda text: optional(text, N_("Street")),
    "city": lambda text: optional(text, N_("City"), NAME_MAX),
    "birth_date": _clean_birth_date,
    "caution": lambda text: optional(text, N_("Caution")),
    "home_branch": lambda branch: branch,
    "archived": bool,
}
