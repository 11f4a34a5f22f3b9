"""Changing what head office says of a branch; its code and number stay."""

from collections.abc import Mapping

from crm.branches import ZONES, Branch
from crm.texts import NAME_MAX, choice, one_line, optional
from sync.errors import N_
from sync.unit import Unit


def change_branch(unit: Unit, branch: bytes, values: Mapping[str, str]) -> bool:
    """Sets name, address, phone and zone; True when something changed.  Raises NoSuchRow, BadText, BadChoice."""
    cleaned = {
        "name": one_line(values["name"], N_("Name"), NAME_MAX),
        "address": optional(values["address"], N_("Address")),
        "phone": optional(values["phone"], N_("Phone"), 40),
        "zone": choice(values["zone"], tuple(ZONES), N_("Time zone")),
    }
    return unit.set(Branch, branch, cleaned)
