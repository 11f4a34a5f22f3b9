"""Making and changing a customer's card, its phone numbers, consents and notes."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from crm import phones as numbers
from crm.branches import HEAD_OFFICE
from crm.customers.fields import clean, clean_number
from crm.customers.models import CHANNELS, PURPOSES, Consent, ContactPoint, Customer, CustomerNote
from crm.errors import CustomerNumberTaken, UnknownCustomer
from crm.texts import choice, paragraph
from sync.errors import N_
from sync.unit import Unit

NOTE_KINDS = ("remark", "need", "interaction")
_HERE = "SELECT id, code FROM branch WHERE stream = ?"
_DIGITS = 6  # of the number in "PTK-000123"


def create_customer(
    unit: Unit,
    *,
    name: str,
    hash_key: bytes,
    number: str | None = None,
    kind: str = "individual",
    home_branch: bytes | None = None,
    phones: Iterable[str] = (),
    street: str | None = None,
    city: str | None = None,
    birth_date: str | None = None,
    caution: str | None = None,
) -> bytes:
    """Makes a card with its phone numbers; without *number* the next free one of this branch, like ``PTK-000123``.

    *home_branch* is this branch unless another is named.  Raises BadText, BadChoice, BadPhone, BadBirthDate,
    BadCustomerNumber, CustomerNumberTaken.
    """
    here, code = next(iter(unit.query(_HERE, (unit.stream,))), (None, HEAD_OFFICE))
    values = clean(
        {"name": name, "kind": kind, "street": street, "city": city, "birth_date": birth_date, "caution": caution}
    )
    values["home_branch"] = home_branch or here
    wanted = _distinct(phones)
    if number is None:
        values["number"] = _next_number(unit, code)
        customer = unit.insert(Customer, values)
    else:
        values["number"] = _free_number(unit, clean_number(number))
        customer = unit.insert(Customer, values, key=(values["number"],))
    _add_phones(unit, customer, wanted, hash_key)
    return customer


def customer_numbered(unit: Unit, number: str) -> bytes:
    """The customer with this number, made without a name if nobody has it: two branches make the same one."""
    cleaned = clean_number(number)
    return _id_of(unit, cleaned) or unit.insert(Customer, {"number": cleaned}, key=(cleaned,))


def change_customer(
    unit: Unit,
    customer: bytes,
    values: Mapping[str, Any],
    phones: Iterable[str] | None = None,
    hash_key: bytes = b"",
) -> bool:
    """Changes fields of the card; *phones*, if given, is the whole list of numbers from now on.

    True when something changed.  Raises UnknownCustomer and what ``create_customer`` raises; the number stays.
    """
    if unit.get(Customer, customer) is None:
        raise UnknownCustomer
    wanted = None if phones is None else _distinct(phones)
    changed = unit.set(Customer, customer, clean(values))
    return (wanted is not None and _set_phones(unit, customer, wanted, hash_key)) or changed


def set_consent(unit: Unit, customer: bytes, purpose: str, given: bool) -> None:
    """Writes down whether the customer wants SMS of this *purpose*; raises UnknownCustomer, BadChoice."""
    if unit.get(Customer, customer) is None:
        raise UnknownCustomer
    row = {"customer": customer, "purpose": choice(purpose, PURPOSES, N_("Purpose")), "given": given}
    unit.insert(Consent, {**row, "channel": CHANNELS[0]}, key=(customer, purpose, CHANNELS[0]))


def agree(unit: Unit, customer: bytes, purposes: Collection[str]) -> None:
    """SMS for *purposes* are wanted, for all others not; only what changes is written.  Raises UnknownCustomer."""
    if unit.get(Customer, customer) is None:
        raise UnknownCustomer
    rows = unit.query("SELECT purpose, given FROM consent WHERE customer = ?", (customer,))
    held = {purpose for purpose, given in rows if given}
    for purpose in PURPOSES:
        if (purpose in purposes) is not (purpose in held):
            set_consent(unit, customer, purpose, purpose in purposes)


def add_note(unit: Unit, customer: bytes, kind: str, text: str) -> bytes:
    """Adds something learnt of the customer; raises UnknownCustomer, BadChoice, BadText."""
    if unit.get(Customer, customer) is None:
        raise UnknownCustomer
    row = {"customer": customer, "kind": choice(kind, NOTE_KINDS, N_("Kind")), "text": paragraph(text, N_("Note"))}
    return unit.insert(CustomerNote, row)


def _distinct(phones: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(numbers.normalise(phone) for phone in phones if phone.strip()))


def _next_number(unit: Unit, code: str) -> str:
    pattern = f"{code}-{'[0-9]' * _DIGITS}"
    rows = unit.query("SELECT number FROM customer WHERE number GLOB ? ORDER BY number DESC LIMIT 1", (pattern,))
    last = next((int(number[len(code) + 1 :]) for (number,) in rows), 0)
    while _id_of(unit, number := f"{code}-{last + 1:0{_DIGITS}}"):
        last += 1
    return number


def _free_number(unit: Unit, number: str) -> str:
    if _id_of(unit, number):
        raise CustomerNumberTaken(number=number)
    return number


def _id_of(unit: Unit, number: str) -> bytes | None:
    return next((row[0] for row in unit.query("SELECT id FROM customer WHERE number = ?", (number,))), None)


def _add_phones(unit: Unit, customer: bytes, phones: Iterable[str], hash_key: bytes) -> None:
    for phone in phones:
        row = {"customer": customer, "kind": "phone", "value": phone}
        unit.insert(ContactPoint, {**row, "value_hash": numbers.value_hash(phone, hash_key)})


def _set_phones(unit: Unit, customer: bytes, wanted: Collection[str], hash_key: bytes) -> bool:
    held = list(unit.query("SELECT id, value FROM contact_point WHERE customer = ? AND kind = 'phone'", (customer,)))
    changes = [unit.set(ContactPoint, point, {"archived": value not in wanted}) for point, value in held]
    new = [phone for phone in wanted if phone not in {value for _, value in held}]
    _add_phones(unit, customer, new, hash_key)
    return bool(new) or any(changes)
