"""What the columns of a report are called and hold, for the screen, the files and the command."""

from typing import Any, NamedTuple

from flask_babel import gettext as _

from sync.errors import N_


class Words(NamedTuple):
    """What one row stands for, and what its key is; ``key`` is empty where the name says it all."""

    name: str
    key: str = ""


CUTS = {
    "product": Words(N_("Product"), N_("Code")),
    "customer": Words(N_("Customer"), N_("Customer number")),
    "day": Words(N_("Day"), N_("Date")),
    "branch": Words(N_("Branch"), N_("Code")),
    "cashier": Words(N_("Cashier"), N_("User name")),
    "method": Words(N_("Payment")),
    "kind": Words(N_("Kind")),
}
FIGURES = {
    "lines": N_("Times sold"),
    "payments": N_("Payments"),
    "quantity": N_("Quantity"),
    "rupiah": N_("Rupiah"),
    "came_in": N_("In"),
    "went_out": N_("Out"),
    "movements": N_("Movements"),
}
MONEY = ("rupiah",)


def on_screen(by: str, columns: tuple[str, ...]) -> list[dict[str, Any]]:
    """The columns as ``components/table.html`` takes them, the figure that counts last."""
    words = CUTS[by]
    shown: list[dict[str, Any]] = [{"key": "name", "label": _(words.name), "lead": True, "href": "href"}]
    if words.key:
        shown.append({"key": "key", "label": _(words.key)})
    figures = {name: label for name, label in FIGURES.items() if name in columns}
    for name, label in figures.items():
        kind = "rupiah" if name in MONEY else "number"
        shown.append({"key": name, "label": _(label), "kind": kind, "lead": name == list(figures)[-1]})
    return shown
