"""Sales of a day, and each one's receipt again."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from flask import Response, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup

from branch_node import sms_receipts
from branch_node.pages.areas import sales_area
from branch_node.pages.here import branch
from branch_node.pages.paper import on_paper
from branch_node.pages.till import FRESH, TILL
from crm import money
from crm.periods import bounds, day_at
from crm.reading import dicts
from crm.selling import load_receipt, receipt_number
from ui import formats
from ui.access import requires
from ui.addresses import named_row
from ui.paging import PAGE_ROWS, cursor_in_time, paged, place_of
from ui.preferences import language
from ui.value_words import PAYMENT_METHODS

_SALES = (
    "SELECT s.id, s.kind, s.at, s.total, s.till, s.number, u.name AS cashier, c.name AS buyer,"
    " c.number AS buyer_number,"
    " (SELECT group_concat(method) FROM payment p WHERE p.sale = s.id AND p.method != 'rounding') AS methods"
    " FROM sale s"
    " LEFT JOIN user u ON u.id = s.cashier LEFT JOIN customer c ON c.id = s.customer"
    " WHERE s.stream = ? AND s.at >= ? AND (s.at, s.id) < (?, ?) ORDER BY s.at DESC, s.id DESC LIMIT ?"
)
_DAY = "SELECT count(*) AS count, coalesce(sum(total), 0) AS rupiah FROM sale WHERE stream = ? AND at >= ? AND at < ?"


def today() -> date:
    """The day it is at the branch, by the clock its records go by."""
    return day_at(branch().clock.now_ms(), branch().zone)


def _asked_day() -> date:
    try:
        return min(date.fromisoformat(request.args.get("day", "")), today())
    except ValueError:
        return today()


@sales_area.get("/sales")
@requires("sell")
def browse() -> str:
    """The sales of one day, newest first."""
    day = _asked_day()
    start, end = bounds(day, branch().zone)
    after = request.args.get("after", "")
    found = dicts(_SALES, (branch().stream, start, *(place_of(after) or (end, b"")), PAGE_ROWS + 1))
    return render_template(
        "sales/page.html",
        rows=[_row(sale) for sale in found[:PAGE_ROWS]],
        day=day,
        spoken=formats.day(day, today(), language()),
        days=_days(day),
        sums=dicts(_DAY, (branch().stream, start, end))[0],
        blind=_is_blind(end),
        **paged(found, after, cursor_in_time, day=day),
        is_today=day == today(),
    )


def _is_blind(end: int) -> bool:
    """Is the drawer still to be counted, by whoever asks, that sales before *end* (ms UTC) may lie in?"""
    shift = None if current_user.may("reports.view") else money.current(branch().stream, TILL)
    return shift is not None and shift.opened_at < end


def _days(day: date) -> list[tuple[str, str, bool]]:
    """Chips: today, yesterday, and the days around the one shown."""
    now = today()
    shown = sorted({now, now - timedelta(1), day, day - timedelta(1)}, reverse=True)
    words = {now: _("Today"), now - timedelta(1): _("Yesterday")}
    return [
        (words.get(one) or formats.day(one, now, language()), url_for(".browse", day=one.isoformat()), one == day)
        for one in shown
    ]


def _ways(methods: str | None) -> list[str]:
    """Each way of paying once, in order."""
    return list(dict.fromkeys((methods or "").split(","))) if methods else []


def _row(sale: dict[str, Any]) -> dict[str, Any]:
    return {
        **sale,
        "receipt": receipt_number(branch().code, sale["till"], sale["number"]),
        "link": url_for(".receipt", sale=sale["id"].hex()),
        "time": formats.clock(sale["at"], branch().zone, language()),
        "customer": sale["buyer"] or sale["buyer_number"],
        "paid": " + ".join(_(PAYMENT_METHODS.get(one, one)) for one in _ways(sale["methods"])),
    }


@sales_area.get("/sales/<sale>")
@requires("sell")
def receipt(sale: str) -> Response:
    """The receipt of one sale; marked as a copy unless this browser has just made it."""
    facts = load_receipt(named_row(sale))
    fresh = session.pop(FRESH, None) == sale
    return on_paper(
        "sales/receipt.html",
        fresh=fresh,
        shop=_shop(facts, fresh),
        sale=_said(facts),
        by_sms=sms_receipts.sent_to(facts["id"]),
    )


def shop_words(facts: Mapping[str, Any]) -> dict[str, Any]:
    """What stands above and below a sale on paper; *facts* as in ``crm.selling.load_receipt``."""
    above = (facts["address"], facts["phone"], *facts["receipt_head"])
    return {
        "name": facts["branch_name"] or branch().code,
        "lines": [line for line in above if line],
        "foot": facts["receipt_foot"] or (_("Thank you, see you again."),),
    }


def _shop(facts: dict[str, Any], fresh: bool) -> dict[str, Any]:
    copy = Markup("<strong data-copy{}>{}</strong>").format(Markup(" hidden") if fresh else "", _("COPY"))
    words = shop_words(facts)
    return {**words, "lines": [*words["lines"], copy]}


def _said(facts: dict[str, Any]) -> dict[str, Any]:
    payments = [
        {"label": _(PAYMENT_METHODS.get(paid["method"], paid["method"])), "amount": paid["tendered"] or paid["amount"]}
        for paid in facts["payments"]
    ]
    return {
        **facts,
        "number": facts["receipt"],
        "cashier": facts["cashier"] or "–",
        "customer": facts["customer_name"] or facts["customer_number"] or "",
        "payments": payments,
    }
