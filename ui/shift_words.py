"""A shift in words: the X report while it is open, the Z report once it is closed; the same on both nodes."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from flask_babel import gettext as _

from crm.branches import Branch, by_stream
from crm.money import IN, OUT, Report
from crm.selling import ROUNDING, receipt_number
from sync.errors import N_
from ui import formats
from ui.preferences import language
from ui.value_words import PAYMENT_METHODS

ACCOUNTS = {
    **PAYMENT_METHODS,
    ROUNDING: N_("Cash rounding"),
    "drawer": N_("Cash drawer"),
    "sales": N_("Sales"),
    "discount": N_("Discounts given"),
    "float": N_("Float"),
    "pay_in": N_("Cash put in"),
    "pay_out": N_("Cash taken out"),
    "difference": N_("Cash difference"),
}


class Sum(NamedTuple):
    """A line of the report: what it is, and rupiah, or a text."""

    label: str
    amount: int | None
    text: str = ""
    strong: bool = False
    small: bool = False


class Part(NamedTuple):
    heading: str
    lines: list[Sum]


def title(report: Report) -> str:
    """*Sif 12*."""
    return _("Shift %(number)s", number=report.span.number)


def paper(report: Report, is_full: bool) -> dict[str, Any]:
    """What stands on the report.

    *is_full* False, for who is going to count the drawer: nothing that tells how much cash should lie there.
    """
    branch = by_stream(report.span.stream)
    head = [_("Z report") if report.span.closing else _("X report"), title(report)]
    parts = [_sold(report, branch), *([_paid(report)] if is_full else [_not_cash(report)]), _drawer(report, is_full)]
    parts += [_moves(report, branch), *([_cashiers(report)] if is_full else [])]
    return {
        "name": branch.name if branch else "",
        "head": [*([branch.address] if branch and branch.address else []), *head],
        "facts": list(_facts(report, branch)),
        "parts": [part for part in parts if part.lines],
        "warnings": list(_warnings(report, branch)),
        "blind": not is_full,
        "expected": report.expected,
        "counted": report.span.counted,
        "difference": report.difference,
        "state": state(report.difference),
    }


def state(difference: int | None) -> tuple[str, str]:
    """How a drawer came out, and the kind of its badge."""
    if difference is None:
        return _("Open"), "quiet"
    if difference == 0:
        return _("Right"), "ok"
    return (_("Too little") if difference < 0 else _("Too much")), "warn"


def accounts(report: Report) -> list[dict[str, Any]]:
    """The balances of double entry: what came into each account, negative what left it."""
    words = {name: _(word) for name, word in ACCOUNTS.items()}
    return [{"account": words.get(name, name), "amount": amount} for name, amount in report.accounts.items()]


def _when(ms: int, branch: Branch | None) -> str:
    return formats.full(ms, branch.zone if branch else "WIB", language())


def _facts(report: Report, branch: Branch | None) -> Iterator[str]:
    span = report.span
    yield _("Opened: %(when)s", when=_when(span.opened_at, branch))
    if span.opened_by:
        yield _("by %(name)s", name=span.opened_by)
    if span.closed_at is not None:
        yield _("Closed: %(when)s", when=_when(span.closed_at, branch))
        if span.closed_by:
            yield _("by %(name)s", name=span.closed_by)


def _sold(report: Report, branch: Branch | None) -> Part:
    sums, code = report.sums, branch.code if branch else ""
    lines = [Sum(_("Receipts"), None, formats.number(sums.sales, language()))]
    if sums.returns:
        lines.append(Sum(_("Returns"), None, formats.number(sums.returns, language())))
    numbers = [receipt_number(code, report.span.till, one) for one in (sums.first, sums.last) if one is not None]
    lines += [Sum(" – ".join(dict.fromkeys(numbers)), None, small=True)] if numbers else []
    return Part(_("Sales"), lines)


def _paid(report: Report) -> Part:
    sums = report.sums
    taken = [Sum(_(ACCOUNTS.get(name, name)), amount) for name, amount in sums.methods.items()]
    before = (
        [Sum(_("Before discounts"), sums.gross), Sum(_("Discounts given"), -sums.discount)] if sums.discount else []
    )
    returned = [Sum(_("Of it returns"), sums.returned, small=True)] if sums.returned else []
    return Part(_("Takings"), [*before, Sum(_("Total"), sums.total, strong=True), *returned, *taken])


def _not_cash(report: Report) -> Part:
    found = report.sums.methods.items()
    return Part(
        _("Not in cash"),
        [Sum(_(PAYMENT_METHODS.get(name, name)), sum_) for name, sum_ in found if name not in ("cash", ROUNDING)],
    )


def _drawer(report: Report, is_full: bool) -> Part:
    span, cash = report.span, report.sums.methods.get("cash", 0)
    lines = [Sum(_("Float"), span.opening), *([Sum(_("Cash sales"), cash)] if is_full else [])]
    lines += [Sum(_("Cash put in"), report.moved(IN)), Sum(_("Cash taken out"), report.moved(OUT))]
    lines += [Sum(_("Should be there"), report.expected)] if is_full else []
    if report.difference is not None:
        lines += [Sum(_("Counted"), span.counted), Sum(_("Difference"), report.difference, strong=True)]
    return Part(_("Cash drawer"), lines)


def _moves(report: Report, branch: Branch | None) -> Part:
    zone = branch.zone if branch else "WIB"
    times = [formats.clock(one["at"], zone, language()) for one in report.moves]
    lines = [Sum(f"{at} {one['reason']}", one["amount"]) for at, one in zip(times, report.moves, strict=True)]
    return Part(_("Cash in and out"), lines)


def _cashiers(report: Report) -> Part:
    return Part(
        _("Cashiers"), [Sum(f"{name or '–'} ({count})", rupiah) for name, count, rupiah in report.sums.cashiers]
    )


def _warnings(report: Report, branch: Branch | None) -> Iterator[str]:
    """What copies of a branch's database did to this shift."""
    if report.late:
        rupiah = formats.rupiah(report.late, language())
        yield _("After the count %(rupiah)s more came in from another computer of this branch.", rupiah=rupiah)
    for one in report.again:
        counted = formats.rupiah(one["counted"], language())
        yield _("Another computer closed this shift too: %(counted)s counted, %(when)s. The first count is the one "
                "that holds.", counted=counted, when=_when(one["at"], branch))  # fmt: skip
