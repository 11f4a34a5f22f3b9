"""Reads what people type into forms; every mistake becomes a sentence beside its field.

``form = Reading(request.form)``, then ``form.text("name", required=True)``, ``form.rupiah("price")`` …; when
``form.errors`` holds anything, show the page again with ``form.values`` and ``form.errors``, status 422.
"""

import re
from collections.abc import Mapping

from flask_babel import gettext as _

from sync.limits import QUANTITY_MAX, RUPIAH_MAX

TEXT_CHARACTERS_MAX = 200
AMOUNT = re.compile(r"-?(?:rp)?\s*(\d{1,3}(?:[.,]\d{3})+|\d+)(?:,00|,-)?", re.ASCII | re.IGNORECASE)


def parse_rupiah(typed: str) -> int | None:
    """``1250000``, ``1.250.000``, ``Rp1.250.000`` and ``Rp 1.250.000,00`` → 1250000; None when it is no amount."""
    typed = typed.strip().replace("\N{MINUS SIGN}", "-").replace("\N{NO-BREAK SPACE}", " ")
    match = AMOUNT.fullmatch(typed)
    if match is None:
        return None
    amount = int(re.sub(r"[.,]", "", match[1]))
    return -amount if typed.startswith("-") else amount


class Reading:
    """One submitted form: ``values`` as typed, ``errors`` by field name."""

    def __init__(self, form: Mapping[str, str]) -> None:
        self.values = dict(form.items())
        self.errors: dict[str, str] = {}

    def text(self, name: str, *, required: bool = False, most: int = TEXT_CHARACTERS_MAX) -> str:
        """The text without outer blanks; empty when missing or wrong."""
        typed = self.values.get(name, "").strip()
        if required and not typed:
            self.errors[name] = _("Fill this in.")
        elif len(typed) > most:
            self.errors[name] = _("At most %(most)s characters, please.", most=most)
        return "" if name in self.errors else typed

    def rupiah(self, name: str, *, required: bool = True, least: int = 0, most: int = RUPIAH_MAX) -> int:
        """An amount in rupiah; 0 when missing or wrong."""
        typed = self.text(name, required=required)
        amount = parse_rupiah(typed)
        if typed and amount is None:
            self.errors[name] = _("Type an amount such as 25000 or 25.000.")
        return self._within(name, amount, least, most)

    def quantity(self, name: str, *, required: bool = True, least: int = 1, most: int = QUANTITY_MAX) -> int:
        """A whole number; 0 when missing or wrong."""
        typed = self.text(name, required=required)
        amount = int(typed) if re.fullmatch(r"-?[0-9]{1,15}", typed) else None
        if typed and amount is None:
            self.errors[name] = _("Type a whole number, such as 12.")
        return self._within(name, amount, least, most)

    def choice(self, name: str, allowed: Mapping[str, object] | tuple[str, ...]) -> str:
        """One of *allowed*; empty when it is none of them."""
        typed = self.values.get(name, "")
        if typed not in allowed:
            self.errors[name] = _("Choose one of the list.")
        return "" if name in self.errors else typed

    def _within(self, name: str, amount: int | None, least: int, most: int) -> int:
        if name in self.errors or amount is None:
            return 0
        if amount < least:
            self.errors[name] = _("At least %(least)s, please.", least=least)
        elif amount > most:
            self.errors[name] = _("That is too much.")
        return 0 if name in self.errors else amount
