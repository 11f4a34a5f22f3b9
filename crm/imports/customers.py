"""``cabang import customers``: a customer list.  A card that exists is completed, never overwritten.

A row without a number is known by its name and phone together, and gets the next free number.
"""

import re
from functools import partial
from pathlib import Path
from typing import Any

from crm import customers, phones
from crm.customers.fields import clean, clean_number
from crm.imports import days, headings
from crm.imports.by_row import CHANGED, MADE, REPEATED, ByRow, Done
from crm.imports.cells import EMPTY
from crm.imports.report import Oddity, Report
from crm.imports.table import Cell, Columns, Row, Table
from sync.errors import N_
from sync.handover_lines import Progress
from sync.node import Node
from sync.unit import Unit

COLUMNS = Columns(needed=("name",), optional=("number", "phone", "kind", "street", "city", "birth_date", "caution"))
ODDITIES = {
    "differs": Oddity(N_("the card says something else than the file"), N_("the card stays as it is")),
}
_CARD = ("name", "kind", "street", "city", "birth_date", "caution")
_READ = {"kind": headings.kind, "birth_date": days.year_first}
_SEVERAL = re.compile(r"[;,/]")
_SOURCE = "customers"
_PHONES = "SELECT value FROM contact_point WHERE customer = ? AND kind = 'phone' AND NOT archived"
_NUMBERED = "SELECT id FROM customer WHERE number = ?"
_CALLED = (
    "SELECT c.id FROM contact_point t JOIN customer c ON c.id = t.customer"
    " WHERE t.value_hash = ? AND t.kind = 'phone' AND c.name = ? COLLATE NOCASE AND NOT c.archived ORDER BY c.number"
)


def take(node: Node, path: Path, progress: Progress) -> dict[str, Any]:
    """Makes the cards of the list and completes those that lack something.

    A row with a number that is no mobile phone is refused whole, so that nobody believes it was taken.  A birth date
    with the month first refuses the file.
    """
    with Table(path, COLUMNS) as beforehand:
        for row in beforehand:
            if isinstance(row, Row):
                days.check_order(row.cell("birth_date"))
    with Table(path, COLUMNS) as table:
        report = Report(_SOURCE, path.name, ODDITIES)
        taker = partial(_take_row, node.company_key)
        ByRow(node, table, report, taker, _name).run(progress)
        return report.result(ignored=table.ignored)


def _name(row: Row) -> tuple[Cell, str]:
    """What names a row: its number, or else its phone beside its name."""
    number, phone = row.cell("number"), row.cell("phone")
    if number.text or not phone.text:
        return number, customers.Customer.Sync.natural(number.text)
    return phone, f"{phone.text}\n{row.cell('name').text.casefold()}"


def _take_row(key: bytes, unit: Unit, row: Row) -> Done:
    number = clean_number(row.cell("number").text) if row.cell("number").text else None
    told = clean({name: _READ.get(name, str)(row.cell(name).text) for name in _CARD if row.cell(name).text})
    numbers = [phones.normalise(part) for part in _SEVERAL.split(row.cell("phone").text) if part.strip()]
    if number is None and not numbers:
        raise row.cell("phone").wrong(EMPTY)
    known = _known(unit, number, told.get("name", ""), numbers, key)
    if known:
        return _complete(unit, known, told, numbers, key)
    customers.create_customer(unit, number=number, phones=numbers, hash_key=key, **{"name": "", **told})
    return Done(MADE)


def _known(unit: Unit, number: str | None, name: str, numbers: list[str], key: bytes) -> bytes | None:
    """The card this row means, if there is one."""
    if number is not None:
        return next((row[0] for row in unit.query(_NUMBERED, (number,))), None)
    hashes = [phones.value_hash(phone, key) for phone in numbers]
    return next((row[0] for hashed in hashes for row in unit.query(_CALLED, (hashed, name))), None)


def _complete(unit: Unit, customer: bytes, told: dict[str, Any], numbers: list[str], key: bytes) -> Done:
    """Fills what is empty on the card; what it says otherwise than the file is told."""
    card = unit.get(customers.Customer, customer) or {}
    held = [value for (value,) in unit.query(_PHONES, (customer,))]
    empty = {name: value for name, value in told.items() if card[name] is None}
    differing = [name for name, value in told.items() if name not in empty and card[name] != value]
    if held and not set(numbers) <= set(held):
        differing.append("phone")
    new_numbers = numbers if numbers and not held else None
    changed = customers.change_customer(unit, customer, empty, phones=new_numbers, hash_key=key)
    return Done(CHANGED if changed else REPEATED, "differs" if differing else "", ", ".join(differing))
