"""What head office sets for every branch: how much discount each role may give, and how cash is rounded."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from peewee import BlobField, TextField

from crm.errors import BadPercent
from crm.reading import dicts
from crm.texts import choice
from crm.users import ROLES
from sync.errors import N_, invariant
from sync.model import IdField, Synced, everyone, hub_only, lww, synced
from sync.unit import Unit

Query = Callable[[str], Sequence[Sequence[Any]]]
PERCENT_MAX = 100
DISCOUNT_LIMITS = {"owner": 100, "admin": 100, "manager": 20, "supervisor": 20, "cashier": 5, "therapist": 0}
CASH_STEPS = ("0", "100", "500")
CASH_ROUNDING = "cash_rounding"
_LIMIT = "discount_limit_"
_HELD = "SELECT name, value FROM company_setting"
_PERCENT = re.compile(r"([0-9]{1,3})\s*%?", re.ASCII)


@synced
class CompanySetting(Synced):
    """A setting that holds at every branch; only head office changes it."""

    id = IdField(primary_key=True)
    name = lww(TextField())
    value = lww(TextField(null=True))
    stamps = BlobField()

    class Sync:
        code = 6
        audience = staticmethod(everyone)
        writers = staticmethod(hub_only)
        owner = "head office"

        @staticmethod
        def natural(name: str) -> str:
            return name


class Company(NamedTuple):
    """``limits``: percent of discount by role.  ``cash_step``: cash is rounded to this many rupiah; 0: it is not."""

    limits: Mapping[str, int]
    cash_step: int

    def limit(self, role: str) -> int:
        """How many percent of discount somebody of this role may give; a role nobody knows may give none."""
        return self.limits.get(role, 0)


def limit_name(role: str) -> str:
    """The setting that holds the limit of a role."""
    return f"{_LIMIT}{role}"


NAMES = (*(limit_name(role) for role in ROLES), CASH_ROUNDING)


def read(query: Query | None = None) -> Company:
    """What is set, in one query (on a unit's own connection with its ``query``); the defaults for the rest.

    What another version of the program set, and this one does not understand, counts as not set.
    """
    found = query(_HELD) if query else [(row["name"], row["value"]) for row in dicts(_HELD)]
    held = {str(name): str(value or "") for name, value in found}
    limits = {role: _percent(held.get(limit_name(role), ""), least) for role, least in DISCOUNT_LIMITS.items()}
    step = held.get(CASH_ROUNDING, "")
    return Company(limits, int(step) if step in CASH_STEPS else 0)


def as_texts(company: Company) -> dict[str, str]:
    """The settings as they are stored and typed, by name."""
    return {
        **{limit_name(role): str(percent) for role, percent in company.limits.items()},
        CASH_ROUNDING: str(company.cash_step),
    }


def clean(name: str, typed: str) -> str:
    """*typed* as the setting *name* is stored; raises BadPercent, BadChoice."""
    if name == CASH_ROUNDING:
        return choice(typed.strip(), CASH_STEPS, N_("Rounding of cash"))
    percent = _percent(typed.strip(), None)
    if percent is None:
        raise BadPercent(text=typed.strip())
    return str(percent)


def write(unit: Unit, typed: Mapping[str, str]) -> list[str]:
    """Sets what differs at head office; gives the names set.  Nothing is written when one is wrong.

    Raises what ``clean`` raises.
    """
    invariant(set(typed) <= set(NAMES), "only settings of the table are set")
    cleaned = {name: clean(name, text) for name, text in typed.items()}
    before = as_texts(read(unit.query))
    changed = [name for name, value in cleaned.items() if value != before[name]]
    for name in changed:
        unit.insert(CompanySetting, {"name": name, "value": cleaned[name]}, key=(name,))
    return changed


def _percent(text: str, otherwise: Any) -> Any:
    found = _PERCENT.fullmatch(text)
    return int(found[1]) if found and int(found[1]) <= PERCENT_MAX else otherwise
