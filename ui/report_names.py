"""The keys of a report made readable: a product's name beside its code, the sales behind it, a page to open."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from flask import url_for
from flask_babel import gettext as _

from crm import reports
from crm.sales_list import WITH_ROWS
from sync.errors import N_
from ui import formats
from ui.clock import now_ms
from ui.filter_chips import of_all
from ui.node import node
from ui.preferences import language
from ui.value_words import PAYMENT_METHODS

NOBODY = {"customer": N_("Without a customer"), "cashier": N_("Without a cashier")}
NO_KEY = "–"
_PAGES = ("product", "customer")  # whose rows have a page of their own at either node


class Subject(NamedTuple):
    """What a row of a report is about: its ``name``, and the page about it; "" without one."""

    name: str
    href: str = ""


def subject(by: str, key: str) -> Subject:
    """The name of one key."""
    return _subject(by, key, reports.known(by, [key]))


def named(by: str, found: Sequence[Sequence[Any]], query: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each row by the names of its columns, with ``name`` and ``href``: the sales behind it ("": nothing to open).

    *query*: period and branch, as the address names them.
    """
    known, columns = reports.known(by, [row[0] for row in found]), reports.columns(by)
    return [
        {
            **dict(zip(columns, row, strict=True)),
            "key": row[0] or NO_KEY,
            "name": _subject(by, row[0], known).name,
            "href": _behind(by, row[0], query),
        }
        for row in found
    ]


def _subject(by: str, key: str, known: Mapping[str, Mapping[str, Any]]) -> Subject:
    if by == "day":
        today = formats.moment(now_ms(), node().zone).date()
        return Subject(formats.day(date.fromisoformat(key), today, language()))
    if by == "method":
        return Subject(_(PAYMENT_METHODS.get(key, key)))
    if key not in known:
        return Subject(key or _(NOBODY.get(by, "")))
    return Subject(known[key]["name"] or key, _page(by, known[key]["id"]))


def _page(by: str, ident: bytes) -> str:
    return url_for(f"{by}s.show", ident=ident.hex()) if by in _PAGES else ""


def _behind(by: str, key: str, query: Mapping[str, Any]) -> str:
    of_branch = {name: value for name, value in query.items() if name == "branch"}
    if by == "day":
        return url_for("reports.receipts", **{"from": key, "to": key, **of_branch})
    if by == "branch":
        return url_for("reports.receipts", **{**query, "branch": key}) if of_all() else ""
    return url_for("reports.receipts", **{**query, "by": by, "key": key}) if by in WITH_ROWS else ""
