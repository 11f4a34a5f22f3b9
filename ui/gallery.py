"""Sample data for the page that shows every component in every state."""

from datetime import date
from typing import Any

from flask_babel import gettext as _

from ui import charts
from ui.charts import Bar, Column, Span
from ui.formats import DAY_MS, HOUR_MS


def columns() -> list[dict[str, Any]]:
    """A table with every kind of cell."""
    return [
        {"key": "name", "label": _("Product"), "lead": True, "href": "link"},
        {"key": "state", "label": _("State"), "kind": "status"},
        {"key": "changed", "label": _("Last change"), "kind": "when"},
        {"key": "seen", "label": _("As of"), "kind": "age"},
        {"key": "phone", "label": _("Phone"), "kind": "phone"},
        {"key": "stock", "label": _("On hand"), "kind": "number"},
        {"key": "value", "label": _("Value"), "kind": "rupiah", "lead": True},
    ]


def _row(name: str, state: tuple[str, str], changed: int, stock: int, value: int | None) -> dict[str, Any]:
    return {
        "name": name,
        "link": "#tables",
        "state": state,
        "changed": changed,
        "seen": changed,
        "phone": "+6281234567890" if stock > 0 else None,
        "stock": stock,
        "value": value,
    }


def rows(now_ms: int) -> list[dict[str, Any]]:
    """Ordinary, old, negative and missing values."""
    return [
        _row("Sabun sereh 100 g", (_("Enough"), "ok"), now_ms - 2 * HOUR_MS, 48, 1_250_000),
        _row("Minyak pijat lavender, botol kaca 250 ml", (_("Low"), "warn"), now_ms - DAY_MS, 3, 285_000),
        _row("Lulur bengkoang", (_("Below zero"), "bad"), now_ms - 40 * DAY_MS, -2, -64_000),
        _row("85123A", (_("New code"), "quiet"), now_ms - 400 * DAY_MS, 12_450, None),
    ]


def bars() -> list[Bar]:
    """Long and short names, and one below zero."""
    return charts.bars([("Sabun sereh 100 g", 1_250_000), ("Minyak pijat lavender 250 ml", 285_000), ("BUSI", -64_000)])


def month() -> list[Column]:
    """A month of days, one below zero, some without a sale."""
    sums = [(date(2026, 5, day), (day * 37 % 11 - 1) * 120_000) for day in range(1, 32)]
    return charts.columns(Span("day", sums), lambda day: str(day.day))


def receipt(now_ms: int) -> dict[str, dict[str, Any]]:
    """A sale with a discount and change, and the shop that made it."""
    lines = [
        {"name": "Sabun sereh 100 g", "quantity": 3, "price": 25_000, "discount": 0, "amount": 75_000},
        {"name": "Minyak pijat lavender 250 ml", "quantity": 1, "price": 95_000, "discount": 5_000, "amount": 90_000},
    ]
    sale = {
        "number": "PTK-1-000123",
        "at": now_ms - HOUR_MS,
        "cashier": "Dewi",
        "customer": "PTK-000045",
        "lines": lines,
        "total": 165_000,
        "payments": [{"label": _("Cash"), "amount": 200_000}],
        "change": 35_000,
        "kind": "sale",
    }
    shop = {
        "name": "Toko Pontianak",
        "lines": ["Jl. Gajah Mada 12", "0561-555-010"],
        "foot": [_("Thank you, see you again.")],
    }
    return {"shop": shop, "sale": sale}
