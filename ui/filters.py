"""What templates call: formats bound to the language, zone and time of the page."""

from functools import lru_cache
from typing import Any

from flask import Flask, g
from markupsafe import Markup

from crm import phones
from ui import formats
from ui.clock import now_ms
from ui.formats import HOUR_MS
from ui.node import node
from ui.preferences import language


def rupiah(amount: int) -> str:
    """``Rp1.250.000`` as plain text."""
    return formats.rupiah(amount, language())


def money(amount: int) -> Markup:
    """An amount for a table or total; red with a minus below zero."""
    kind = "money negative" if amount < 0 else "money"
    return Markup('<span class="{}">{}</span>').format(kind, rupiah(amount))


def number(value: int) -> str:
    """``12.345`` as plain text."""
    return formats.number(value, language())


def page_zone() -> str:
    """The node's zone, asked once for a page: a list says a hundred times."""
    if "zone" not in g:
        g.zone = node().zone
    return str(g.zone)


def when(ms: int) -> Markup:
    """The time as people say it, the full one on hover."""
    return _when(ms, now_ms() // HOUR_MS * HOUR_MS, page_zone(), language())


@lru_cache(maxsize=formats.SAID_MAX)
def _when(ms: int, hour_ms: int, zone: str, locale: str) -> Markup:
    """*hour_ms*: when the hour began that it is now, which settles what "today" is; days begin on the hour."""
    spoken, spelt = formats.when(ms, hour_ms, zone, locale), formats.full(ms, zone, locale)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(formats.iso(ms), spelt, spoken)


def age(ms: int) -> Markup:
    """How long ago, the full time on hover."""
    spelt = formats.full(ms, page_zone(), language())
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        formats.iso(ms), spelt, formats.age(ms, now_ms(), language())
    )


def full_time(ms: int) -> str:
    """The full time as plain text, for receipts."""
    return formats.full(ms, page_zone(), language())


FILTERS: dict[str, Any] = {
    "rupiah": rupiah,
    "money": money,
    "number": number,
    "when": when,
    "age": age,
    "full_time": full_time,
    "phone": phones.national,
}


def install(app: Flask) -> None:
    """Gives the templates of *app* the filters."""
    app.jinja_env.filters.update(FILTERS)
