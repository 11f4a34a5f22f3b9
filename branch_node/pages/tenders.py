"""How a sale is paid, as it is typed at the till: parts of it one way, what is left another way."""

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from crm.selling import METHODS, Paid
from crm.selling.rounding import rounding_of
from sync.limits import RUPIAH_MAX
from ui.forms import Reading, parse_rupiah

PARTS_MAX = 8


def read_parts(sent: MultiDict[str, str], form: Reading) -> list[Paid]:
    """The parts taken already; one that cannot be is left out, and said at ``parts``."""
    pairs = list(zip(sent.getlist("part_method"), sent.getlist("part_amount"), strict=False))
    read = [Paid(method, parse_rupiah(typed) or 0) for method, typed in pairs]
    good = [paid for paid in read if paid.method in METHODS and 1 <= paid.amount <= RUPIAH_MAX][:PARTS_MAX]
    if len(good) < len(read):
        form.errors["parts"] = _("A part of the payment cannot be read. Add it again.")
    return good


def read_tenders(form: Reading, parts: list[Paid], total: int, step: int) -> list[Paid]:
    """All payments; what covers the rest stands last.  *step*: cash is rounded to so many rupiah.

    Cash without an amount is the exact money.
    """
    rest = total - sum(paid.amount for paid in parts)
    method = form.choice("method", METHODS)
    if rest < 0:
        form.errors["parts"] = _("The parts come to more than the total. Take one of them away.")
    if parts and rest <= 0:
        return parts
    if method != "cash":
        return [*parts, Paid(method, rest)]
    due = rest - rounding_of([*parts, Paid("cash", rest)], total, step)
    tendered = form.rupiah("tendered") if form.text("tendered") else due
    if "tendered" not in form.errors and tendered < due:
        form.errors["tendered"] = _("That is less than the total.")
    return [*parts, Paid("cash", tendered)]
